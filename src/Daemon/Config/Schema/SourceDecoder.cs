using System.Globalization;
using Consul.Fast.Daemon.Config.Sources;

namespace Consul.Fast.Daemon.Config.Schema;

/// <summary>
/// Checks one source against the table and gives it canonical names and types: <c>bool</c>, <c>long</c>, <c>double</c>,
/// <c>string</c>, lists and objects. All faults of a source are reported together.
/// </summary>
internal sealed class SourceDecoder
{
    private readonly List<string> _faults = [];
    private readonly List<string> _unknown = [];

    private SourceDecoder()
    {
    }

    /// <param name="source">The name of the source in messages.</param>
    /// <exception cref="ConfigException">A key is unknown or a value has the wrong type.</exception>
    public static ConfigObject Decode(ConfigObject raw, string source)
    {
        var decoder = new SourceDecoder();
        ConfigObject result = decoder.DecodeBlock(raw, SchemaNode.Root, "");
        if (decoder._faults.Count > 0)
        {
            string faults = string.Join('\n', decoder._faults.Order(StringComparer.Ordinal).Select(static fault => "* " + fault));
            throw new ConfigException($"failed to parse {source}: {decoder._faults.Count} error(s) decoding:\n\n{faults}");
        }

        if (decoder._unknown.Count > 0)
        {
            throw new ConfigException(
                $"failed to parse {source}: {ErrorList.Format(decoder._unknown.ConvertAll(static path => $"invalid config key {path}"))}");
        }

        Singular(result, "service", "services");
        Singular(result, "check", "checks");
        return result;
    }

    /// <summary>A single block joins the list of its plural, behind what is there.</summary>
    private static void Singular(ConfigObject root, string single, string plural)
    {
        if (root[single] is not ConfigObject block) return;
        var list = root[plural] as List<object?> ?? [];
        list.Add(block);
        root[plural] = list;
        root[single] = null;
    }

    private ConfigObject DecodeBlock(ConfigObject raw, SchemaNode node, string path)
    {
        var result = new ConfigObject();
        foreach ((string name, object? value) in raw.Pairs)
        {
            SchemaNode? child = node.Find(name);
            if (child is null) _unknown.Add(Join(path, name));
            else if (value is not null) result[child.Name] = DecodeValue(value, child, Join(path, child.Name));
        }

        return result;
    }

    private object? DecodeValue(object value, SchemaNode node, string path) => node.Key.Type switch
    {
        KeyType.String or KeyType.Duration => Text(value, path),
        KeyType.Bool => value is bool ? value : Mismatch(value, path, "bool"),
        KeyType.Int => Integer(value, path, "int"),
        KeyType.UInt => Integer(value, path, "uint"),
        KeyType.Float => value is long whole ? (double)whole : value is double ? value : Mismatch(value, path, "float64"),
        KeyType.StringList => List(value, path, Text),
        KeyType.BlockList => List(AsList(value), path, (item, itemPath) => Block(item, itemPath, node)),
        KeyType.FreeMapList => List(AsList(value), path, (item, itemPath) => Block(item, itemPath, null)),
        KeyType.StringMap => Map(value, path, Text),
        KeyType.StringListMap => Map(value, path, (item, itemPath) => List(item, itemPath, Text)),
        KeyType.BlockMap => Map(value, path, (item, itemPath) => Block(item, itemPath, node)),
        KeyType.FreeMap => Block(value, path, null),
        _ => Block(value, path, node),
    };

    private object? Text(object value, string path) => value is string ? value : Mismatch(value, path, "string");

    private object? Integer(object value, string path, string type)
    {
        if (value is double fraction && fraction is >= long.MinValue and < (double)long.MaxValue) value = (long)fraction;
        if (value is not long number) return Mismatch(value, path, type);
        if (type == "int" || number >= 0) return number;
        _faults.Add(string.Create(CultureInfo.InvariantCulture, $"cannot parse '{path}', {number} overflows uint"));
        return null;
    }

    /// <summary>A single object stands for a list of one.</summary>
    private static object AsList(object value) => value is ConfigObject ? new List<object?> { value } : value;

    private List<object?>? List(object value, string path, Func<object, string, object?> decode)
    {
        if (value is not List<object?> items)
        {
            _faults.Add($"'{path}': source data must be an array or slice, got {KindOf(value)}");
            return null;
        }

        var result = new List<object?>(items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            string itemPath = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
            if (items[i] is { } item && decode(item, itemPath) is { } decoded) result.Add(decoded);
        }

        return result;
    }

    private ConfigObject? Map(object value, string path, Func<object, string, object?> decode)
    {
        if (AsObject(value, path) is not { } map) return null;
        var result = new ConfigObject();
        foreach ((string name, object? item) in map.Pairs)
        {
            if (item is not null) result[name] = decode(item, $"{path}[{name}]");
        }

        return result;
    }

    /// <summary>A block with the keys of <paramref name="node"/>, or free ones when that is null.</summary>
    private ConfigObject? Block(object value, string path, SchemaNode? node)
    {
        ConfigObject? block = AsObject(value, path);
        return block is null || node is null ? block : DecodeBlock(block, node, path);
    }

    /// <summary>A list of one object stands for the object.</summary>
    private ConfigObject? AsObject(object value, string path)
    {
        if (value is List<object?> { Count: 1 } list && list[0] is ConfigObject only) return only;
        if (value is ConfigObject block) return block;
        _faults.Add($"'{path}' expected a map, got '{KindOf(value)}'");
        return null;
    }

    private object? Mismatch(object value, string path, string type)
    {
        _faults.Add($"'{path}' expected type '{type}', got unconvertible type '{TypeOf(value)}', value: '{GoText.Of(value)}'");
        return null;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string KindOf(object value) => value switch
    {
        List<object?> => "slice",
        ConfigObject => "map",
        _ => TypeOf(value),
    };

    private static string TypeOf(object value) => value switch
    {
        string => "string",
        bool => "bool",
        long => "int",
        double => "float64",
        List<object?> => "[]interface {}",
        _ => "map[string]interface {}",
    };
}
