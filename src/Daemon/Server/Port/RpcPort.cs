using Consul.Fast.Consensus.Transport;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Port;

/// <summary>
/// The one TCP port of a server: calls of agents and other servers, Raft, and snapshots; plain, multiplexed and inside TLS.
/// Started once, disposed once.
/// </summary>
internal sealed class RpcPort : IProtocolHandlers, IAsyncDisposable
{
    private readonly AgentConfig _config;
    private readonly RpcServer _server;
    private readonly RpcServer _insecure;
    private readonly SnapshotExchange _snapshots;
    private readonly RaftTransport _raft;
    private readonly ProtocolSwitch _switch;
    private readonly ConnectionLimiter _limiter;
    private readonly IMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private TcpAcceptor? _acceptor;

    /// <param name="raft">Takes the connections of other servers.</param>
    public RpcPort(
        AgentConfig config,
        RpcServices services,
        RaftTransport raft,
        TlsContext tls,
        TimerWheel timers,
        IMetrics metrics,
        ILoggerFactory loggers)
    {
        _raft = raft;
        _config = config;
        _metrics = metrics;
        _logger = loggers.CreateLogger("agent.server.rpc");
        _server = new RpcServer(RpcMethods.Of(services), new RpcServerSettings(), timers, _logger, metrics);
        _insecure = new RpcServer(InsecureMethods.Create(), new RpcServerSettings(), timers, _logger, metrics);
        _snapshots = new SnapshotExchange(services.Snapshot);
        _limiter = new ConnectionLimiter(config.Limits.RpcMaxConnectionsPerClient);
        _switch = new ProtocolSwitch(this, tls, timers, _logger) { HandshakeTimeout = config.Limits.RpcHandshakeTimeout };
    }

    /// <summary>Begins to accept connections; returns the port number, with what the system made of 0.</summary>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public int Start()
    {
        try
        {
            _acceptor = TcpAcceptor.Listen(_config.Addresses.RpcBind, _switch, _limiter, _logger);
            return _acceptor.LocalEndPoint.Port;
        }
        catch (IOException exception)
        {
            throw new IOException("Failed to start Consul server: Failed to start RPC layer: " + exception.Message, exception);
        }
    }

    /// <summary>Applies what may change while running; open connections stay.</summary>
    public void Reload(AgentConfig config)
    {
        _limiter.Limit = config.Limits.RpcMaxConnectionsPerClient;
        _switch.HandshakeTimeout = config.Limits.RpcHandshakeTimeout;
    }

    /// <summary>Takes no new connections and streams, and lets calls that run end until the limit.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        _acceptor?.Stop();
        await _server.DrainAsync(limit);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        await _insecure.DisposeAsync();
        if (_acceptor is not null) await _acceptor.DisposeAsync();
        _stopping.Dispose();
    }

    Task IProtocolHandlers.OnRpcAsync(TcpConnection connection)
    {
        _metrics.IncrCounter(RpcMetricNames.AcceptConnection);
        return _server.ServeConnectionAsync(connection);
    }

    Task IProtocolHandlers.OnMultiplexedAsync(TcpConnection connection)
    {
        _metrics.IncrCounter(RpcMetricNames.AcceptConnection);
        return _server.ServeSessionAsync(connection);
    }

    Task IProtocolHandlers.OnInsecureRpcAsync(TcpConnection connection)
    {
        _metrics.IncrCounter(RpcMetricNames.AcceptConnection);
        return _insecure.ServeConnectionAsync(connection);
    }

    Task IProtocolHandlers.OnSnapshotAsync(TcpConnection connection) => _snapshots.ServeAsync(connection, _stopping.Token);

    Task IProtocolHandlers.OnRaftAsync(TcpConnection connection)
    {
        _metrics.IncrCounter(RpcMetricNames.RaftHandoff);
        return _raft.ServeAsync(connection);
    }
}
