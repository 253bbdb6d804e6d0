using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Broadcasts;

/// <summary>
/// The four broadcast queues, and the packing of their messages into packets. A packet is filled from the membership queue
/// first, then intents, queries, events.
/// </summary>
internal sealed class Outbox(CoreContext context)
{
    /// <summary>Count byte and type byte of a compound.</summary>
    private const int CompoundHeader = 2;

    /// <summary>Length of each part of a compound.</summary>
    private const int PartOverhead = 2;

    /// <summary>A Serf message also needs the type byte of a user message.</summary>
    private const int UserPartOverhead = PartOverhead + 1;

    private readonly TakenBroadcasts _taken = new();
    private readonly Queue<Notice> _notices = new();
    private readonly TimeSpan _gossipPhase = context.Random.Below(context.Swim.GossipInterval);
    private bool _isGossipPlanned;

    /// <summary>Bytes the driver adds to each datagram: label and encryption.</summary>
    public int PacketOverhead { get; set; }

    public BroadcastQueue Membership { get; } = new();

    public BroadcastQueue Intents { get; } = new();

    public BroadcastQueue Queries { get; } = new();

    public BroadcastQueue Events { get; } = new();

    /// <summary>Members the event layer knows: the N of its queues.</summary>
    public int MemberCount { get; set; }

    public bool IsEmpty => Membership.Count + Intents.Count + Queries.Count + Events.Count == 0;

    /// <summary>Broadcasts that are done and whose sender waits for it.</summary>
    public bool TryTakeNotice(out Notice notice) => _notices.TryDequeue(out notice);

    /// <summary>Queues news about a node; it displaces what was queued about it.</summary>
    public void Announce(BroadcastKind kind, int slot, uint incarnation, byte[] from, Notice notice = default, bool urgent = false)
    {
        ref MemberSlot member = ref context.Members[slot];
        if (member.Broadcast != MemberSlot.None) Drop(context.Broadcasts[member.Broadcast]);
        Broadcast broadcast = context.Broadcasts.Rent();
        broadcast.Kind = kind;
        broadcast.Subject = member.Identity;
        broadcast.Slot = slot;
        broadcast.Incarnation = incarnation;
        broadcast.From = from;
        broadcast.Notice = notice;
        broadcast.IsUrgent = urgent;
        broadcast.Size = SizeOf(broadcast);
        member.Broadcast = broadcast.Handle;
        Membership.Add(broadcast);
        PlanGossip();
    }

    /// <summary>Queues a Serf message; the bytes belong to the queue from now on.</summary>
    public void Announce(BroadcastQueue queue, byte[] message, Notice notice = default)
    {
        Broadcast broadcast = context.Broadcasts.Rent();
        broadcast.Kind = BroadcastKind.User;
        broadcast.Bytes = message;
        broadcast.Size = message.Length;
        broadcast.Notice = notice;
        queue.Add(broadcast);
        PlanGossip();
    }

    /// <summary>The failure detector forgets the node: what is queued about it is sent, but no longer displaced.</summary>
    public void Detach(int slot)
    {
        ref int handle = ref context.Members[slot].Broadcast;
        if (handle == MemberSlot.None) return;
        context.Broadcasts[handle].Slot = MemberSlot.None;
        handle = MemberSlot.None;
    }

    /// <summary>Drops what a queue holds above the limit; false when there was nothing to drop.</summary>
    public bool Prune(BroadcastQueue queue, int limit)
    {
        bool any = false;
        while (queue.Count > limit && queue.TakeLeastUseful() is { } broadcast)
        {
            any = true;
            Finish(broadcast);
        }

        return any;
    }

    /// <summary>Takes as many broadcasts as fit beside a message of this size; zero for a packet of broadcasts only.</summary>
    /// <returns>True when any was taken: then <see cref="AddTaken"/> and <see cref="Settle"/> follow.</returns>
    public bool Take(int messageSize)
    {
        _taken.Clear();
        if (IsEmpty) return false;
        int room = context.Swim.PacketBytesMax - CompoundHeader - PacketOverhead - messageSize;
        room = Membership.Take(room, PartOverhead, _taken);
        room = Intents.Take(room, UserPartOverhead, _taken);
        room = Queries.Take(room, UserPartOverhead, _taken);
        Events.Take(room, UserPartOverhead, _taken);
        return _taken.Count > 0;
    }

    /// <summary>True when the taken broadcasts hold an own refutation.</summary>
    public bool TookRefutation => _taken.Count > 0 && _taken[0].IsUrgent;

    /// <summary>Pushes the taken broadcasts into the packet that is open.</summary>
    public void AddTaken()
    {
        for (int i = 0; i < _taken.Count; i++)
        {
            Broadcast broadcast = _taken[i];
            switch (broadcast.Kind)
            {
                case BroadcastKind.Alive:
                    context.Output.Add(broadcast.Subject!.ToAlive(broadcast.Incarnation));
                    break;
                case BroadcastKind.Suspect:
                    context.Output.Add(new Suspect(broadcast.Incarnation, broadcast.Subject!.Name, broadcast.From));
                    break;
                case BroadcastKind.Dead:
                    context.Output.Add(new Dead(broadcast.Incarnation, broadcast.Subject!.Name, broadcast.From));
                    break;
                default:
                    context.Output.AddUser(broadcast.Bytes);
                    break;
            }
        }
    }

    /// <summary>Counts the transmissions; broadcasts that were sent often enough are done.</summary>
    public void Settle()
    {
        int membershipLimit = Formulas.RetransmitLimit(context.Swim.RetransmitMult, context.Members.ListCount);
        int serfLimit = Formulas.RetransmitLimit(context.Swim.RetransmitMult, MemberCount);
        for (int i = 0; i < _taken.Count; i++)
        {
            Broadcast broadcast = _taken[i];
            int limit = broadcast.Kind == BroadcastKind.User ? serfLimit : membershipLimit;
            if (!broadcast.Queue.TryPutBack(broadcast, limit)) Finish(broadcast);
        }

        _taken.Clear();
    }

    /// <summary>The round is over; the next one is planned only when there is something to say.</summary>
    public void OnGossipDone()
    {
        _isGossipPlanned = false;
        if (!IsEmpty) PlanGossip();
    }

    /// <summary>
    /// Gossip rounds keep to a grid with a phase of their own, so that a quiet node has no timer and nobody falls into step.
    /// </summary>
    private void PlanGossip()
    {
        if (_isGossipPlanned || context.Swim.GossipNodes == 0) return;
        _isGossipPlanned = true;
        long interval = context.Swim.GossipInterval.Ticks;
        long rounds = (context.Now - _gossipPhase).Ticks / interval;
        TimeSpan next = _gossipPhase + TimeSpan.FromTicks((Math.Max(rounds, -1) + 1) * interval);
        context.Timers.Add(next, TimerKind.GossipTick);
    }

    private void Drop(Broadcast broadcast)
    {
        broadcast.Queue.Remove(broadcast);
        Finish(broadcast);
    }

    private void Finish(Broadcast broadcast)
    {
        if (broadcast.Notice.Kind != NoticeKind.None) _notices.Enqueue(broadcast.Notice);
        if (broadcast.Slot != MemberSlot.None) context.Members[broadcast.Slot].Broadcast = MemberSlot.None;
        context.Broadcasts.Return(broadcast);
    }

    private int SizeOf(Broadcast broadcast) => broadcast.Kind switch
    {
        BroadcastKind.Alive => context.Codec.Size(broadcast.Subject!.ToAlive(broadcast.Incarnation)),
        BroadcastKind.Suspect => context.Codec.Size(new Suspect(broadcast.Incarnation, broadcast.Subject!.Name, broadcast.From)),
        _ => context.Codec.Size(new Dead(broadcast.Incarnation, broadcast.Subject!.Name, broadcast.From)),
    };
}
