namespace Consul.Fast.Consensus;

/// <summary>What the rest of a server needs of Raft. Thread safe.</summary>
public interface IConsensus
{
    /// <summary>A consistent picture of role, term and indexes; cheap, allocates nothing when unchanged.</summary>
    RaftStatus Status { get; }

    /// <summary>
    /// Proposes a command and completes when it is applied here. The payload must stay unchanged until completion; the
    /// entry keeps a reference to it.
    /// </summary>
    ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation = default);

    /// <summary>Completes when everything proposed before has been applied here.</summary>
    ValueTask<ProposalResult> BarrierAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Changes the servers of the cluster, one change at a time; completes when the new configuration is committed. It waits
    /// for a change under way.
    /// </summary>
    ValueTask<ProposalResult> ChangeConfigurationAsync(ConfigurationChange change, CancellationToken cancellation = default);

    /// <summary>Confirms with a quorum that this server still leads; waiting callers share one round.</summary>
    /// <returns>Null when confirmed, otherwise the error text.</returns>
    ValueTask<string?> VerifyLeaderAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Hands leadership to another voter, by default to the one that is most up to date. Until it has it, or the time of an
    /// election is over, everything that would be written is refused with <see cref="RaftErrors.TransferInProgress"/>.
    /// </summary>
    /// <returns>Null when this server no longer leads, otherwise the error text.</returns>
    ValueTask<string?> TransferLeadershipAsync(string? serverId = null, CancellationToken cancellation = default);

    /// <summary>Takes a snapshot now, whatever the thresholds say.</summary>
    /// <returns>The snapshot, or the error text.</returns>
    ValueTask<(SnapshotMeta? Snapshot, string? Error)> SnapshotAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Replaces the state by a user's snapshot under a new index above everything in the log; pending writes fail with
    /// <see cref="RaftErrors.SnapshotRestored"/>.
    /// </summary>
    /// <returns>Null when done, otherwise the error text.</returns>
    ValueTask<string?> RestoreAsync(SnapshotMeta meta, Stream state, CancellationToken cancellation = default);

    /// <summary>Latest cluster configuration and the index of its entry.</summary>
    (ClusterConfiguration Configuration, ulong Index) Configuration { get; }

    /// <summary>Raised in order, from one task, when leadership is gained (true) or lost (false).</summary>
    event Action<bool>? LeadershipChanged;
}

/// <summary>Result of a proposal.</summary>
/// <param name="Index">Index of the entry; 0 when it was refused.</param>
/// <param name="Value">What the state machine returned.</param>
/// <param name="Error">Text of a Raft error (not of an apply error), or null.</param>
public readonly record struct ProposalResult(ulong Index, object? Value, string? Error);

public enum RaftRole
{
    Follower,
    Candidate,
    Leader,
    Shutdown,
}

/// <param name="LeaderAddress"><c>ip:port</c> of the known leader, empty for none.</param>
/// <param name="LeaderId">Its node id, empty when unknown.</param>
/// <param name="LastContact">When the leader was last heard; null on the leader itself or when never.</param>
public sealed record RaftStatus(
    RaftRole Role,
    ulong Term,
    string LeaderAddress,
    string LeaderId,
    ulong CommitIndex,
    ulong AppliedIndex,
    ulong LastLogIndex,
    ulong LastLogTerm,
    ulong LastSnapshotIndex,
    ulong LastSnapshotTerm,
    DateTimeOffset? LastContact);

/// <summary>Error texts that other components and users match on.</summary>
public static class RaftErrors
{
    public const string NotLeader = "node is not the leader";
    public const string LeadershipLost = "leadership lost while committing log";
    public const string NotVoter = "node is not a voter";
    public const string Shutdown = "raft is already shutdown";
    public const string EnqueueTimeout = "timed out enqueuing operation";
    public const string NothingNew = "nothing new to snapshot";
    public const string SnapshotRestored = "snapshot restored while committing log";
    public const string TransferInProgress = "leadership transfer in progress";
}
