using System.Globalization;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Config.Schema;

namespace Consul.Fast.Daemon.Config.Sources;

/// <summary>The flags of the agent: those of the table, and the few that say where configuration is found.</summary>
internal sealed class AgentFlags
{
    private readonly List<(SchemaNode[] Path, Flag<object?> Flag)> _keys = [];
    private readonly Flag<List<string>> _configFiles;
    private readonly Flag<object?> _dev;
    private readonly Flag<string> _format;
    private readonly Flag<List<string>> _hcl;

    /// <summary>Adds the flags to <paramref name="flags"/>, which then parses the command line.</summary>
    public AgentFlags(FlagSet flags)
    {
        foreach (AgentFlag flag in FlagTable.All)
        {
            SchemaNode[] path = SchemaNode.Root.PathTo(flag.Path);
            _keys.Add((path, flags.Add(Make(flag.Name, flag.Usage, path[^1].Key.Type))));
        }

        // Both fill one list, so that the order of the command line is kept.
        _configFiles = flags.Strings(
            "config-file", "Path to a file in JSON or HCL format with a matching file extension. Can be specified multiple times.");
        flags.Add(new Flag<List<string>>(
            "config-dir",
            "Path to a directory to read configuration files from. This will read every file ending in '.json' as configuration in "
            + "this directory in alphabetical order. Can be specified multiple times.",
            _configFiles.Value, "value", "", FlagParsers.Strings, shared: false));
        _format = flags.String(
            "config-format", "Config files are in this format irrespective of their extension. Must be 'hcl' or 'json'.");
        _dev = flags.Add(Make("dev", "Starts the agent in development mode.", KeyType.Bool));
        _hcl = flags.Strings("hcl", "hcl config fragment. Can be specified multiple times.");
    }

    public IReadOnlyList<string> ConfigFiles => _configFiles.Value;

    public IReadOnlyList<string> Hcl => _hcl.Value;

    /// <summary>Null when not given.</summary>
    public string? Format => _format.IsSet ? _format.Value : null;

    /// <summary>Null when not given.</summary>
    public bool? Dev => _dev.Value as bool?;

    /// <summary>The given values as a source of configuration.</summary>
    public ConfigObject ToSource()
    {
        var source = new ConfigObject();
        foreach ((SchemaNode[] path, Flag<object?> flag) in _keys)
        {
            if (flag.IsSet) source.SetAt(path, flag.Value);
        }

        return source;
    }

    private static Flag<object?> Make(string name, string usage, KeyType type) =>
        new(name, usage, null, TypeWord(type), "",
            (text, current, out value, out error) => TryParse(type, text, current, out value, out error), shared: false)
        {
            IsBoolean = type == KeyType.Bool,
        };

    private static string TypeWord(KeyType type) => type switch
    {
        KeyType.Bool => "",
        KeyType.Int => "int",
        KeyType.String or KeyType.Duration => "string",
        _ => "value",
    };

    private static bool TryParse(KeyType type, string text, object? current, out object? value, out string error)
    {
        error = "";
        switch (type)
        {
            case KeyType.Bool:
                bool isBool = FlagParsers.TryParseBool(text, out bool flag);
                value = flag;
                if (!isBool) error = $"strconv.ParseBool: parsing \"{text}\": invalid syntax";
                return isBool;
            case KeyType.Int:
                bool isInt = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
                value = number;
                if (!isInt) error = $"strconv.Atoi: parsing \"{text}\": invalid syntax";
                return isInt;
            case KeyType.StringList:
                value = new List<object?>([.. current as List<object?> ?? [], text]);
                return true;
            case KeyType.StringMap:
                int colon = text.IndexOf(':', StringComparison.Ordinal);
                ConfigObject map = current as ConfigObject ?? new ConfigObject();
                map[colon < 0 ? text : text[..colon]] = colon < 0 ? "" : text[(colon + 1)..];
                value = map;
                return true;
            default:
                value = text;
                return true;
        }
    }
}
