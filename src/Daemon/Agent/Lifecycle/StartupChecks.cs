using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>Faults of the configuration that only the start of an agent reports, never its validation.</summary>
internal static class StartupChecks
{
    private const int MinProtocol = 2;
    private const int MaxProtocol = 3;

    /// <exception cref="ConfigException">The agent cannot run with this configuration.</exception>
    public static void Check(AgentConfig config)
    {
        if (config.Acl.DefaultPolicy is not ("allow" or "deny"))
        {
            throw new ConfigException($"unexpected ACL default policy value of \"{config.Acl.DefaultPolicy}\"");
        }

        CheckProtocol(config.Node.Protocol);
        CheckTls(config.Tls);
    }

    private static void CheckProtocol(int version)
    {
        if (version is >= MinProtocol and <= MaxProtocol) return;
        string direction = version < MinProtocol ? "low" : "high";
        throw new ConfigException($"Protocol version '{version}' too {direction}. Must be in range: [{MinProtocol}, {MaxProtocol}]");
    }

    private static void CheckTls(TlsConfig tls)
    {
        if (tls.MinVersion is not ("" or "tls10" or "tls11" or "tls12" or "tls13"))
        {
            throw new ConfigException(
                $"TLSMinVersion: value {tls.MinVersion} not supported, please specify one of [tls10,tls11,tls12,tls13]");
        }

        bool hasCa = tls.CaFile.Length > 0 || tls.CaPath.Length > 0;
        if (tls.VerifyOutgoing && !hasCa) throw new ConfigException("VerifyOutgoing set, and no CA certificate provided!");
        if (!tls.VerifyIncoming && !tls.VerifyIncomingRpc && !tls.VerifyIncomingHttps) return;
        if (!hasCa) throw new ConfigException("VerifyIncoming set but no CA certificates were provided");
        if (tls.CertFile.Length == 0 || tls.KeyFile.Length == 0)
        {
            throw new ConfigException(
                "VerifyIncoming requires either a Cert and Key pair in the configuration file, or auto_encrypt/auto_config be enabled");
        }
    }
}
