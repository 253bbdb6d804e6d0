using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Node;

/// <summary>Publishes what others may know of the node, each time by one reference write. Readers take no lock.</summary>
internal sealed class StatusBoard
{
    private readonly Lock _lock = new();
    private readonly DateTimeOffset _epoch;
    private RaftStatus _status = new(RaftRole.Follower, 0, "", "", 0, 0, 0, 0, 0, 0, null);
    private ConfigurationPoint _configuration = ConfigurationPoint.None;

    /// <param name="epoch">UTC time at which the monotonic time was zero.</param>
    public StatusBoard(DateTimeOffset epoch) => _epoch = epoch;

    public RaftStatus Status => Volatile.Read(ref _status);

    public ConfigurationPoint Configuration => Volatile.Read(ref _configuration);

    /// <summary>Leads as the only voter: nobody can take leadership away, so it needs no confirmation.</summary>
    public bool LeadsAlone { get; private set; }

    /// <summary>Called by the Raft loop.</summary>
    public void Publish(RaftCore core)
    {
        if (!ReferenceEquals(Configuration, core.Latest)) Volatile.Write(ref _configuration, core.Latest);
        LeadsAlone = core.Role == RaftRole.Leader && core.IsSoleVoter;
        DateTimeOffset? contact = core.Role == RaftRole.Leader || Heard(core) is not { } heard ? null : _epoch + heard;
        RaftStatus present = Status;
        // An entry more is not worth an object: it becomes known with its commit.
        if (present.Role == core.Role && present.Term == core.Term && present.CommitIndex == core.CommitIndex &&
            present.LastSnapshotIndex == core.SnapshotIndex && present.LastLogIndex <= core.LastIndex &&
            present.LeaderAddress == core.Leader && present.LastContact == contact) return;
        lock (_lock)
        {
            RaftStatus next = new(
                core.Role,
                core.Term,
                core.Leader,
                FindId(core),
                core.CommitIndex,
                _status.AppliedIndex,
                core.LastIndex,
                core.LastTerm,
                core.SnapshotIndex,
                core.SnapshotTerm,
                contact);
            Volatile.Write(ref _status, next);
        }
    }

    /// <summary>Called by the apply loop.</summary>
    public void PublishApplied(ulong index)
    {
        lock (_lock) Volatile.Write(ref _status, _status with { AppliedIndex = index });
    }

    /// <summary>A server that has led knows what was true until it stopped.</summary>
    private static TimeSpan? Heard(RaftCore core) =>
        core.LastContact is { } contact && !(core.LastLed > contact) ? contact : core.LastLed;

    private static string FindId(RaftCore core)
    {
        if (core.Role == RaftRole.Leader) return core.ServerId;
        if (core.Leader.Length == 0) return "";
        IReadOnlyList<RaftServer> servers = core.Latest.Configuration.Servers;
        for (int i = 0; i < servers.Count; i++)
        {
            if (servers[i].Address == core.Leader) return servers[i].Id;
        }

        return "";
    }
}
