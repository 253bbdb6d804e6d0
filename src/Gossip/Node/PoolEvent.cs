using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Gossip.Node;

/// <summary>Something that happened in the pool, in the order in which this node learned it.</summary>
public abstract record PoolEvent;

public enum MemberEventKind
{
    Join,
    Leave,
    Failed,
    Update,

    /// <summary>Forgotten.</summary>
    Reap,
}

/// <param name="Member">As it is after the event.</param>
public sealed record MemberEvent(MemberEventKind Kind, Member Member) : PoolEvent;

/// <param name="LTime">Lamport time.</param>
/// <param name="CanCoalesce">The newest of a name may stand for all.</param>
public sealed record UserPoolEvent(ulong LTime, string Name, ReadOnlyMemory<byte> Payload, bool CanCoalesce) : PoolEvent;

/// <summary>A query that this node may answer once.</summary>
/// <param name="From">Name of the asker.</param>
public sealed record QueryPoolEvent(ulong LTime, string Name, ReadOnlyMemory<byte> Payload, string From) : PoolEvent
{
    internal Func<ReadOnlyMemory<byte>, Task<string?>> Responder { get; init; } = static _ => Task.FromResult<string?>("not open");

    /// <summary>Answers. Null, or why the answer was not sent: too late, answered before, too large.</summary>
    public Task<string?> RespondAsync(ReadOnlyMemory<byte> payload) => Responder(payload);
}

/// <summary>This node was outvoted about its name and has to stop.</summary>
public sealed record NameLostEvent : PoolEvent;
