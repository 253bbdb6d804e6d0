using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>
/// Who may be in the LAN pool: agents of the same datacenter and segment, each with an identity of its own. Pure, so that it can
/// run on the pool's loop.
/// </summary>
internal sealed class LanAdmission(string node, string nodeId, string datacenter) : IPoolAdmission
{
    /// <summary>The pool of all agents; there are no other segments.</summary>
    private const string Segment = "";

    /// <summary>Older agents took the identity of their host, which several could share.</summary>
    private static readonly Version s_uniqueIdsSince = new(0, 8, 5);

    public bool Admits(Member candidate) => MergeRefusal([candidate]) is null;

    public bool AdmitsMerge(IReadOnlyList<Member> members) => MergeRefusal(members) is null;

    /// <summary>Why this pool and that of the members must not become one; null when they may.</summary>
    public string? MergeRefusal(IReadOnlyList<Member> members)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Member member in members)
        {
            string id = member.Tag("id");
            if (id.Length > 0)
            {
                if (member.Status == MemberStatus.Left) continue;
                if (IdConflict(member, id, names) is { } conflict) return conflict;
            }

            if (PlaceFault(member) is { } fault) return fault;
        }

        return null;
    }

    private string? IdConflict(Member member, string id, Dictionary<string, string> names)
    {
        if (id == nodeId && member.Name != node)
            return $"Member '{member.Name}' has conflicting node ID '{id}' with this agent's ID";
        if (names.TryGetValue(id, out string? other))
            return $"Member '{member.Name}' has conflicting node ID '{id}' with member '{other}'";
        if (BuildVersion.TryFind(member.Tag("build"), out string version) && BuildVersion.IsAtLeast(version, s_uniqueIdsSince))
            names[id] = member.Name;
        return null;
    }

    private string? PlaceFault(Member member)
    {
        bool isAgent = member.Tag("role") == "node" || ServerTags.TryRead(member, out _);
        string elsewhere = member.Tag("dc");
        if (isAgent && elsewhere != datacenter) return $"Member '{member.Name}' part of wrong datacenter '{elsewhere}'";
        string segment = member.Tag("segment");
        return segment == Segment ? null : $"Member '{member.Name}' part of wrong segment '{segment}' (expected '{Segment}')";
    }
}
