using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Agent;

/// <summary>The figures of a gossip pool: the groups <c>serf_lan</c> and <c>serf_wan</c>.</summary>
internal static class PoolStats
{
    public static StatGroup Of(string group, IMembership pool)
    {
        IReadOnlyList<Member> members = pool.Members;
        return new StatGroup(group,
        [
            new("coordinate_resets", "0"),
            new("encrypted", "false"),
            new("event_queue", "0"),
            new("event_time", "1"),
            new("failed", Count(members, MemberStatus.Failed)),
            new("health_score", "0"),
            new("intent_queue", "0"),
            new("left", Count(members, MemberStatus.Left)),
            new("member_time", "1"),
            new("members", members.Count.ToString()),
            new("query_queue", "0"),
            new("query_time", "1"),
        ]);
    }

    private static string Count(IReadOnlyList<Member> members, MemberStatus status) => members.Count(m => m.Status == status).ToString();
}
