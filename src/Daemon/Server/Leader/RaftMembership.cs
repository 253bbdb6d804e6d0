using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>Adds servers to Raft without a vote and removes them, and nothing beyond that. Used by the leader loop alone.</summary>
internal sealed class RaftMembership(IConsensus consensus) : IServerMembership
{
    public async ValueTask<string?> AddAsync(Member member, ServerTags server)
    {
        AdditionPlan plan = AdditionRules.Decide(
            consensus.Configuration.Configuration, server.Id, ServerLookup.AddressText(server.Address));
        if (plan.Error is not null) return plan.Error;
        foreach (string id in plan.Removals)
        {
            if (await ChangeAsync(new ConfigurationChange(ConfigurationChangeKind.Remove, id)) is { } error) return error;
        }

        return plan.Change is null ? null : await ChangeAsync(plan.Change);
    }

    public async ValueTask<string?> RemoveAsync(string name, ServerTags server) =>
        consensus.Configuration.Configuration.Servers.Any(known => known.Id == server.Id)
            ? await ChangeAsync(new ConfigurationChange(ConfigurationChangeKind.Remove, server.Id)) : null;

    private async ValueTask<string?> ChangeAsync(ConfigurationChange change) => (await consensus.ChangeConfigurationAsync(change)).Error;
}
