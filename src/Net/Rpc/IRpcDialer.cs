using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// Opens connections to servers. Decides between plain and TLS, and speaks everything up to the first byte of the mode's own
/// protocol. Thread safe.
/// </summary>
public interface IRpcDialer
{
    /// <summary>Gives a connection, or the text of what went wrong; never throws for what the network does.</summary>
    ValueTask<DialResult> DialAsync(RpcServerAddress server, ProtocolMode mode, CancellationToken cancellation);
}

/// <summary>Dials servers directly.</summary>
public sealed class RpcDialer(TcpDialer dialer) : IRpcDialer
{
    public ValueTask<DialResult> DialAsync(RpcServerAddress server, ProtocolMode mode, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(server);
        return dialer.DialAsync(server.EndPoint, server.Datacenter, mode, cancellation);
    }
}
