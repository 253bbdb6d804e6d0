using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Swim;

namespace Consul.Fast.Gossip.Core.Serf;

internal sealed partial class SerfCore
{
    /// <summary>Members to be erased once they had time to say that they are alive.</summary>
    private readonly List<PendingPrune> _prunes = [];

    /// <summary>Several times what a departure takes in a large pool.</summary>
    private static readonly TimeSpan s_leavingMax = TimeSpan.FromSeconds(60);

    private readonly List<LeavingMember> _leaving = [];

    /// <param name="raw">The message as received, to be passed on when it is news.</param>
    public void OnJoinIntent(in JoinIntent intent, ReadOnlyMemory<byte> raw)
    {
        if (Apply(intent)) _outbox.Announce(_outbox.Intents, raw.ToArray());
    }

    /// <param name="raw">The message as received, to be passed on when it is news.</param>
    public void OnLeaveIntent(in LeaveIntent intent, ReadOnlyMemory<byte> raw)
    {
        if (Apply(intent)) _outbox.Announce(_outbox.Intents, raw.ToArray());
    }

    /// <summary>Tells the pool that this node is in, at the given Lamport time.</summary>
    public void BroadcastJoin(ulong ltime)
    {
        JoinIntent intent = new(ltime, _context.Name);
        _clock.Witness(ltime);
        Apply(intent);
        _context.Scratch.ResetWrittenCount();
        _context.Codec.Encode(intent, _context.Scratch);
        _outbox.Announce(_outbox.Intents, _context.Scratch.WrittenSpan.ToArray());
    }

    /// <summary>The time has come for members that were to be erased; those that turned out to be alive stay.</summary>
    public void OnPruneTimeout()
    {
        for (int i = _prunes.Count - 1; i >= 0; i--)
        {
            if (_prunes[i].At > _context.Now) continue;
            int slot = _members.Find(_prunes[i].Name);
            _prunes.RemoveAt(i);
            if (slot != MemberSlot.None && IsGone(_members[slot])) Erase(slot);
        }
    }

    /// <summary>
    /// Also the failure detector must have given the member up: one that is alive there and unknown here would never come
    /// back, for its coming would be no news.
    /// </summary>
    private static bool IsGone(in MemberSlot member) =>
        member.Status is StatusByte.Leaving or StatusByte.Left && (!member.IsListed || member.IsDeadOrLeft);

    /// <returns>True when it was news.</returns>
    private bool Apply(in JoinIntent intent)
    {
        _clock.Witness(intent.LTime);
        int slot = _members.Find(intent.Node.Span);
        if (slot == MemberSlot.None || _members[slot].Status == StatusByte.None)
        {
            return _intents.TryAdd(intent.Node.Span, new Intent(IsLeave: false, intent.LTime, _context.Now));
        }

        ref MemberSlot member = ref _members[slot];
        if (intent.LTime <= member.StatusLTime) return false;
        member.StatusLTime = intent.LTime;
        if (member.Status == StatusByte.Leaving)
        {
            member.Status = StatusByte.Alive;
            _context.Output.StatusChanged(View(slot));
        }

        return true;
    }

    /// <returns>True when it was news.</returns>
    private bool Apply(in LeaveIntent intent)
    {
        _clock.Witness(intent.LTime);
        int slot = _members.Find(intent.Node.Span);
        if (slot == MemberSlot.None || _members[slot].Status == StatusByte.None)
        {
            return _intents.TryAdd(intent.Node.Span, new Intent(IsLeave: true, intent.LTime, _context.Now));
        }

        ref MemberSlot member = ref _members[slot];
        if (intent.LTime <= member.StatusLTime) return false;
        if (slot == SwimCore.SelfSlot && State == PoolState.Alive)
        {
            BroadcastJoin(_clock.Time);
            return false;
        }

        // Also when the status stays: otherwise two late intents would chase each other through the pool for ever.
        member.StatusLTime = intent.LTime;
        if (member.Status == StatusByte.Alive)
        {
            BeginLeaving(ref member);
            _context.Output.StatusChanged(View(slot));
        }
        else if (member.Status == StatusByte.Failed)
        {
            RemoveFromLists(slot);
            member.Status = StatusByte.Left;
            _left.Add(slot);
            Notify(MemberChange.Leave, slot);
        }

        if (intent.Prune) Prune(slot);
        return true;
    }

    private void Prune(int slot)
    {
        if (slot == SwimCore.SelfSlot) return;
        if (_members[slot].Status != StatusByte.Leaving)
        {
            Erase(slot);
            return;
        }

        TimeSpan at = _context.Now + _context.Serf.BroadcastTimeout + _context.Serf.LeavePropagateDelay;
        _prunes.Add(new PendingPrune(_members[slot].Identity.Name, at));
        _context.Timers.Add(at, TimerKind.Prune);
    }

    /// <summary>
    /// Members that announced to leave, or were announced, and are still there after a minute have stayed: who objects may have
    /// been heard by others only, and nobody would say it again.
    /// </summary>
    private void DoubtLeaving()
    {
        for (int i = _leaving.Count - 1; i >= 0; i--)
        {
            LeavingMember leaving = _leaving[i];
            int slot = _members.Find(leaving.Name);
            bool isLeaving = slot != MemberSlot.None && slot != SwimCore.SelfSlot && _members[slot].Status == StatusByte.Leaving;
            bool isLate = _context.Now - leaving.Since >= s_leavingMax;
            bool stays = isLeaving && isLate && _members[slot] is { IsListed: true, State: NodeState.Alive };
            if (stays)
            {
                _members[slot].Status = StatusByte.Alive;
                _context.Output.StatusChanged(View(slot));
            }

            if (stays || !isLeaving) _leaving.RemoveAt(i);
        }
    }

    private readonly record struct LeavingMember(byte[] Name, TimeSpan Since);

    private readonly record struct PendingPrune(byte[] Name, TimeSpan At);
}
