using System.Net;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Daemon.Server.Port;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Server.Forwarding;

/// <summary>Services on a port of loopback, as a server offers them.</summary>
internal sealed class TestPort : IProtocolHandlers, IAsyncDisposable
{
    private readonly TimerWheel _timers = new();
    private readonly SnapshotExchange _snapshots;
    private readonly RpcServer _server;
    private readonly TcpAcceptor _acceptor;

    private TestPort(RpcServices services)
    {
        _snapshots = new SnapshotExchange(services.Snapshot);
        _server = new RpcServer(RpcMethods.Of(services), new RpcServerSettings(), _timers, NullLogger.Instance, NoMetrics.Instance);
        var byMode = new ProtocolSwitch(this, tls: null, _timers, NullLogger.Instance);
        _acceptor = TcpAcceptor.Listen(new IPEndPoint(IPAddress.Loopback, 0), byMode, new ConnectionLimiter(0), NullLogger.Instance);
    }

    public IPEndPoint Address => _acceptor.LocalEndPoint;

    /// <summary>Calls that run now.</summary>
    public int InFlight => _server.InFlight;

    public static TestPort Open(RpcServices services) => new(services);

    public Task OnRpcAsync(TcpConnection connection) => _server.ServeConnectionAsync(connection);

    public Task OnRaftAsync(TcpConnection connection) => Task.CompletedTask;

    public Task OnMultiplexedAsync(TcpConnection connection) => _server.ServeSessionAsync(connection);

    public Task OnSnapshotAsync(TcpConnection connection) => _snapshots.ServeAsync(connection, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _acceptor.DisposeAsync();
        _timers.Dispose();
    }
}
