using Consul.Fast.Gossip.Core.Broadcasts;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

internal sealed partial class SwimCore
{
    /// <summary>News that a node is alive, from a datagram, a state exchange or, when <paramref name="isOwn"/>, this node itself.</summary>
    public void OnAlive(in Alive alive, bool isOwn = false, Notice notice = default)
    {
        int slot = _members.Find(alive.Node.Span);
        bool isListed = slot != MemberSlot.None && _members[slot].IsListed;
        bool isSelf = isListed && slot == SelfSlot;
        if (isSelf && _isLeaving) return;
        // The common case by far, and nothing below would change anything: news that everybody has.
        if (isListed && !isSelf && alive.Incarnation <= _members[slot].Incarnation && alive.Addr == _members[slot].Identity.Address) return;
        if (!IsSane(alive)) return;
        if (!isOwn && !_context.Policy.Admits(alive))
        {
            _context.Warn(WarningKind.Refused, alive.Node, alive.Addr);
            return;
        }

        bool isMoved = false;
        if (!isListed)
        {
            if (!AllowsAddress(alive)) return;
            slot = Create(alive, slot);
        }
        else if (alive.Addr != _members[slot].Identity.Address && !TryMove(alive, slot, out isMoved))
        {
            return;
        }

        Apply(alive, slot, isOwn, isMoved, notice);
    }

    private static bool IsSane(in Alive alive) =>
        alive.Vsn is { IsPresent: true, PMin: > 0, PMax: > 0 } vsn && vsn.PMin <= vsn.PMax
        && alive.Meta.Length <= Alive.MetaMax && !alive.Addr.IsEmpty && alive.Node.Length > 0;

    private void Apply(in Alive alive, int slot, bool isOwn, bool isMoved, Notice notice)
    {
        ref MemberSlot member = ref _members[slot];
        bool isSelf = slot == SelfSlot;
        if (!isSelf && !isMoved && alive.Incarnation <= member.Incarnation) return;
        if (isSelf && alive.Incarnation < member.Incarnation) return;
        EndSuspicion(ref member);
        NodeIdentity before = member.Identity;
        bool wasAway = member.IsDeadOrLeft;
        if (isSelf && !isOwn)
        {
            // After a restart others may hold our name with other tags under the same incarnation: those must be overruled.
            bool same = alive.Incarnation == member.Incarnation && alive.Vsn == before.Vsn && alive.Meta.Span.SequenceEqual(before.Meta);
            if (!same) Refute(alive.Incarnation, ReadOnlyMemory<byte>.Empty);
            return;
        }

        member.Identity = before.Updated(alive);
        member.Incarnation = alive.Incarnation;
        if (member.State != NodeState.Alive)
        {
            member.State = NodeState.Alive;
            member.Since = _context.Now;
        }

        _outbox.Announce(BroadcastKind.Alive, slot, alive.Incarnation, [], notice);
        if (wasAway) _upper.OnJoin(slot);
        else if (!ReferenceEquals(before.Meta, member.Identity.Meta)) _upper.OnUpdate(slot);
    }

    /// <summary>A record for a node not known so far: dead with incarnation 0, so that whatever comes next is news.</summary>
    private int Create(in Alive alive, int slot)
    {
        if (slot == MemberSlot.None) slot = _members.Add(NodeIdentity.Of(alive));
        ref MemberSlot member = ref _members[slot];
        member.Identity = member.Identity.Updated(alive);
        member.State = NodeState.Dead;
        member.Incarnation = 0;
        member.Since = _context.Now;
        _members.Enlist(slot, _context.Random);
        return slot;
    }

    /// <summary>A known name at another address: allowed when the old one left, or has been dead for long enough.</summary>
    private bool TryMove(in Alive alive, int slot, out bool isMoved)
    {
        isMoved = false;
        if (!AllowsAddress(alive)) return false;
        ref MemberSlot member = ref _members[slot];
        TimeSpan reclaim = _context.Swim.DeadNodeReclaimTime;
        bool canReclaim = reclaim > TimeSpan.Zero && _context.Now - member.Since > reclaim;
        isMoved = member.State == NodeState.Left || (member.State == NodeState.Dead && canReclaim);
        if (!isMoved) _upper.OnConflict(slot, alive);
        return isMoved;
    }

    private bool AllowsAddress(in Alive alive)
    {
        if (_context.Swim.Allows(alive.Addr)) return true;
        _context.Warn(WarningKind.AddressRefused, alive.Node, alive.Addr);
        return false;
    }

    /// <summary>Says, louder than whoever said otherwise, that this node is alive and what it is.</summary>
    private void Refute(uint accused, ReadOnlyMemory<byte> accuser)
    {
        _incarnation = Math.Max(Next(_incarnation), Next(accused));
        _members[SelfSlot].Incarnation = _incarnation;
        _awareness.Apply(1);
        _outbox.Announce(BroadcastKind.Alive, SelfSlot, _incarnation, [], urgent: true);
        _context.Warn(WarningKind.Refuted, accuser);
    }
}
