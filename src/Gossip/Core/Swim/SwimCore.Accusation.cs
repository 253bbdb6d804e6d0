using Consul.Fast.Gossip.Core.Broadcasts;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

internal sealed partial class SwimCore
{
    /// <summary>Somebody, possibly this node, got no answer from another.</summary>
    public void OnSuspect(in Suspect suspect)
    {
        int slot = _members.Find(suspect.Node.Span);
        if (slot == MemberSlot.None) return;
        ref MemberSlot member = ref _members[slot];
        if (!member.IsListed || suspect.Incarnation < member.Incarnation) return;
        if (member.Suspicion != MemberSlot.None)
        {
            Confirm(ref member, slot, suspect);
            return;
        }

        if (member.State != NodeState.Alive) return;
        if (slot == SelfSlot)
        {
            Refute(suspect.Incarnation, suspect.From);
            return;
        }

        _outbox.Announce(BroadcastKind.Suspect, slot, suspect.Incarnation, NameOf(suspect.From));
        member.Incarnation = suspect.Incarnation;
        member.State = NodeState.Suspect;
        member.Since = _context.Now;
        StartSuspicion(ref member, slot, suspect.From);
    }

    /// <summary>Somebody, possibly this node, gave another up; or a node says itself that it goes.</summary>
    public void OnDead(in Dead dead)
    {
        int slot = _members.Find(dead.Node.Span);
        if (slot == MemberSlot.None) return;
        ref MemberSlot member = ref _members[slot];
        if (!member.IsListed || dead.Incarnation < member.Incarnation) return;
        EndSuspicion(ref member);
        if (member.IsDeadOrLeft) return;
        if (slot == SelfSlot && !_isLeaving)
        {
            Refute(dead.Incarnation, dead.From);
            return;
        }

        bool isOwnWish = dead.From.Span.SequenceEqual(dead.Node.Span);
        byte[] from = isOwnWish ? member.Identity.Name : NameOf(dead.From);
        NoticeKind notice = slot == SelfSlot ? NoticeKind.Departure : NoticeKind.None;
        _outbox.Announce(BroadcastKind.Dead, slot, dead.Incarnation, from, new Notice(notice));
        member.Incarnation = dead.Incarnation;
        member.State = isOwnWish ? NodeState.Left : NodeState.Dead;
        member.Since = _context.Now;
        _upper.OnLeave(slot);
    }

    /// <summary>A suspicion ran out without a refutation.</summary>
    public void OnSuspicionTimeout(int handle)
    {
        Suspicion suspicion = _suspicions[handle];
        suspicion.Timer = TimerHeap.None;
        ref MemberSlot member = ref _members[suspicion.Slot];
        NodeIdentity identity = member.Identity;
        EndSuspicion(ref member);
        _context.Warn(WarningKind.DeclaredFailed, identity.Name, identity.Address);
        OnDead(new Dead(member.Incarnation, identity.Name, _context.Name));
    }

    private void Confirm(ref MemberSlot member, int slot, in Suspect suspect)
    {
        Suspicion suspicion = _suspicions[member.Suspicion];
        if (!suspicion.Confirm(NodeIdentity.HashOf(suspect.From.Span))) return;
        _context.Timers.Move(suspicion.Timer, suspicion.Deadline);
        _outbox.Announce(BroadcastKind.Suspect, slot, suspect.Incarnation, NameOf(suspect.From));
    }

    private void StartSuspicion(ref MemberSlot member, int slot, ReadOnlyMemory<byte> accuser)
    {
        int nodes = _members.ListCount;
        int expected = _context.Swim.SuspicionMult - 2;
        // Without enough others to confirm, waiting for confirmations would only delay. Two are out: this node and the accused.
        if (nodes - 2 < expected) expected = 0;
        TimeSpan min = Formulas.SuspicionMin(_context.Swim.SuspicionMult, nodes, _context.Swim.ProbeInterval);
        TimeSpan max = min * _context.Swim.SuspicionMaxTimeoutMult;
        member.Suspicion = _suspicions.Rent();
        Suspicion suspicion = _suspicions[member.Suspicion];
        suspicion.Start(slot, NodeIdentity.HashOf(accuser.Span), Math.Max(0, expected), _context.Now, min, max);
        suspicion.Timer = _context.Timers.Add(suspicion.Deadline, TimerKind.Suspicion, member.Suspicion);
    }

    private void EndSuspicion(ref MemberSlot member)
    {
        if (member.Suspicion == MemberSlot.None) return;
        Suspicion suspicion = _suspicions[member.Suspicion];
        int timer = suspicion.Timer;
        _context.Timers.Remove(ref timer);
        suspicion.Timer = timer;
        _suspicions.Return(member.Suspicion);
        member.Suspicion = MemberSlot.None;
    }

    /// <summary>The name as an array that can be kept: that of the member where it is one.</summary>
    private byte[] NameOf(ReadOnlyMemory<byte> name)
    {
        int slot = _members.Find(name.Span);
        return slot == MemberSlot.None ? name.ToArray() : _members[slot].Identity.Name;
    }
}
