using System.Net;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Storage.Json;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Checks values that are well formed but cannot be used; the first one found ends the load.</summary>
internal static class ConfigValidator
{
    private static readonly string[] ReservedAltDomains = ["service", "connect", "node", "query", "addr"];

    public static void Check(AgentConfig config, ConfigReader reader)
    {
        CheckNames(config, reader);
        CheckDataDir(config.Node);
        if (config.Node.Name.Length == 0) throw new ConfigException("node_name cannot be empty");
        if (reader.Has("segment") || reader.Has("segments"))
        {
            throw new ConfigException("Network segments are not supported in this version of Consul");
        }

        CheckDns(config);
        CheckBootstrap(config);
        CheckNumbers(config, reader);
        if (Metadata.Fault(config.Node.Meta) is { } meta) throw new ConfigException($"node_meta invalid: {meta}");
        if (config.Gossip.EncryptKey.Length > 0 && !JsonBase64.TryDecode(config.Gossip.EncryptKey, out _, out string error))
        {
            throw new ConfigException($"encrypt has invalid key: {error}");
        }

        CheckGateways(config, reader);
        CheckOldDataDir(config);
        CheckCollisions(config.Addresses);
    }

    /// <summary>Faults that depend on the role, looked at last.</summary>
    public static void CheckRoles(AgentConfig config, ConfigReader reader)
    {
        bool server = config.Server.Enabled;
        string provider = reader.Text("connect.ca_provider", "consul");
        if (provider is not ("" or "consul" or "vault" or "aws-pca")) throw new ConfigException($"{provider} is not a valid CA provider");
        if (server && reader.Flag("auto_encrypt.tls")) throw new ConfigException("auto_encrypt.tls can only be used on a client.");
        if (!server && reader.Flag("auto_encrypt.allow_tls"))
        {
            throw new ConfigException("auto_encrypt.allow_tls can only be used on a server.");
        }

        if (server && config.Gossip.AdvertiseReconnectTimeout != TimeSpan.Zero)
        {
            throw new ConfigException("advertise_reconnect_timeout can only be used on a client");
        }

        OpenFileLimit.Check(config.Limits.HttpMaxConnectionsPerClient);
        if (reader.Flag("auto_encrypt.tls") && reader.Flag("auto_config.enabled"))
        {
            throw new ConfigException("both auto_encrypt.tls and auto_config.enabled cannot be set to true.");
        }
    }

    private static void CheckNames(AgentConfig config, ConfigReader reader)
    {
        if (config.Node.Datacenter.Length == 0) throw new ConfigException("datacenter cannot be empty");
        CheckName("datacenter", config.Node.Datacenter);
        CheckName("acl_datacenter", reader.Text("acl_datacenter").ToLowerInvariant());
        CheckName("ui_config.metrics_provider", config.Ui.MetricsProvider);
        if (config.Node.DataDir.Length == 0 && !config.Node.DevMode) throw new ConfigException("data_dir cannot be empty");
        string path = config.Ui.ContentPath;
        if (!path.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '/'))
        {
            throw new ConfigException($"ui-content-path can only contain alphanumeric, -, _, or /. received: \"{path}\"");
        }

        int version = path.IndexOf("/v", StringComparison.Ordinal);
        if (version >= 0 && version + 2 < path.Length && char.IsAsciiDigit(path[version + 2]))
        {
            throw new ConfigException($"ui-content-path cannot have 'v[0-9]'. received: \"{path}\"");
        }
    }

    private static void CheckName(string key, string name)
    {
        if (name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')) return;
        throw new ConfigException($"{key} can only contain lowercase alphanumeric, - or _ characters. received: \"{name}\"");
    }

    private static void CheckDataDir(NodeConfig node)
    {
        if (node.DataDir.Length == 0 || node.DevMode) return;
        if (File.Exists(node.DataDir)) throw new ConfigException($"data_dir \"{node.DataDir}\" is not a directory");
    }

    private static void CheckDns(AgentConfig config)
    {
        if (config.Dns.Recursors.Any(static address => IPEndPoint.TryParse(address, out IPEndPoint? parsed)
            && (parsed.Address.Equals(IPAddress.Any) || parsed.Address.Equals(IPAddress.IPv6Any))))
        {
            throw new ConfigException("DNS recursor address cannot be 0.0.0.0, :: or [::]");
        }

        string first = config.Dns.AltDomain.Split('.')[0];
        if (ReservedAltDomains.Contains(first) || (first.Length > 0 && first == config.Node.Datacenter))
        {
            throw new ConfigException($"alt_domain cannot start with {{{string.Join(',', ReservedAltDomains)},{config.Node.Datacenter}}}");
        }
    }

    private static void CheckBootstrap(AgentConfig config)
    {
        ServerConfig server = config.Server;
        if (server.Bootstrap && !server.Enabled) throw new ConfigException("'bootstrap = true' requires 'server = true'");
        if (server.BootstrapExpect < 0)
        {
            throw new ConfigException($"bootstrap_expect cannot be {server.BootstrapExpect}. Must be greater than or equal to zero");
        }

        if (server.BootstrapExpect == 0) return;
        if (!server.Enabled) throw new ConfigException("'bootstrap_expect > 0' requires 'server = true'");
        if (config.Node.DevMode) throw new ConfigException("'bootstrap_expect > 0' not allowed in dev mode");
        if (server.Bootstrap) throw new ConfigException("'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive");
    }

    private static void CheckNumbers(AgentConfig config, ConfigReader reader)
    {
        if (config.Checks.OutputMaxSize < 1)
        {
            throw new ConfigException("check_output_max_size must be positive, to discard check output use the discard_check_output flag");
        }

        CheckNotNegative("autopilot.max_trailing_logs", reader.Int("autopilot.max_trailing_logs"));
        if (config.Ui.Enabled && config.Ui.Dir.Length > 0 && !config.Node.DevMode)
        {
            throw new ConfigException(
                "Both the ui_config.enabled and ui_config.dir (or -ui and -ui-dir) were specified, please provide only one.\n"
                + "If trying to use your own web UI resources, use ui_config.dir or -ui-dir.\n"
                + "The web UI is included in the binary so use ui_config.enabled or -ui to enable it");
        }

        CheckNotNegative("dns_config.udp_answer_limit", config.Dns.UdpAnswerLimit);
        CheckNotNegative("dns_config.a_record_limit", config.Dns.ARecordLimit);
    }

    private static void CheckNotNegative(string key, int value)
    {
        if (value < 0) throw new ConfigException($"{key} cannot be {value}. Must be greater than or equal to zero");
    }

    private static void CheckGateways(AgentConfig config, ConfigReader reader)
    {
        const string Federation = "'connect.enable_mesh_gateway_wan_federation = true'";
        if (reader.Flag("connect.enable_mesh_gateway_wan_federation"))
        {
            if (!config.Server.Enabled) throw new ConfigException($"{Federation} requires 'server = true'");
            if (config.Node.Name.Contains('/', StringComparison.Ordinal))
            {
                throw new ConfigException($"{Federation} requires that 'node_name' not contain '/' characters");
            }

            if (config.Join.StartWan.Count > 0) throw new ConfigException($"'start_join_wan' is incompatible with {Federation}");
            if (config.Join.RetryWan.Count > 0) throw new ConfigException($"'retry_join_wan' is incompatible with {Federation}");
        }

        if (reader.List("primary_gateways").Count == 0) return;
        if (!config.Server.Enabled) throw new ConfigException("'primary_gateways' requires 'server = true'");
        if (config.Node.PrimaryDatacenter == config.Node.Datacenter)
        {
            throw new ConfigException("'primary_gateways' should only be configured in a secondary datacenter");
        }
    }

    private static void CheckOldDataDir(AgentConfig config)
    {
        string old = Path.Combine(config.Node.DataDir, "mdb");
        if (!config.Server.Enabled || config.Node.DataDir.Length == 0 || !Path.Exists(old)) return;
        throw new ConfigException(
            $"CRITICAL: Deprecated data folder found at \"{old}\"!\n"
            + "Consul will refuse to boot with this directory present.\n"
            + "See https://www.consul.io/docs/upgrade-specific.html for more information.");
    }

    /// <summary>Two uses of the same end point; a wildcard and a specific address are different here.</summary>
    private static void CheckCollisions(AddressConfig addresses)
    {
        var uses = new Dictionary<string, string>(StringComparer.Ordinal);
        Use("DNS", addresses.Dns);
        Use("HTTP", addresses.Http);
        Use("HTTPS", addresses.Https);
        Use("RPC Advertise", [addresses.RpcAdvertise]);
        Use("Serf Advertise LAN", [addresses.SerfLanAdvertise]);
        if (addresses.SerfWanAdvertise is { } wan) Use("Serf Advertise WAN", [wan]);

        void Use(string name, IEnumerable<object> endPoints)
        {
            foreach (string endPoint in endPoints.Select(static endPoint => endPoint.ToString()!))
            {
                if (uses.TryGetValue(endPoint, out string? other))
                {
                    throw new ConfigException($"{name} address {endPoint} already configured for {other}");
                }

                uses.Add(endPoint, name);
            }
        }
    }
}
