using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Consul.Fast.Net.Transport;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Rpc;

/// <summary>Multiplexed connections: each stream that the peer opens is served like a connection of its own.</summary>
public sealed partial class RpcServer
{
    private readonly ConcurrentDictionary<YamuxSession, byte> _sessions = new();

    /// <summary>Multiplexed connections that are open now.</summary>
    public int Sessions => _sessions.Count;

    /// <summary>
    /// Serves calls directly on a connection until it ends. The caller owns the connection and closes it afterwards.
    /// </summary>
    public Task ServeConnectionAsync(TcpConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return ServeAsync(new TcpRpcStream(connection), connection.RemoteEndPoint);
    }

    /// <summary>
    /// Serves a multiplexed connection until it ends. The caller owns the connection and closes it afterwards; calls that
    /// still run then go on, and their answers are dropped.
    /// </summary>
    public Task ServeSessionAsync(TcpConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return ServeSessionAsync(connection.Stream, connection.Input, connection.RemoteEndPoint);
    }

    /// <summary>Serves a session until it is over.</summary>
    internal async Task ServeSessionAsync(Stream stream, PipeReader input, IPEndPoint remote)
    {
        var acceptor = new Acceptor(this, remote);
        var session = new YamuxSession(stream, input, YamuxRole.Server, Settings.Yamux, _timers, _blocks, acceptor, Logger, remote);
        _sessions.TryAdd(session, 0);
        // A drain that began before this line may not have seen the session.
        if (IsDraining) session.GoAway();
        try
        {
            await session.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _sessions.TryRemove(session, out _);
        }
    }

    private sealed class Acceptor(RpcServer server, IPEndPoint remote) : IYamuxAcceptor
    {
        private readonly ReplyShare _replies = server._replies.NewShare();

        public void OnStream(YamuxStream stream) => _ = server.ServeAsync(new YamuxRpcStream(stream), remote, _replies);
    }
}
