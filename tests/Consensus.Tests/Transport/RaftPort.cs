using System.Collections.Concurrent;
using System.Net;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>A real port of the loopback that takes Raft connections; what serves them can be set and changed.</summary>
internal sealed class RaftPort : IProtocolHandlers, IAsyncDisposable
{
    private readonly TcpAcceptor _acceptor;

    public RaftPort(TimerWheel timers, Func<TcpConnection, Task>? serve = null, int port = 0, TlsContext? tls = null)
    {
        Serve = serve ?? (static _ => Task.CompletedTask);
        ProtocolSwitch gate = new(this, tls, timers, NullLogger.Instance);
        _acceptor = TcpAcceptor.Listen(new IPEndPoint(IPAddress.Loopback, port), gate, new ConnectionLimiter(1000), NullLogger.Instance);
    }

    public Func<TcpConnection, Task> Serve { get; set; }

    public int Port => _acceptor.LocalEndPoint.Port;

    public string Address => _acceptor.LocalEndPoint.ToString();

    /// <summary>Everything that was ever accepted.</summary>
    public ConcurrentQueue<TcpConnection> Connections { get; } = new();

    public int Open => Connections.Count(static connection => connection.CloseReason is null);

    /// <summary>Breaks all connections.</summary>
    public void Cut()
    {
        foreach (TcpConnection connection in Connections) connection.Abort(CloseReason.Shutdown);
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _acceptor.DisposeAsync();
    }

    Task IProtocolHandlers.OnRpcAsync(TcpConnection connection) => Task.CompletedTask;

    Task IProtocolHandlers.OnMultiplexedAsync(TcpConnection connection) => Task.CompletedTask;

    Task IProtocolHandlers.OnSnapshotAsync(TcpConnection connection) => Task.CompletedTask;

    async Task IProtocolHandlers.OnRaftAsync(TcpConnection connection)
    {
        Connections.Enqueue(connection);
        await Serve(connection);
    }
}
