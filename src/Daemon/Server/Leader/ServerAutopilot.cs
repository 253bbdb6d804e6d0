using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.State;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>The autopilot of a server, made of its parts.</summary>
internal sealed class ServerAutopilot : IDisposable
{
    /// <param name="wan">Null where there is none.</param>
    /// <param name="call">Asks another server how far it has come.</param>
    public ServerAutopilot(
        AgentConfig config,
        IConsensus consensus,
        IGossipPool lan,
        IGossipPool? wan,
        StateStore store,
        CommandProposer commands,
        ServerStatsCall call,
        TimeProvider time,
        IMetrics metrics,
        ILoggerFactory loggers)
    {
        ILogger server = loggers.CreateLogger("agent.server");
        ILogger autopilot = loggers.CreateLogger("agent.server.autopilot");
        var pool = new PoolServers(lan, store);
        var policies = new AutopilotPolicies(store, commands, AutopilotPolicies.Initial(config.Autopilot), autopilot);
        Membership = new ServerMembership(
            consensus, pool, policies,
            name => ForcedDeparture.AnnounceAsync(lan, wan, config.Node.Datacenter, name, prune: false), server, autopilot);
        Loop = new AutopilotLoop(
            consensus, pool, policies, new ServerStatsFetcher(call, time, server), Membership, AutopilotIntervals.Of(config), time,
            metrics, autopilot);
        Loop.ReportUnknown();
    }

    public AutopilotLoop Loop { get; }

    public ServerMembership Membership { get; }

    public void Dispose() => Membership.Dispose();
}
