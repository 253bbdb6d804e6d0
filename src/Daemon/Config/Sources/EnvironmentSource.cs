using System.Globalization;
using System.Text;
using Consul.Fast.Daemon.Cli.Flags;
using Consul.Fast.Daemon.Config.Schema;

namespace Consul.Fast.Daemon.Config.Sources;

/// <summary>
/// Reads configuration from environment variables: <c>CONSUL_FAST_</c> and the name of a flag, or the path of a key with
/// <c>__</c> between its levels. A variable named after a flag wins over one named after a key.
/// </summary>
/// <remarks>
/// Lists are separated by commas; lists, maps and blocks may be given as JSON; maps of texts also as
/// <c>key:value,key:value</c>, or entry by entry: the map's variable, <c>__</c> and the entry's name as it is.
/// </remarks>
internal sealed class EnvironmentSource(IReadOnlyDictionary<string, string> variables)
{
    public const string Prefix = "CONSUL_FAST_";

    /// <summary>Variables that mean something.</summary>
    private readonly HashSet<string> _known = new(
        new[] { "config-file", "config-dir", "config-format", "hcl", "dev" }.Select(Variable), StringComparer.Ordinal);

    /// <summary>Files and directories named by variables, in the order they are loaded.</summary>
    public IReadOnlyList<string> ConfigFiles() => [.. FilesOf(Variable("config-file")), .. FilesOf(Variable("config-dir"))];

    public string? Format() => Find(Variable("config-format"));

    /// <summary>One fragment of HCL, or null.</summary>
    public string? Hcl() => Find(Variable("hcl"));

    /// <exception cref="ConfigException">The variable is set and not a boolean.</exception>
    public bool? Dev()
    {
        string name = Variable("dev");
        return Find(name) is { } text ? (bool)Parse(name, text, KeyType.Bool)! : null;
    }

    /// <summary>All keys that a variable sets, not yet decoded.</summary>
    /// <exception cref="ConfigException">A value does not fit its key.</exception>
    public ConfigObject Read()
    {
        var source = new ConfigObject();
        foreach (ConfigKey key in KeyTable.All())
        {
            if (HasPathOfItsOwn(key)) Set(source, KeyVariable(key.Path), key.Path);
        }

        foreach (AgentFlag flag in FlagTable.All) Set(source, Variable(flag.Name), flag.Path);
        SetMapEntries(source);
        return source;
    }

    /// <summary>After <see cref="Read"/>: the variables that set nothing, because no key or flag has their name.</summary>
    public IEnumerable<string> Unknown() => variables.Keys
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !_known.Contains(name)).Order(StringComparer.Ordinal);

    /// <summary>The variable of a flag.</summary>
    public static string Variable(string flag) => Prefix + Name(flag);

    /// <summary>The variable of a key.</summary>
    public static string KeyVariable(string path) => Prefix + string.Join("__", ConfigKey.Segments(path).Select(Name));

    private static string Name(string text) => text.ToUpperInvariant().Replace('-', '_').Replace('.', '_');

    private void Set(ConfigObject source, string variable, string path)
    {
        _known.Add(variable);
        if (Find(variable) is not { } text) return;
        // A block as a whole comes before its keys in the table, so that variables of single keys still beat it.
        SchemaNode[] nodes = SchemaNode.Root.PathTo(path);
        source.SetAt(nodes, Parse(variable, text, nodes[^1].Key.Type));
    }

    /// <summary>Entries of maps. Their names are free, so what follows the map's own variable is one as it stands.</summary>
    private void SetMapEntries(ConfigObject source)
    {
        foreach (ConfigKey key in KeyTable.All())
        {
            if (key.Type != KeyType.StringMap || !HasPathOfItsOwn(key)) continue;
            string start = KeyVariable(key.Path) + "__";
            foreach (string name in Unknown().ToArray())
            {
                if (name.Length == start.Length || !name.StartsWith(start, StringComparison.Ordinal)) continue;
                _known.Add(name);
                source.MapAt(SchemaNode.Root.PathTo(key.Path))[name[start.Length..]] = variables[name];
            }
        }
    }

    /// <summary>False for what is in an item of a list or of a map.</summary>
    private static bool HasPathOfItsOwn(ConfigKey key) =>
        !key.Path.Contains("[]", StringComparison.Ordinal) && !key.Path.Contains('<', StringComparison.Ordinal);

    private string? Find(string variable) => variables.GetValueOrDefault(variable);

    private static object? Parse(string variable, string text, KeyType type)
    {
        switch (type)
        {
            case KeyType.String or KeyType.Duration: return text;
            case KeyType.Bool when FlagParsers.TryParseBool(text, out bool flag): return flag;
            case KeyType.Int or KeyType.UInt when long.TryParse(
                text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number):
                return number;
            case KeyType.Float when double.TryParse(
                text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number):
                return number;
            case KeyType.Bool or KeyType.Int or KeyType.UInt or KeyType.Float:
                throw new ConfigException($"failed to parse environment variable {variable}: invalid value \"{text}\"");
        }

        string trimmed = text.TrimStart();
        if (trimmed.StartsWith('[') || trimmed.StartsWith('{')) return ParseJson(variable, text);
        if (type == KeyType.StringList) return new List<object?>(ListOf(text));
        if (type != KeyType.StringMap)
        {
            throw new ConfigException($"failed to parse environment variable {variable}: a JSON object or array is expected");
        }

        var map = new ConfigObject();
        foreach (string pair in ListOf(text))
        {
            int colon = pair.IndexOf(':', StringComparison.Ordinal);
            map[colon < 0 ? pair : pair[..colon]] = colon < 0 ? "" : pair[(colon + 1)..];
        }

        return map;
    }

    private static object? ParseJson(string variable, string text)
    {
        byte[] wrapped = Encoding.UTF8.GetBytes($$"""{"value":{{text}}}""");
        if (JsonText.TryParse(wrapped, out ConfigObject root, out string error)) return root["value"];
        throw new ConfigException($"failed to parse environment variable {variable}: {error}");
    }

    private string[] FilesOf(string variable) => ListOf(Find(variable) ?? "");

    private static string[] ListOf(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
