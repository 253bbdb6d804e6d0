namespace Consul.Fast.Consensus.Core;

/// <summary>Something an operator may want to read in the log.</summary>
/// <param name="Subject">Server or address concerned.</param>
/// <param name="Number">Index or count that belongs to it.</param>
internal readonly record struct RaftNotice(RaftNoticeKind Kind, string Subject = "", ulong Number = 0);

internal enum RaftNoticeKind
{
    /// <summary>A follower missed its leader, the subject.</summary>
    HeartbeatTimeout,

    /// <summary>A candidacy came to nothing.</summary>
    ElectionTimeout,

    /// <summary>Won with so many votes.</summary>
    ElectionWon,

    /// <summary>A leader heard no majority for its lease.</summary>
    QuorumLost,

    /// <summary>A leader hands over because its disk hangs.</summary>
    DiskHangs,

    PeerAdded,

    /// <summary>The number is the last index it was to have.</summary>
    PeerRemoved,

    /// <summary>The state here was never part of the log of the leader, the subject.</summary>
    Estranged,
}
