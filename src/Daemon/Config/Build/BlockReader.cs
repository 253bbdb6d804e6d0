using Consul.Fast.Daemon.Config.Sources;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Typed access to the keys of one decoded block.</summary>
internal readonly struct BlockReader(ConfigObject block)
{
    public bool Has(string key) => block[key] is not null;

    public string Text(string key) => block[key] as string ?? "";

    public bool Flag(string key) => block[key] is true;

    public int Int(string key, int value = 0) => block[key] is long number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : value;

    public ConfigObject? Object(string key) => block[key] as ConfigObject;

    public IEnumerable<ConfigObject> Objects(string key) => (block[key] as List<object?> ?? []).OfType<ConfigObject>();

    /// <summary>Null when the key is not set.</summary>
    public IReadOnlyList<string>? Strings(string key) => block[key] is List<object?> list ? [.. list.OfType<string>()] : null;

    /// <summary>Null when the key is not set.</summary>
    public SortedMap<string>? StringMap(string key) => Object(key) is { } map
        ? SortedMap<string>.Create(map.Pairs.Select(static pair => KeyValuePair.Create(pair.Key, (string)pair.Value!))) : null;

    /// <summary>Null when the key is not set.</summary>
    public FreeMap? FreeMap(string key) => Object(key) is { } map ? ToFreeMap(map) : null;

    public static FreeMap ToFreeMap(ConfigObject map) =>
        new(map.Pairs.Select(static pair => KeyValuePair.Create(pair.Key, Free(pair.Value))));

    private static object? Free(object? value) => value switch
    {
        ConfigObject map => ToFreeMap(map),
        List<object?> list => (object?[])[.. list.Select(Free)],
        _ => value,
    };
}
