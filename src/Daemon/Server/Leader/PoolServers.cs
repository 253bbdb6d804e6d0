using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>The servers of the LAN pool, whatever their condition, with what the catalog adds. Thread safe.</summary>
internal sealed class PoolServers(IMembership lan, StateStore store)
{
    /// <summary>
    /// Every server once. Of several members with one id, as after a change of the node's name, the one in the best condition
    /// counts: the others are what it was before.
    /// </summary>
    public IReadOnlyList<PoolServer> Read()
    {
        Dictionary<string, PoolServer> servers = new(StringComparer.Ordinal);
        ClusterState state = store.Current;
        foreach (Member member in lan.Members)
        {
            if (!ServerTags.TryRead(member, out ServerTags tags) || tags.Id.Length == 0) continue;
            if (servers.TryGetValue(tags.Id, out PoolServer? other) && Worth(other.Status) >= Worth(member.Status)) continue;
            servers[tags.Id] = new PoolServer(tags, member.Status, Describe(tags, member.Status, state));
        }

        return [.. servers.Values];
    }

    /// <summary>Name of another server that may elect itself, null for none.</summary>
    public string? OtherBootstrapServer(string name)
    {
        foreach (Member member in lan.Members)
        {
            if (member.Name != name && ServerTags.TryRead(member, out ServerTags tags) && tags.Bootstrap) return member.Name;
        }

        return null;
    }

    private static KnownServer Describe(ServerTags tags, MemberStatus status, ClusterState state) => new(
        tags.Id, tags.ShortName, tags.Address.ToString(), StatusOf(status), tags.Build, tags.RaftVersion, MetaOf(tags.Id, state));

    private static SortedMap<string>? MetaOf(string id, ClusterState state) =>
        state.FindNode(id) is { } node && string.Equals(node.Id, id, StringComparison.OrdinalIgnoreCase) ? node.Meta : null;

    private static string StatusOf(MemberStatus status) => status switch
    {
        MemberStatus.Alive or MemberStatus.Leaving => NodeStatus.Alive,
        MemberStatus.Left => NodeStatus.Left,
        MemberStatus.Failed => NodeStatus.Failed,
        _ => NodeStatus.Unknown,
    };

    private static int Worth(MemberStatus status) => status switch
    {
        MemberStatus.Alive => 4,
        MemberStatus.Leaving => 3,
        MemberStatus.Failed => 2,
        MemberStatus.Left => 1,
        _ => 0,
    };
}

/// <param name="Known">The same as the autopilot's rules take it.</param>
internal sealed record PoolServer(ServerTags Tags, MemberStatus Status, KnownServer Known);
