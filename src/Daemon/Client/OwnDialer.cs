using System.Net;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Daemon.Client;

/// <summary>How this agent opens connections to servers.</summary>
internal static class OwnDialer
{
    public static RpcDialer Create(AgentConfig config, TlsContext tls) => new(CreateTcp(config, tls));

    /// <summary>Calls leave from the address that the agent listens on, so that the servers see where they come from.</summary>
    public static TcpDialer CreateTcp(AgentConfig config, TlsContext tls)
    {
        IPAddress bind = config.Addresses.RpcBind.Address;
        bool isAny = bind.Equals(IPAddress.Any) || bind.Equals(IPAddress.IPv6Any);
        return new TcpDialer(tls, isAny ? null : bind);
    }
}
