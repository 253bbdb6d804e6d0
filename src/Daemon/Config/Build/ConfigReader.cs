using System.Net;
using Consul.Fast.Daemon.Config.Schema;
using Consul.Fast.Daemon.Config.Sources;
using Consul.Fast.Daemon.Config.Templates;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>
/// Typed access to the merged configuration. Values whose form is wrong are collected as errors and read as their
/// default, so that all of them are reported together.
/// </summary>
internal sealed class ConfigReader(ConfigObject merged, AddressTemplate templates)
{
    private const int MaxPort = 65535;

    /// <summary>Faults of values found so far.</summary>
    public List<string> Errors { get; } = [];

    public List<string> Warnings { get; } = [];

    public bool Has(string path) => Raw(path) is not null;

    public string Text(string path, string value = "") => Raw(path) as string ?? value;

    public bool Flag(string path, bool value = false) => Raw(path) as bool? ?? value;

    public int Int(string path, int value = 0) => Raw(path) is long number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : value;

    public long Long(string path, long value = 0) => Raw(path) as long? ?? value;

    public double Float(string path, double value) => Raw(path) as double? ?? value;

    public ConfigObject? Object(string path) => Raw(path) as ConfigObject;

    public IReadOnlyList<object?> List(string path) => Raw(path) as List<object?> ?? [];

    public IReadOnlyList<string> Strings(string path) => [.. List(path).OfType<string>()];

    public SortedMap<string> StringMap(string path) =>
        SortedMap<string>.Create((Object(path)?.Pairs ?? []).Select(static pair => KeyValuePair.Create(pair.Key, (string)pair.Value!)));

    /// <summary>The first of several spellings that is set, else the default.</summary>
    public string FirstText(string value, params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
        {
            if (Raw(path) is string text) return text;
        }

        return value;
    }

    public TimeSpan Duration(string path, TimeSpan value = default) =>
        Raw(path) is string text ? GoDuration.ToTimeSpan(DurationNs(path, text)) : value;

    /// <summary>Nanoseconds of a duration that is called <paramref name="name"/> in errors.</summary>
    public long DurationNs(string name, string text)
    {
        if (!GoDuration.TryParse(text, out long nanoseconds, out string error))
        {
            Errors.Add($"{name}: invalid duration: \"{text}\": {error}");
        }

        return nanoseconds;
    }

    /// <summary>A port; -1 when off.</summary>
    public int Port(string path, int value)
    {
        long port = Long(path, value);
        if (port <= 0) return -1;
        if (port <= MaxPort) return (int)port;
        Errors.Add($"{path}: invalid port: {port}");
        return value;
    }

    public IReadOnlyList<IPNetwork> Cidrs(string path, Func<IReadOnlyList<string>, string> describe)
    {
        var faults = new List<string>();
        var networks = new List<IPNetwork>();
        foreach (string text in Strings(path).Select(static text => text.Trim()))
        {
            if (Cidr.TryParse(text, out IPNetwork network)) networks.Add(network);
            else faults.Add($"invalid cidr: {text}");
        }

        if (faults.Count > 0) Errors.Add(describe(faults));
        return networks;
    }

    /// <summary>The words of a text after its template is evaluated; empty, with an error noted, when that fails.</summary>
    public string[] Expand(string name, string text)
    {
        try
        {
            return templates.Evaluate(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        }
        catch (TemplateException e)
        {
            Errors.Add($"{name}: error parsing \"{text}\": {e.Message}");
            return [];
        }
    }

    /// <summary>All texts of a list, of those with a template the words that come out.</summary>
    public IReadOnlyList<string> ExpandAll(string path) => [.. Strings(path).Where(static text => text.Length > 0).SelectMany(text =>
        text.Contains("{{", StringComparison.Ordinal) ? Expand(path, text) : [text])];

    private object? Raw(string path)
    {
        object? value = merged;
        foreach (string level in ConfigKey.Segments(path))
        {
            if (value is not ConfigObject block) return null;
            value = block[level];
        }

        return value;
    }
}
