namespace Consul.Fast.Consensus.Core;

/// <summary>A request between servers. Immutable; the sender keeps it to make sense of the answer.</summary>
/// <param name="Term">Term of the sender.</param>
internal abstract record RaftRequest(ulong Term);

/// <param name="Leader">Address text of the leader.</param>
/// <param name="PrevIndex">Index just before the first entry.</param>
/// <param name="PrevTerm">Its term.</param>
/// <param name="Entries">The entries, or null when the driver has to load <paramref name="Count"/> of them from the log.</param>
/// <param name="Count">Number of entries after <paramref name="PrevIndex"/>.</param>
/// <param name="LeaderCommit">The leader's commit index.</param>
/// <param name="Heartbeat">A heartbeat carries nothing but term and leader, and is answered without any disk.</param>
/// <param name="Round">Verify round the heartbeat confirms; known to the sender only, never on the wire.</param>
/// <param name="SentAt">Sender's time; known to the sender only.</param>
/// <param name="Size">About the bytes of the entries; known to the sender only.</param>
internal sealed record AppendRequest(
    ulong Term,
    string Leader,
    ulong PrevIndex,
    ulong PrevTerm,
    IReadOnlyList<LogEntry>? Entries,
    int Count,
    ulong LeaderCommit,
    bool Heartbeat = false,
    ulong Round = 0,
    TimeSpan SentAt = default,
    int Size = 0) : RaftRequest(Term)
{
    /// <summary>Index of the last entry carried, or <see cref="PrevIndex"/> when there is none.</summary>
    public ulong LastIndex => PrevIndex + (ulong)Count;
}

/// <param name="Candidate">Address text of the candidate.</param>
/// <param name="LeadershipTransfer">The vote is asked for on behalf of the present leader.</param>
internal sealed record VoteRequest(
    ulong Term,
    string Candidate,
    ulong LastLogIndex,
    ulong LastLogTerm,
    bool LeadershipTransfer = false) : RaftRequest(Term);

/// <summary>
/// Asks whether a candidacy in <paramref name="Term"/> would find a vote; promises nothing and raises no term. Only servers of
/// this implementation know it; a transport reports a peer that does not as one that grants.
/// </summary>
internal sealed record PreVoteRequest(ulong Term, string Candidate, ulong LastLogIndex, ulong LastLogTerm) : RaftRequest(Term);

/// <summary>The leader hands over: the receiver stands for election at once. The term is known to the sender only.</summary>
internal sealed record TimeoutNowRequest(ulong Term) : RaftRequest(Term);

/// <summary>Announces a snapshot; the driver streams the state behind it.</summary>
/// <param name="SentAt">Sender's time; known to the sender only.</param>
internal sealed record SnapshotRequest(
    ulong Term,
    string Leader,
    ulong LastLogIndex,
    ulong LastLogTerm,
    ConfigurationPoint Configuration,
    TimeSpan SentAt = default) : RaftRequest(Term);

/// <param name="Term">Term of the responder.</param>
internal abstract record RaftResponse(ulong Term);

/// <param name="LastLog">The responder's last index before it processed the request.</param>
/// <param name="NoRetryBackoff">The refusal came from the previous-entry check: try again at once with earlier entries.</param>
internal sealed record AppendResponse(ulong Term, ulong LastLog, bool Success, bool NoRetryBackoff = false) : RaftResponse(Term);

internal sealed record VoteResponse(ulong Term, bool Granted) : RaftResponse(Term);

internal sealed record SnapshotResponse(ulong Term, bool Success) : RaftResponse(Term);

internal sealed record PreVoteResponse(ulong Term, bool Granted) : RaftResponse(Term);

/// <summary>The receiver has understood; the term is 0, as it does not travel.</summary>
internal sealed record TimeoutNowResponse(ulong Term) : RaftResponse(Term);
