using System.Globalization;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Server;

/// <summary>The figures a server shows of itself: the groups <c>consul</c> and <c>raft</c>.</summary>
internal static class ServerStats
{
    public static IEnumerable<StatGroup> Of(ServerNode server, AgentConfig config)
    {
        RaftStatus status = server.Consensus.Status;
        yield return new StatGroup("consul",
        [
            new("acl", config.Acl.Enabled ? "enabled" : "disabled"),
            new("bootstrap", config.Server.Bootstrap ? "true" : "false"),
            new("known_datacenters", Text((ulong)server.Datacenters.Count)),
            new("leader", status.Role == RaftRole.Leader ? "true" : "false"),
            new("leader_addr", status.LeaderAddress),
            new("server", "true"),
        ]);
        (ClusterConfiguration configuration, ulong configurationIndex) = server.Consensus.Configuration;
        yield return new StatGroup("raft",
        [
            new("applied_index", Text(status.AppliedIndex)),
            new("commit_index", Text(status.CommitIndex)),
            new("fsm_pending", Text(status.CommitIndex - Math.Min(status.AppliedIndex, status.CommitIndex))),
            new("last_contact", LastContact(status, server.Time)),
            new("last_log_index", Text(status.LastLogIndex)),
            new("last_log_term", Text(status.LastLogTerm)),
            new("last_snapshot_index", Text(status.LastSnapshotIndex)),
            new("last_snapshot_term", Text(status.LastSnapshotTerm)),
            new("latest_configuration", Text(configuration)),
            new("latest_configuration_index", Text(configurationIndex)),
            new("num_peers", Text(Peers(configuration, config.Node.Id))),
            new("protocol_version", "3"),
            new("protocol_version_max", "3"),
            new("protocol_version_min", "0"),
            new("snapshot_version_max", "1"),
            new("snapshot_version_min", "0"),
            new("state", status.Role.ToString()),
            new("term", Text(status.Term)),
        ]);
    }

    /// <summary>How long ago the leader was heard, as text: a duration, <c>never</c>, or <c>0</c> on the leader itself.</summary>
    public static string LastContact(RaftStatus status, TimeProvider time)
    {
        if (status.Role == RaftRole.Leader) return "0";
        return status.LastContact is { } heard ? GoDuration.Format(time.GetUtcNow() - heard) : "never";
    }

    /// <summary>The other voters; none for a server without vote.</summary>
    private static ulong Peers(ClusterConfiguration configuration, string id) => configuration.IsVoter(id)
        ? (ulong)configuration.Servers.Count(server => server.Suffrage == Suffrage.Voter && server.Id != id) : 0;

    private static string Text(ClusterConfiguration configuration)
    {
        IEnumerable<string> servers = configuration.Servers.Select(static s =>
            $"{{Suffrage:{(s.Suffrage == Suffrage.NonVoter ? "Nonvoter" : s.Suffrage.ToString())} ID:{s.Id} Address:{s.Address}}}");
        return $"[{string.Join(' ', servers)}]";
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
