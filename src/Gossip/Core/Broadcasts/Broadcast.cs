using Consul.Fast.Gossip.Core.Members;

namespace Consul.Fast.Gossip.Core.Broadcasts;

/// <summary>What a queued broadcast says.</summary>
internal enum BroadcastKind : byte
{
    Alive,
    Suspect,
    Dead,

    /// <summary>A Serf message, kept as bytes.</summary>
    User,
}

/// <summary>Who wants to know when a broadcast has been sent its full number of times, or was displaced.</summary>
internal enum NoticeKind : byte
{
    None,
    LeaveIntent,
    Departure,
    Update,
    ForcedLeave,
}

/// <param name="Argument">Tells apart several that wait for the same kind.</param>
internal readonly record struct Notice(NoticeKind Kind, int Argument = 0);

/// <summary>One queued message. Pooled by <see cref="BroadcastPool"/>; a membership message is encoded anew for each packet.</summary>
internal sealed class Broadcast
{
    public BroadcastKind Kind;

    /// <summary>Who is told when it is done.</summary>
    public Notice Notice;

    /// <summary>The queue it stands in; it goes back there after a packet.</summary>
    public BroadcastQueue Queue = null!;

    /// <summary>Whom a membership message is about, as it was when queued; null for a Serf message.</summary>
    public NodeIdentity? Subject;

    /// <summary>Member slot that points back here, so that newer news displaces this; none once detached.</summary>
    public int Slot;

    public uint Incarnation;

    /// <summary>Accuser in a suspicion or death.</summary>
    public byte[] From = [];

    /// <summary>Serf type byte and structure.</summary>
    public byte[] Bytes = [];

    /// <summary>Own refutation: goes before everything else.</summary>
    public bool IsUrgent;

    /// <summary>Encoded size with type byte.</summary>
    public int Size;

    /// <summary>Times sent.</summary>
    public int Transmits;

    /// <summary>Grows with each broadcast queued; the newer one of the same size goes first.</summary>
    public long Id;

    /// <summary>Index in the pool: the handle.</summary>
    public int Handle;

    /// <summary>Next free one in the pool.</summary>
    public int NextFree;
}

/// <summary>All broadcasts of one core; handles are their indexes. A free one is reused before a new one is made.</summary>
internal sealed class BroadcastPool
{
    private Broadcast[] _all = [];
    private int _used;
    private int _free = MemberSlot.None;

    public Broadcast this[int handle] => _all[handle];

    public Broadcast Rent()
    {
        if (_free != MemberSlot.None)
        {
            Broadcast reused = _all[_free];
            _free = reused.NextFree;
            return reused;
        }

        if (_used == _all.Length) Array.Resize(ref _all, Math.Max(8, _used * 2));
        Broadcast made = new() { Handle = _used, Slot = MemberSlot.None };
        _all[_used++] = made;
        return made;
    }

    public void Return(Broadcast broadcast)
    {
        broadcast.Notice = default;
        broadcast.Subject = null;
        broadcast.Slot = MemberSlot.None;
        broadcast.From = [];
        broadcast.Bytes = [];
        broadcast.IsUrgent = false;
        broadcast.Transmits = 0;
        broadcast.NextFree = _free;
        _free = broadcast.Handle;
    }
}
