using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Serf;

internal sealed partial class SerfCore
{
    /// <summary>The user state to send; valid until the next input, as long as the buffer is not used again.</summary>
    public SerfPushPull CopyState(PushPullBuffer buffer)
    {
        int members = _outbox.MemberCount;
        if (buffer.Statuses.Length < members) buffer.Statuses = new StatusLTime[members + (members / 8)];
        int statuses = 0;
        for (int slot = 0; slot < _members.End; slot++)
        {
            if (!_members.IsUsed(slot) || _members[slot].Status == StatusByte.None) continue;
            buffer.Statuses[statuses++] = new StatusLTime(_members[slot].Identity.Name, _members[slot].StatusLTime);
        }

        if (buffer.Left.Length < _left.Count) buffer.Left = new ReadOnlyMemory<byte>[_left.Count * 2];
        for (int i = 0; i < _left.Count; i++) buffer.Left[i] = _members[_left[i]].Identity.Name;
        int events = _events.CopyTo(ref buffer.Events);
        return new SerfPushPull(
            _clock.Time,
            buffer.Statuses.AsMemory(0, statuses),
            buffer.Left.AsMemory(0, _left.Count),
            _eventClock.Time,
            buffer.Events.AsMemory(0, events),
            _queryClock.Time);
    }

    /// <param name="ignoreOld">Events up to now are not delivered: a join on behalf of somebody who cares for new ones only.</param>
    public void Merge(in SerfPushPull state, bool ignoreOld)
    {
        // What counts is what was already given out, which is one less than the next time.
        if (state.LTime > 0) _clock.Witness(state.LTime - 1);
        if (state.EventLTime > 0) _eventClock.Witness(state.EventLTime - 1);
        if (state.QueryLTime > 0) _queryClock.Witness(state.QueryLTime - 1);
        ReadOnlySpan<ReadOnlyMemory<byte>> left = state.LeftMembers.Span;
        ReadOnlySpan<StatusLTime> statuses = state.StatusLTimes.Span;
        MarkLeft(left);
        foreach (StatusLTime status in statuses)
        {
            bool isLeft = left.Length > 0 && _leftNames.Contains(NodeIdentity.HashOf(status.Node.Span));
            ulong next = status.LTime == ulong.MaxValue ? status.LTime : status.LTime + 1;
            if (isLeft) Apply(new LeaveIntent(next, status.Node, Prune: false));
        }

        foreach (StatusLTime status in statuses)
        {
            bool isLeft = left.Length > 0 && _leftNames.Contains(NodeIdentity.HashOf(status.Node.Span));
            if (!isLeft) Apply(new JoinIntent(status.LTime, status.Node));
        }

        if (ignoreOld) _eventMinTime = Math.Max(_eventMinTime, state.EventLTime);
        foreach (BufferedEvents events in state.Events.Span)
        {
            foreach (BufferedEvent one in events.Events.Span) Apply(new UserEvent(events.LTime, one.Name, one.Payload, CC: false));
        }
    }

    private readonly HashSet<ulong> _leftNames = [];

    private void MarkLeft(ReadOnlySpan<ReadOnlyMemory<byte>> left)
    {
        _leftNames.Clear();
        foreach (ReadOnlyMemory<byte> name in left) _leftNames.Add(NodeIdentity.HashOf(name.Span));
    }
}
