using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Daemon.Telemetry.Logging;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Consul.Fast.Daemon.Tests.Http;
using Consul.Fast.Gossip.Membership;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Tests.Agent;

/// <summary>The agent's endpoints on the real HTTP interface.</summary>
internal sealed class AgentApi : IAgentControl, IAsyncDisposable
{
    private HttpTestServer _server = null!;

    private AgentApi(Func<AgentConfig, AgentConfig>? configure)
    {
        Agent = new AgentHarness(configure);
        Metrics = new MetricsRegistry(Agent.Config.Telemetry, "host");
        Lan = new LocalMembership(new Member("n1", System.Net.IPAddress.Loopback, 8301, [new("id", AgentHarness.NodeId)], MemberStatus.Alive));
    }

    public AgentHarness Agent { get; }

    public MetricsRegistry Metrics { get; }

    public AgentLogging Logging { get; } = new(LogLevel.Information, json: false, []);

    public HttpTestServer Server => _server;

    public IMembership Lan { get; }

    public IMembership? Wan => null;

    public string? ReloadFault { get; set; }

    public static async Task<AgentApi> StartAsync(Func<AgentConfig, AgentConfig>? configure = null)
    {
        var api = new AgentApi(configure);
        var area = new AgentArea(api.Agent.Agent, api, () => api.Agent.Config, api.Metrics, api.Logging, TimeProvider.System);
        api._server = await HttpTestServer.StartAsync(area.Map);
        return api;
    }

    public Task<RawAnswer> GetAsync(string target, params string[] headers) => _server.SendRawAsync("GET", target, "", headers);

    public Task<RawAnswer> PutAsync(string target, string body = "") => _server.SendRawAsync("PUT", target, body);

    public Task<string?> ReloadAsync() => Task.FromResult(ReloadFault);

    public Task<string?> LeaveAsync() => Task.FromResult<string?>(null);

    public Task<string?> JoinAsync(string address, bool wan, CancellationToken cancellation) =>
        SinglePool.JoinAsync(Lan.Local, address, cancellation);

    public Task<string?> ForceLeaveAsync(string node, bool prune) => Task.FromResult(SinglePool.ForceLeave(Lan, node));

    public IEnumerable<StatGroup> Stats() => [new StatGroup("consul", [new("server", "true")])];

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await Agent.DisposeAsync();
        await Logging.DisposeAsync();
    }
}
