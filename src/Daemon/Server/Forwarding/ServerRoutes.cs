using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Rpc;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Puts the routes of calls in front of what a server answers itself. Thread safe; disposed before the pool.</summary>
internal sealed class ServerRoutes : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly OwnCalls _own;

    /// <param name="servers">Finds the leader.</param>
    /// <param name="local">What the server answers itself.</param>
    /// <param name="pool">Connections to the other servers.</param>
    /// <param name="dialer">Opens connections for archives.</param>
    public ServerRoutes(
        AgentConfig config,
        IServerContext server,
        LeaderGate gate,
        ServerLookup servers,
        RpcServices local,
        RpcPool pool,
        IRpcDialer dialer,
        ILogger logger)
    {
        var route = new LeaderRoute(server, gate, servers.ByAddress, logger);
        var leader = new LeaderCaller(route, pool, server.Options.RpcHoldTimeout, server.Time, _stopping.Token);
        var archives = new SnapshotCaller(dialer, server.Datacenter);
        _own = new OwnCalls(new RateLimiter(config.Limits.RpcRate, config.Limits.RpcMaxBurst, server.Time), server.Metrics);
        Own = RoutedServices.Create(local, leader, archives, _own);
        Others = RoutedServices.Create(local, leader, archives, own: null);
    }

    /// <summary>The services for this agent's own calls.</summary>
    public RpcServices Own { get; }

    /// <summary>The services for calls that come over the network.</summary>
    public RpcServices Others { get; }

    /// <summary>Applies what may change while running.</summary>
    public void Reload(AgentConfig config) => _own.Reload(config.Limits.RpcRate, config.Limits.RpcMaxBurst);

    /// <summary>Ends what is held for want of a leader.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _stopping.Dispose();
    }
}
