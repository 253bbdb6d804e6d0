using System.Collections;
using System.Reflection;
using System.Text;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Schema;
using Consul.Fast.Daemon.Config.Sources;

namespace Consul.Fast.Daemon.Tests.Config;

/// <summary>The table of keys against the documented list, and what each key does.</summary>
public sealed class KeyTableTests
{
    /// <summary>Values for keys that do not take any text or number; the others get a value by their type.</summary>
    private static readonly Dictionary<string, string> Samples = new(StringComparer.Ordinal)
    {
        ["advertise_addr"] = "\"10.9.9.9\"",
        ["advertise_addr_wan"] = "\"10.9.9.9\"",
        ["advertise_addr_ipv4"] = "\"10.9.9.9\"",
        ["advertise_addr_ipv6"] = "\"fd00::9\"",
        ["advertise_addr_wan_ipv4"] = "\"10.9.9.9\"",
        ["advertise_addr_wan_ipv6"] = "\"fd00::9\"",
        ["bind_addr"] = "\"10.9.9.9\"",
        ["client_addr"] = "\"10.9.9.9\"",
        ["serf_lan"] = "\"10.9.9.9\"",
        ["serf_wan"] = "\"10.9.9.9\"",
        ["addresses.dns"] = "\"10.9.9.9\"",
        ["addresses.http"] = "\"10.9.9.9\"",
        ["addresses.https"] = "\"10.9.9.9\"",
        ["addresses.grpc"] = "\"10.9.9.9\"",
        ["http_config.allow_write_http_from"] = "[\"10.0.0.0/8\"]",
        ["serf_lan_allowed_cidrs"] = "[\"10.0.0.0/8\"]",
        ["serf_wan_allowed_cidrs"] = "[\"10.0.0.0/8\"]",
        ["encrypt"] = "\"cg8StVXbQJ0gPvMd9o7yrg==\"",
        ["bootstrap_expect"] = "3",
        ["raft_protocol"] = "3",
        ["tls_cipher_suites"] = "\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"",
        ["unix_sockets.mode"] = "\"0770\"",
        ["telemetry.prefix_filter"] = "[\"+a\", \"-b\"]",
        ["dns_config.service_ttl"] = "{\"web\":\"7s\"}",
        ["node_id"] = "\"82161e1c-f6ee-10f4-4995-173320092809\"",
        ["connect.ca_provider"] = "\"vault\"",
        ["ports.proxy_max_port"] = "21000",
        ["ports.sidecar_max_port"] = "22000",
        ["ports.expose_max_port"] = "22000",
        ["watches"] = "[{\"type\":\"key\"}]",
        ["service.kind"] = "\"mesh-gateway\"",
        ["auto_encrypt.tls"] = "false",
    };

    public static TheoryData<string> Paths => [.. KeyTable.All().Select(static key => key.Path)];

    [Fact]
    public void Every_documented_key_is_in_the_table_with_its_type_and_tier()
    {
        Dictionary<string, ConfigKey> keys = KeyTable.All().ToDictionary(static key => key.Path);
        int rows = 0;
        foreach (string[] row in Rows("config.tsv").Skip(1))
        {
            (string flag, string path, string type, string unit, bool reloadable, string tier) = (row[0], row[1], row[2], row[4], row[5] == "yes", row[6]);
            if (flag.Length > 0 && path.Length > 0) Assert.Contains(FlagTable.All, known => "-" + known.Name == flag && known.Path == path);
            // Fields of watches belong to the watch part, which takes them as they are.
            if (path.Length == 0 || path.StartsWith("watches[]", StringComparison.Ordinal)) continue;
            Assert.True(keys.TryGetValue(path, out ConfigKey? key), path);
            Assert.Equal((path, TypeOf(type, unit), tier, reloadable), (key.Path, key.Type, key.Tier.ToString(), key.Reloadable));
            rows++;
        }

        Assert.True(rows >= keys.Count);
    }

    [Fact]
    public void Effect_of_every_key_is_as_listed()
    {
        string[] listed = [.. Rows("config-effects.tsv").Select(static row => $"{row[0]} {row[1]}")];
        Assert.Equal(listed.Order(StringComparer.Ordinal), KeyTable.All().Select(static key => $"{key.Path} {key.Effect}").Order(StringComparer.Ordinal));
    }

    /// <summary>An effective key must reach the configuration, any other must be accepted and reported, or be refused.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Key_does_what_the_table_says(string path)
    {
        ConfigKey key = KeyTable.All().First(key => key.Path == path);
        if (key.Type == KeyType.Block) return;
        string[] values = Samples.TryGetValue(path, out string? sample) ? [sample] : SamplesOf(key);
        if (key.Effect == KeyEffect.Refused)
        {
            Assert.Throws<ConfigException>(() => Load(path, values[0]));
            return;
        }

        LoadedConfig[] loaded = [.. values.Select(value => Load(path, value))];
        if (key.Effect == KeyEffect.NotYet) Assert.All(loaded, static one => Assert.NotEmpty(one.NotYetEffective));
        if (key.Effect == KeyEffect.Enterprise) Assert.All(loaded, static one => Assert.Contains(one.Warnings, static warning => warning.Contains("Enterprise", StringComparison.Ordinal)));
        if (key.Effect != KeyEffect.Effective || path == "raft_protocol") return;
        string before = Dump(Load(path, null).Config);
        Assert.Contains(loaded, one => Dump(one.Config) != before);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Key_can_be_set_by_a_variable(string path)
    {
        ConfigKey key = KeyTable.All().First(key => key.Path == path);
        if (key.Type == KeyType.Block || path.Contains("[]", StringComparison.Ordinal) || path.Contains('<', StringComparison.Ordinal)) return;
        string value = (Samples.TryGetValue(path, out string? sample) ? sample : SamplesOf(key)[0]).Trim('"');
        string variable = EnvironmentSource.KeyVariable(path);
        ConfigObject source = new EnvironmentSource(new Dictionary<string, string> { [variable] = value }).Read();
        Assert.NotEmpty(SourceDecoder.Decode(source, "environment").Pairs);
    }

    private static LoadedConfig Load(string path, string? value)
    {
        var setup = new ConfigSetup();
        string json = value is null ? "" : Wrap(path, value);
        string[] extra = value is null ? [] : [$"-hcl={json}"];
        bool client = path is "advertise_reconnect_timeout";
        string[] role = client ? ["-hcl=server = false"] : [];
        string[] gateway = path == "service.kind" || path.StartsWith("primary_gateways", StringComparison.Ordinal) ? ["-hcl=primary_datacenter = \"other\""] : [];
        return setup.Load([.. ConfigSetup.ServerFlags, .. role, .. gateway, .. extra]);
    }

    /// <summary>The JSON of one key, with what its surroundings need.</summary>
    private static string Wrap(string path, string value)
    {
        foreach (string level in ConfigKey.Segments(path).Reverse())
        {
            bool item = level.EndsWith("[]", StringComparison.Ordinal);
            string name = level switch { "<name>" => "some", _ when item => level[..^2], _ => level };
            value = item ? $"{{\"{name}\":[{value}]}}" : $"{{\"{name}\":{value}}}";
        }

        return path == "service.kind" ? """{"service":{"kind":"mesh-gateway","port":1}}""" : value;
    }

    private static string[] SamplesOf(ConfigKey key) => key.Type switch
    {
        KeyType.Bool => ["true", "false"],
        KeyType.Int or KeyType.UInt => ["7"],
        KeyType.Float => ["7.5"],
        KeyType.Duration => ["\"17s\""],
        KeyType.StringList => ["[\"zz\"]"],
        KeyType.StringMap => ["{\"a\":\"zz\"}"],
        KeyType.StringListMap => ["{\"a\":[\"zz\"]}"],
        KeyType.BlockMap => ["{\"a\":{}}"],
        KeyType.FreeMap => key.Like is null ? ["{\"a\":1}"] : ["{}"],
        KeyType.BlockList or KeyType.FreeMapList => ["[{}]"],
        _ => ["\"zz\""],
    };

    private static KeyType TypeOf(string type, string unit) => type switch
    {
        "block" => KeyType.Block,
        "bool" => KeyType.Bool,
        "float" => KeyType.Float,
        "int" => KeyType.Int,
        "uint32" or "uint64" => KeyType.UInt,
        "object" => KeyType.FreeMap,
        "list(block)" => KeyType.BlockList,
        "list(object)" => KeyType.FreeMapList,
        "list(string)" => KeyType.StringList,
        "map(block)" => KeyType.BlockMap,
        "map(string)" => KeyType.StringMap,
        "map(list(string))" => KeyType.StringListMap,
        _ => unit == "duration" ? KeyType.Duration : KeyType.String,
    };

    private static IEnumerable<string[]> Rows(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", file)).Select(static line => line.Split('\t'));

    /// <summary>All values of a record, deep.</summary>
    private static string Dump(object? value)
    {
        switch (value)
        {
            case null: return "null";
            case string or ValueType or System.Net.IPAddress or System.Net.IPEndPoint:
                PropertyInfo[] parts = value.GetType().Name.StartsWith("KeyValuePair", StringComparison.Ordinal) ? value.GetType().GetProperties() : [];
                return parts.Length == 0 ? value.ToString()! : string.Join('=', parts.Select(part => Dump(part.GetValue(value))));
            case IEnumerable list: return $"[{string.Join(',', list.Cast<object?>().Select(Dump))}]";
            default:
                var text = new StringBuilder(value.GetType().Name);
                foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
                {
                    if (property.GetIndexParameters().Length == 0) text.Append($"{{{property.Name}:{Dump(property.GetValue(value))}}}");
                }

                return text.ToString();
        }
    }
}
