using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Gossip.Core.Members;

/// <summary>
/// One known node: 48 bytes, because a process that simulates a pool holds the square of its size. Failure detector and
/// event layer forget a node at different times; the slot lives until both have.
/// </summary>
internal struct MemberSlot
{
    public const int None = -1;

    /// <summary>Null for a free slot.</summary>
    public NodeIdentity Identity;

    /// <summary>Lamport time of the last intent about it; 0 until one was seen.</summary>
    public ulong StatusLTime;

    /// <summary>When <see cref="State"/> last changed; for a failed or departed member, when that happened.</summary>
    public TimeSpan Since;

    public uint Incarnation;

    /// <summary>Handle of the running suspicion.</summary>
    public int Suspicion;

    /// <summary>Handle of what the peers know of its place in the network.</summary>
    public int Coordinate;

    /// <summary>Next slot of the same hash bucket, or of the free list.</summary>
    public int Next;

    /// <summary>Index of the queued broadcast about it.</summary>
    public int Broadcast;

    /// <summary>As the failure detector sees it; meaningless unless <see cref="IsListed"/>.</summary>
    public NodeState State;

    /// <summary>As the event layer sees it; none when it does not know the node.</summary>
    public StatusByte Status;

    /// <summary>The failure detector has a record of it.</summary>
    public bool IsListed;

    public readonly bool IsDeadOrLeft => State is NodeState.Dead or NodeState.Left;
}

/// <summary><see cref="MemberStatus"/> in one byte.</summary>
internal enum StatusByte : byte
{
    None = MemberStatus.None,
    Alive = MemberStatus.Alive,
    Leaving = MemberStatus.Leaving,
    Left = MemberStatus.Left,
    Failed = MemberStatus.Failed,
}
