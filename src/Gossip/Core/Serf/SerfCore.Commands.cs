using Consul.Fast.Gossip.Core.Broadcasts;
using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Swim;

namespace Consul.Fast.Gossip.Core.Serf;

internal sealed partial class SerfCore
{
    /// <summary>Commands that wait for a broadcast to leave, or for time to pass.</summary>
    private readonly List<Wait> _waits = [];
    private int _lastWait;

    /// <summary>Departs: tells the intent, then the departure, then waits for it to spread.</summary>
    /// <returns>False when it was called before.</returns>
    public bool TryLeave(long token)
    {
        if (State != PoolState.Alive) return false;
        State = PoolState.Leaving;
        byte[] intent = ApplyOwnLeave(_context.Name, prune: false);
        if (!AnyOtherAlive())
        {
            Depart(token);
            return true;
        }

        int id = AddWait(WaitFor.LeaveIntent, token, _context.Serf.BroadcastTimeout);
        _outbox.Announce(_outbox.Intents, intent, new Notice(NoticeKind.LeaveIntent, id));
        return true;
    }

    /// <summary>Makes the pool treat a failed member as one that left. An alive one just objects.</summary>
    public void ForceLeave(ReadOnlyMemory<byte> node, bool prune, long token)
    {
        byte[] intent = ApplyOwnLeave(node, prune);
        if (!AnyOtherAlive())
        {
            _context.Output.Completed(new Completion(CommandKind.ForceLeave, token, Succeeded: true, 0));
            return;
        }

        int id = AddWait(WaitFor.ForcedLeave, token, _context.Serf.BroadcastTimeout);
        _outbox.Announce(_outbox.Intents, intent, new Notice(NoticeKind.ForcedLeave, id));
    }

    /// <summary>Tells the pool new tags.</summary>
    /// <returns>False when they are too large.</returns>
    public bool TryUpdateMeta(ReadOnlyMemory<byte> meta, long token)
    {
        if (meta.Length > Alive.MetaMax) return false;
        if (!Swim.AnyOtherAlive())
        {
            Swim.Announce(meta, default);
            _context.Output.Completed(new Completion(CommandKind.Update, token, Succeeded: true, 0));
            return true;
        }

        int id = AddWait(WaitFor.Update, token, _context.Serf.BroadcastTimeout);
        Swim.Announce(meta, new Notice(NoticeKind.Update, id));
        return true;
    }

    /// <summary>A broadcast that somebody waits for is done.</summary>
    public void OnNotice(Notice notice)
    {
        WaitFor what = notice.Kind switch
        {
            NoticeKind.LeaveIntent => WaitFor.LeaveIntent,
            NoticeKind.Departure => WaitFor.Departure,
            NoticeKind.Update => WaitFor.Update,
            _ => WaitFor.ForcedLeave,
        };
        // The failure detector knows of no waits; there is one departure at most.
        int index = _waits.FindIndex(wait => wait.For == what && (what == WaitFor.Departure || wait.Id == notice.Argument));
        if (index < 0) return;
        Wait done = _waits[index];
        _waits.RemoveAt(index);
        Continue(done, isLate: false);
    }

    public void OnWaitTimeout()
    {
        for (int i = 0; i < _waits.Count; i++)
        {
            Wait wait = _waits[i];
            if (wait.Until > _context.Now) continue;
            _waits.RemoveAt(i--);
            Continue(wait, isLate: true);
        }
    }

    private void Continue(in Wait wait, bool isLate)
    {
        switch (wait.For)
        {
            case WaitFor.LeaveIntent when !isLate:
                Depart(wait.Token);
                break;
            case WaitFor.Departure when !isLate:
                Linger(wait.Token);
                break;
            case WaitFor.Propagation:
                State = PoolState.Left;
                _context.Output.Completed(new Completion(CommandKind.Leave, wait.Token, Succeeded: true, 0));
                break;
            case WaitFor.ForcedLeave:
                _context.Output.Completed(new Completion(CommandKind.ForceLeave, wait.Token, !isLate, 0));
                break;
            case WaitFor.Update:
                _context.Output.Completed(new Completion(CommandKind.Update, wait.Token, !isLate, 0));
                break;
            default:
                _context.Output.Completed(new Completion(CommandKind.Leave, wait.Token, Succeeded: false, 0));
                break;
        }
    }

    private void Depart(long token)
    {
        bool others = Swim.AnyOtherAlive();
        if (others) AddWait(WaitFor.Departure, token, _context.Serf.BroadcastTimeout);
        Swim.Leave();
        if (!others) Linger(token);
    }

    /// <summary>Stays to answer probes of those who have not heard yet.</summary>
    private void Linger(long token) => AddWait(WaitFor.Propagation, token, _context.Serf.LeavePropagateDelay);

    private byte[] ApplyOwnLeave(ReadOnlyMemory<byte> node, bool prune)
    {
        LeaveIntent intent = new(_clock.Time, node, prune);
        _clock.Increment();
        _context.Scratch.ResetWrittenCount();
        _context.Codec.Encode(intent, _context.Scratch);
        byte[] encoded = _context.Scratch.WrittenSpan.ToArray();
        Apply(intent);
        return encoded;
    }

    private bool AnyOtherAlive()
    {
        for (int slot = 0; slot < _members.End; slot++)
        {
            if (slot != SwimCore.SelfSlot && _members[slot].Status == StatusByte.Alive) return true;
        }

        return false;
    }

    private int AddWait(WaitFor what, long token, TimeSpan span)
    {
        TimeSpan until = _context.Now + span;
        _context.Timers.Add(until, TimerKind.Broadcast);
        _waits.Add(new Wait(++_lastWait, what, token, until));
        return _lastWait;
    }

    private enum WaitFor : byte
    {
        LeaveIntent,
        Departure,
        Propagation,
        ForcedLeave,
        Update,
    }

    private readonly record struct Wait(int Id, WaitFor For, long Token, TimeSpan Until);
}
