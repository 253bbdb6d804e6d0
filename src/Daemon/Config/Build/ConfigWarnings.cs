using System.Net;
using System.Text;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Remarks on configurations that work but are probably not meant so.</summary>
internal static class ConfigWarnings
{
    private const int MaxDnsLabel = 63;
    private const string DeploymentTable = "See https://www.consul.io/docs/internals/consensus.html#deployment-table";

    public static void Add(AgentConfig config, ConfigReader reader)
    {
        List<string> warnings = reader.Warnings;
        AddDeprecated(reader);
        AddBootstrap(config, warnings);
        AddNodeName(config.Node.Name, warnings);
        bool everybody = config.Addresses.Http
            .Any(static address => address.EndPoint is { } endPoint && !IPAddress.IsLoopback(endPoint.Address));
        if (config.Checks.EnableRemoteScripts && everybody && !config.Acl.Enabled && config.Http.AllowWriteFrom.Count == 0)
        {
            warnings.Add(
                "using enable-script-checks without ACLs and without allow_write_http_from is DANGEROUS, use "
                + "enable-local-script-checks instead, "
                + "see https://www.hashicorp.com/blog/protecting-consul-from-rce-risk-in-specific-configurations/");
        }

        if (!config.Server.Enabled && reader.Flag("rpc.enable_streaming"))
        {
            warnings.Add("rpc.enable_streaming = true has no effect when not running in server mode");
        }

        if (config.Server.Enabled && reader.Flag("use_streaming_backend") && !config.Server.EnableStreaming)
        {
            warnings.Add("use_streaming_backend = true requires rpc.enable_streaming on servers to work properly");
        }
    }

    private static void AddDeprecated(ConfigReader reader)
    {
        if (reader.Has("acl_enforce_version_8"))
        {
            reader.Warnings.Add("config key \"acl_enforce_version_8\" is deprecated and should be removed");
        }

        if (reader.Has("acl_datacenter"))
        {
            reader.Warnings.Add("The 'acl_datacenter' field is deprecated. Use the 'primary_datacenter' field instead.");
        }

        foreach (string key in (ReadOnlySpan<string>)["", "_dir", "_content_path"])
        {
            string current = key.Length == 0 ? "enabled" : key[1..];
            if (reader.Has($"ui{key}"))
            {
                reader.Warnings.Add($"The 'ui{key}' field is deprecated. Use the 'ui_config.{current}' field instead.");
            }
        }
    }

    private static void AddBootstrap(AgentConfig config, List<string> warnings)
    {
        int expect = config.Server.BootstrapExpect;
        if (expect == 1) warnings.Add("BootstrapExpect is set to 1; this is the same as Bootstrap mode.");
        if (config.Server.Bootstrap || expect == 1) warnings.Add("bootstrap = true: do not enable unless necessary");
        if (expect == 2)
        {
            warnings.Add($"bootstrap_expect = 2: A cluster with 2 servers will provide no failure tolerance. {DeploymentTable}");
        }
        else if (expect > 2 && expect % 2 == 0)
        {
            warnings.Add(
                "bootstrap_expect is even number: A cluster with an even number of servers does not achieve optimum fault tolerance. "
                + DeploymentTable);
        }

        if (expect > 1) warnings.Add($"bootstrap_expect > 0: expecting {expect} servers");
    }

    private static void AddNodeName(string name, List<string> warnings)
    {
        if (!name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            warnings.Add(
                $"Node name \"{name}\" will not be discoverable via DNS due to invalid characters. Valid characters include all "
                + "alpha-numerics and dashes.");
        }
        else if (Encoding.UTF8.GetByteCount(name) > MaxDnsLabel)
        {
            warnings.Add(
                $"Node name \"{name}\" will not be discoverable via DNS due to it being too long. Valid lengths are between 1 and 63 "
                + "bytes.");
        }
    }
}
