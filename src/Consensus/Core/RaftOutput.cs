namespace Consul.Fast.Consensus.Core;

/// <summary>
/// What the core wants done, filled by its inputs and by <see cref="RaftCore.Flush"/>; the driver carries everything out
/// and clears it. Nothing here waits for anything else here: what has to wait for a write is held back by the core.
/// </summary>
internal sealed class RaftOutput
{
    /// <summary>Number of the write, growing by one; 0 when there is nothing to write.</summary>
    public long WriteId { get; set; }

    /// <summary>After a failed write the driver drops, unwritten, what it still holds of the same generation.</summary>
    public int WriteGeneration { get; set; }

    /// <summary>The log is emptied before this write: a snapshot replaces it.</summary>
    public bool ResetLog { get; set; }

    public HardState? HardState { get; set; }

    /// <summary>Entries to append; an index that is not above its predecessor replaces the tail from there.</summary>
    public List<LogEntry> Entries { get; } = [];

    public List<PeerRequest> Requests { get; } = [];

    public List<PeerReply> Replies { get; } = [];

    /// <summary>Index of the first of <see cref="Committed"/>.</summary>
    public ulong FirstCommitted { get; set; }

    /// <summary>Consecutive entries to apply; null stands for one that must be read from the log.</summary>
    public List<LogEntry?> Committed { get; } = [];

    /// <summary>
    /// Of <see cref="Committed"/>, those up to here were committed by this server as leader, before any change in
    /// <see cref="Roles"/>: its own proposals, even when it steps down right after.
    /// </summary>
    public ulong LedUpTo { get; set; }

    /// <summary>Role changes in order.</summary>
    public List<RaftRole> Roles { get; } = [];

    /// <summary>What happened, for the log.</summary>
    public List<RaftNotice> Notices { get; } = [];

    /// <summary>A snapshot to receive and restore; ends with <see cref="RaftCore.OnSnapshotInstalled"/>.</summary>
    public SnapshotInstall? Install { get; set; }

    /// <summary>The snapshot being received is from a leader of the past: no need to wait for the rest of it.</summary>
    public bool CancelInstall { get; set; }

    /// <summary>A peer needs a snapshot, and there is none: one should be taken soon.</summary>
    public bool WantSnapshot { get; set; }

    public bool IsEmpty =>
        WriteId == 0 && Requests.Count == 0 && Replies.Count == 0 && Committed.Count == 0 && Roles.Count == 0 && Install is null &&
        !CancelInstall && !WantSnapshot && Notices.Count == 0;

    public void Clear()
    {
        WriteId = 0;
        ResetLog = false;
        HardState = null;
        Entries.Clear();
        Requests.Clear();
        Replies.Clear();
        Committed.Clear();
        Roles.Clear();
        Notices.Clear();
        LedUpTo = 0;
        Install = null;
        CancelInstall = false;
        WantSnapshot = false;
    }
}

/// <summary>
/// A request to send. The driver answers each exactly once, by the matching <c>On…Response</c> or
/// <see cref="RaftCore.OnRequestFailed"/>; only that a TimeoutNow has arrived, the core need not know.
/// </summary>
internal readonly record struct PeerRequest(RaftServer Peer, RaftRequest Request);

/// <param name="Token">What the driver gave with the request.</param>
internal readonly record struct PeerReply(object Token, RaftResponse Response);

internal sealed record SnapshotInstall(SnapshotRequest Request, object Token);
