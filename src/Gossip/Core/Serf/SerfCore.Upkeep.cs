using Consul.Fast.Gossip.Core.Broadcasts;
using Consul.Fast.Gossip.Core.Members;

namespace Consul.Fast.Gossip.Core.Serf;

internal sealed partial class SerfCore
{
    /// <summary>Forgets members that have been gone for too long, and old intents.</summary>
    public void OnReapTick()
    {
        _context.Timers.Add(_context.Now + _context.Serf.ReapInterval, TimerKind.Reap);
        Reap(_failed, _context.Serf.ReconnectTimeout);
        Reap(_left, _context.Serf.TombstoneTimeout);
        DoubtLeaving();
        _intents.ForgetBefore(_context.Now - _context.Serf.RecentIntentTimeout);
    }

    /// <summary>Now and then tries to reach a failed member: both sides of a healed partition think the other failed.</summary>
    public void OnReconnectTick()
    {
        _context.Timers.Add(_context.Now + _context.Serf.ReconnectInterval, TimerKind.Reconnect);
        if (_failed.Count == 0 || State != PoolState.Alive) return;
        int alive = Math.Max(1, _outbox.MemberCount - _failed.Count - _left.Count);
        if (_context.Random.NextDouble() > (double)_failed.Count / alive) return;
        NodeIdentity lost = _members[_failed[_context.Random.Below(_failed.Count)]].Identity;
        Swim.OpenPushPull(lost.Address, lost.Name, isJoin: true);
    }

    public void OnQueueCheck()
    {
        _context.Timers.Add(_context.Now + _context.Serf.QueueCheckInterval, TimerKind.QueueCheck);
        int limit = _context.Serf.QueueDepthMax;
        if (_context.Serf.QueueDepthScales) limit = Math.Max(limit, 2 * _outbox.MemberCount);
        Prune(_outbox.Intents, limit);
        Prune(_outbox.Queries, limit);
        Prune(_outbox.Events, limit);
    }

    private void Prune(BroadcastQueue queue, int limit)
    {
        if (_outbox.Prune(queue, limit)) _context.Warn(WarningKind.QueuePruned, default);
    }

    private void Reap(List<int> gone, TimeSpan timeout)
    {
        for (int i = gone.Count - 1; i >= 0; i--)
        {
            int slot = gone[i];
            if (slot == Core.Swim.SwimCore.SelfSlot) continue;
            ref MemberSlot member = ref _members[slot];
            TimeSpan limit = _context.Policy.ForgetAfter(member.Identity.Meta) ?? timeout;
            if (_context.Now - member.Since > limit) Erase(slot);
        }
    }
}
