using System.Net;
using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Daemon.Telemetry.Logging;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Consul.Fast.Daemon.Tests.Http;
using Consul.Fast.Gossip.Membership;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Agent;

/// <summary>The agent's endpoints on the real HTTP interface.</summary>
internal sealed class AgentApi : IAgentControl, IAsyncDisposable
{
    private readonly ClusterJoin _join;
    private HttpTestServer _server = null!;

    private AgentApi(Func<AgentConfig, AgentConfig>? configure)
    {
        Agent = new AgentHarness(configure);
        Metrics = new MetricsRegistry(Agent.Config.Telemetry, "host");
        var anyPort = new IPEndPoint(IPAddress.Loopback, 0);
        AgentConfig config = Agent.Config with
        {
            Node = Agent.Config.Node with { Id = AgentHarness.NodeId },
            Addresses = Agent.Config.Addresses with { SerfLanBind = anyPort, SerfLanAdvertise = anyPort },
        };
        Pools = new GossipPools(config, TimeProvider.System, NullLoggerFactory.Instance);
        _join = ClusterJoin.Of(Pools, config, TimeProvider.System, NullLoggerFactory.Instance, static () => { });
    }

    public AgentHarness Agent { get; }

    public MetricsRegistry Metrics { get; }

    public AgentLogging Logging { get; } = new(LogLevel.Information, json: false, []);

    public HttpTestServer Server => _server;

    /// <summary>The pool of the agent, which is alone in it.</summary>
    public GossipPools Pools { get; }

    public IMembership Lan => Pools.Lan;

    public IMembership? Wan => Pools.Wan;

    public string? ReloadFault { get; set; }

    public static async Task<AgentApi> StartAsync(Func<AgentConfig, AgentConfig>? configure = null)
    {
        var api = new AgentApi(configure);
        await api.Pools.StartAsync(rpcPort: 0);
        var area = new AgentArea(api.Agent.Agent, api, () => api.Agent.Config, api.Metrics, api.Logging, TimeProvider.System);
        api._server = await HttpTestServer.StartAsync(area.Map);
        return api;
    }

    public Task<RawAnswer> GetAsync(string target, params string[] headers) => _server.SendRawAsync("GET", target, "", headers);

    public Task<RawAnswer> PutAsync(string target, string body = "") => _server.SendRawAsync("PUT", target, body);

    public Task<string?> ReloadAsync() => Task.FromResult(ReloadFault);

    public Task<string?> LeaveAsync() => Task.FromResult<string?>(null);

    public Task<string?> JoinAsync(string address, bool wan, CancellationToken cancellation) =>
        _join.JoinAsync(address, wan, cancellation);

    public Task<string?> ForceLeaveAsync(string node, bool prune) => Pools.ForceLeaveAsync(node, prune);

    public async Task<IReadOnlyList<StatGroup>> StatsAsync() =>
        [new StatGroup("consul", [new("server", "true")]), .. await Pools.StatsAsync()];

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _join.DisposeAsync();
        await Pools.DisposeAsync();
        await Agent.DisposeAsync();
        await Logging.DisposeAsync();
    }
}
