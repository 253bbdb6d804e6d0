using System.Buffers;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Consul.Fast.Net.Yamux;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Rpc;

/// <summary>Makes multiplexed sessions of the connections that a dialer opens.</summary>
internal sealed class YamuxConnector(IRpcDialer dialer, YamuxSettings settings, TimerWheel timers, MemoryPool<byte> pool, ILogger logger)
    : IRpcConnector
{
    public async ValueTask<RpcConnected> ConnectAsync(RpcServerAddress server, CancellationToken cancellation)
    {
        DialResult dialed = await dialer.DialAsync(server, ProtocolMode.Multiplexed, cancellation).ConfigureAwait(false);
        if (!dialed.Succeeded) return new RpcConnected(null, dialed.Error);
        TcpConnection connection = dialed.Connection;
        var session = new YamuxSession(
            connection.Stream, connection.Input, YamuxRole.Client, settings, timers, pool, null, logger, connection.RemoteEndPoint);
        return new RpcConnected(new YamuxRpcSession(session, connection), null);
    }
}
