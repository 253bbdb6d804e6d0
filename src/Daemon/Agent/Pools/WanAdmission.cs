using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Only servers may be in the WAN pool, of whatever datacenter. Pure.</summary>
internal sealed class WanAdmission : IPoolAdmission
{
    public bool Admits(Member candidate) => MergeRefusal([candidate]) is null;

    public bool AdmitsMerge(IReadOnlyList<Member> members) => MergeRefusal(members) is null;

    /// <summary>Why this pool and that of the members must not become one; null when they may.</summary>
    public string? MergeRefusal(IReadOnlyList<Member> members)
    {
        foreach (Member member in members)
        {
            if (!ServerTags.TryRead(member, out _)) return $"Member '{member.Name}' is not a server";
        }

        return null;
    }
}
