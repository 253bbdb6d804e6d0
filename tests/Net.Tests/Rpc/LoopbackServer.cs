using System.Collections.Concurrent;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Tests.Transport;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>A server under test behind a real port. Its end proves that no block leaked.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TestPort _port;
    private readonly Handlers _handlers;

    public LoopbackServer(TlsContext? tls = null, params RpcMethod[] more)
    {
        UnderTest = new ServerUnderTest(null, more);
        _handlers = new Handlers(UnderTest.Server);
        _port = new TestPort(tls, handlers: _handlers);
        Address = new RpcServerAddress("dc1", "one", _port.EndPoint, 2);
    }

    public ServerUnderTest UnderTest { get; }

    public RpcServerAddress Address { get; }

    public int Accepted => _handlers.Connections.Count;

    /// <summary>Connections that nobody has broken.</summary>
    public int Open => _handlers.Connections.Count(static connection => connection.CloseReason is null);

    /// <summary>Breaks all connections.</summary>
    public void Kill()
    {
        foreach (TcpConnection connection in _handlers.Connections) connection.Abort(CloseReason.Shutdown);
    }

    public async ValueTask DisposeAsync()
    {
        await UnderTest.DisposeAsync();
        Kill();
        await _port.DisposeAsync();
        await Eventually.TrueAsync(() => UnderTest.Blocks.Outstanding == 0, "all blocks go back");
        Assert.Equal(0, UnderTest.Server.Sessions);
        Assert.Equal(0, UnderTest.Server.Channels);
    }

    private sealed class Handlers(RpcServer server) : IProtocolHandlers
    {
        public ConcurrentBag<TcpConnection> Connections { get; } = [];

        public Task OnRpcAsync(TcpConnection connection)
        {
            Connections.Add(connection);
            return server.ServeConnectionAsync(connection);
        }

        public Task OnMultiplexedAsync(TcpConnection connection)
        {
            Connections.Add(connection);
            return server.ServeSessionAsync(connection);
        }

        public Task OnInsecureRpcAsync(TcpConnection connection) => OnRpcAsync(connection);

        public Task OnRaftAsync(TcpConnection connection) => Task.CompletedTask;

        public Task OnSnapshotAsync(TcpConnection connection) => Task.CompletedTask;
    }
}
