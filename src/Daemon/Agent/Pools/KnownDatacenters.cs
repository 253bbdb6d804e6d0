using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>The datacenters that a server knows by the servers in its WAN pool.</summary>
internal static class KnownDatacenters
{
    /// <summary>The own datacenter, which is nearest, and the others by name: those with a server that has not left.</summary>
    public static IReadOnlyList<string> Of(string own, IMembership? wan)
    {
        if (wan is null) return [own];
        var others = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Member member in wan.Members)
        {
            if (member.Status != MemberStatus.Left && ServerTags.TryRead(member, out ServerTags server)) others.Add(server.Datacenter);
        }

        others.Remove(own);
        return [own, .. others];
    }
}
