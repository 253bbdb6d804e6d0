namespace Consul.Fast.Consensus.Core;

/// <summary>Something that may happen only once a write is durable.</summary>
/// <param name="Write">The write it waits for.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Term">Term in which it was decided.</param>
/// <param name="Commit">For an append: commit index to take over.</param>
internal readonly record struct Gate(long Write, GateKind Kind, ulong Term, ulong Commit, object? Token, RaftResponse? Response);

internal enum GateKind
{
    /// <summary>An answer that speaks of term or vote.</summary>
    Reply,

    /// <summary>An answer that says entries are stored.</summary>
    Stored,

    /// <summary>A candidacy: own vote and requests for others.</summary>
    Candidacy,
}
