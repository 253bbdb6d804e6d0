using Consul.Fast.Daemon.Config;
using Consul.Fast.Net.Tls;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent;

/// <summary>The certificates of an agent, from its configuration.</summary>
internal static class AgentTls
{
    /// <exception cref="ConfigException">The files or settings cannot be used; the message says why.</exception>
    public static TlsContext Load(AgentConfig config, ILogger logger) =>
        TlsContext.TryLoad(Settings(config), logger, out string? error) ?? throw new ConfigException(error!);

    public static TlsSettings Settings(AgentConfig config) => new()
    {
        CaFile = config.Tls.CaFile,
        CaPath = config.Tls.CaPath,
        CertFile = config.Tls.CertFile,
        KeyFile = config.Tls.KeyFile,
        MinVersion = config.Tls.MinVersion,
        CipherSuites = config.Tls.CipherSuites,
        VerifyIncoming = config.Tls.VerifyIncoming,
        VerifyIncomingRpc = config.Tls.VerifyIncomingRpc,
        VerifyIncomingHttps = config.Tls.VerifyIncomingHttps,
        VerifyOutgoing = config.Tls.VerifyOutgoing,
        VerifyServerHostname = config.Tls.VerifyServerHostname,
        Domain = config.Dns.Domain,
        Datacenter = config.Node.Datacenter,
    };
}
