namespace Consul.Fast.Consensus;

/// <summary>One Raft log entry. Immutable; the byte arrays are owned by the entry and never changed.</summary>
/// <param name="Index">Position in the log, from 1.</param>
/// <param name="Term">Term of the leader that created it.</param>
/// <param name="Type">What it means.</param>
/// <param name="Data">Payload: a command (message type byte and msgpack body), a configuration, or empty.</param>
/// <param name="Extensions">Chunking header, or empty.</param>
/// <param name="AppendedAt">The leader's clock, UTC; informational, the zero time in bootstrap entries.</param>
public sealed record LogEntry(
    ulong Index,
    ulong Term,
    EntryType Type,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Extensions = default,
    DateTime AppendedAt = default);

/// <summary>Log entry types; the numbers are on the wire and in the log and never change.</summary>
public enum EntryType : byte
{
    Command = 0,
    Noop = 1,
    AddPeer = 2,
    RemovePeer = 3,
    Barrier = 4,
    Configuration = 5,
}

/// <summary>What must be durable besides the log before a server speaks in a term.</summary>
/// <param name="Term">The current term; 0 on a server that never took part.</param>
/// <param name="VoteTerm">Term of the last vote given; 0 for none.</param>
/// <param name="VotedFor">Candidate of that vote (<c>ip:port</c> text), empty for none.</param>
public readonly record struct HardState(ulong Term, ulong VoteTerm, string VotedFor);
