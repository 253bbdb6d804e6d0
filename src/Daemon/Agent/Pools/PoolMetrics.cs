using Consul.Fast.Gossip.Node;
using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Counts what happens in the pools, under Serf's names.</summary>
internal sealed class PoolMetrics(IMetrics metrics)
{
    public void OnMemberEvent(MemberEvent happened)
    {
        string? name = happened.Kind switch
        {
            MemberEventKind.Join => "serf.member.join",
            MemberEventKind.Leave => "serf.member.left",
            MemberEventKind.Failed => "serf.member.failed",
            MemberEventKind.Update => "serf.member.update",
            _ => null,
        };
        if (name is not null) metrics.IncrCounter(name);
    }

    public void OnUserEvent(UserPoolEvent fired) => metrics.IncrCounter("serf.events");
}
