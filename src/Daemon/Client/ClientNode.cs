using System.Globalization;
using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Tls;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Client;

/// <summary>What an agent has that is no server: connections to the servers, and the services through them.</summary>
internal sealed class ClientNode : IAsyncDisposable
{
    private readonly RpcPool _pool;
    private readonly OwnCalls _own;
    private readonly ServerRebalancer _rebalancer;
    private readonly AgentConfig _config;

    /// <param name="clusterSize">Members of the LAN pool.</param>
    public ClientNode(
        AgentConfig config, Func<int> clusterSize, TlsContext tls, TimerWheel timers, TimeProvider time, IMetrics metrics,
        ILoggerFactory loggers)
    {
        _config = config;
        RpcDialer dialer = OwnDialer.Create(config, tls);
        _pool = new RpcPool(
            dialer, new RpcPoolSettings { Datacenter = config.Node.Datacenter }, timers, loggers.CreateLogger("agent.client.rpc"));
        _own = new OwnCalls(new RateLimiter(config.Limits.RpcRate, config.Limits.RpcMaxBurst, time), metrics);
        var caller = new ServerCaller(_pool, Servers, _own, config.Server.RpcHoldTimeout, time);
        _rebalancer = new ServerRebalancer(Servers, IsHealthyAsync, clusterSize, time);
        Services = RemoteServices.Create(caller, new RemoteSnapshots(new SnapshotCaller(dialer, config.Node.Datacenter), Servers, _own));
    }

    /// <summary>The servers of the own datacenter; empty until somebody finds them.</summary>
    public ServerList Servers { get; } = new();

    public RpcServices Services { get; }

    public StatGroup Stats => new("consul",
    [
        new("acl", _config.Acl.Enabled ? "enabled" : "disabled"),
        new("known_servers", Servers.Count.ToString(CultureInfo.InvariantCulture)),
        new("server", "false"),
    ]);

    /// <summary>Applies what may change while running.</summary>
    public void Reload(AgentConfig config) => _own.Reload(config.Limits.RpcRate, config.Limits.RpcMaxBurst);

    /// <summary>Begins to spread its calls over the servers.</summary>
    public void Start() => _rebalancer.Start();

    public async ValueTask DisposeAsync()
    {
        await _rebalancer.DisposeAsync();
        await _pool.DisposeAsync();
    }

    private async Task<bool> IsHealthyAsync(RpcServerAddress server) =>
        (await _pool.CallAsync(server, StatusMethods.Ping.Call, default(RpcNothing), CancellationToken.None)).Error is null;
}
