using Consul.Fast.Gossip.Core.Members;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

internal sealed partial class SwimCore
{
    private const int HelpersMax = 16;
    private Probe _probe;
    private TimeSpan _probeNext;
    private int _probeCursor;

    /// <summary>Ticks that fall due while a probe still runs are skipped, so a node in doubt of itself probes less often.</summary>
    public void OnProbeTick()
    {
        long interval = _context.Swim.ProbeInterval.Ticks;
        long missed = (_context.Now - _probeNext).Ticks / interval;
        _probeNext += TimeSpan.FromTicks((missed + 1) * interval);
        _context.Timers.Add(_probeNext, TimerKind.ProbeTick);
        if (_probe.Stage == ProbeStage.Idle && TryNextTarget(out int slot)) StartProbe(slot);
    }

    public void OnProbeStage()
    {
        _probe.Timer = TimerHeap.None;
        if (_probe.Stage == ProbeStage.Direct) AskHelpers();
        else if (_probe.Stage == ProbeStage.Indirect) Conclude();
    }

    /// <param name="receivedAt">When the datagram came in; the round trip ends there.</param>
    public void OnAckResp(in AckResp ack, TimeSpan receivedAt)
    {
        if (_probe.Stage == ProbeStage.Idle || ack.SeqNo != _probe.SeqNo)
        {
            if (_relayed.Count > 0) OnRelayedAck(ack.SeqNo);
            return;
        }

        bool isDirect = _probe.Stage == ProbeStage.Direct;
        int slot = _probe.Slot;
        bool isThere = IsTargetThere();
        EndProbe(-1);
        if (isDirect && isThere) _upper.OnPingCompleted(slot, receivedAt - _probe.SentAt, ack.Payload);
    }

    public void OnNackResp(in NackResp nack)
    {
        if (_probe.Stage == ProbeStage.Idle || nack.SeqNo != _probe.SeqNo) return;
        _probe.NacksReceived = Math.Min(_probe.NacksReceived + 1, _probe.NacksExpected);
    }

    /// <summary>The target of the stream ping answered with the right number.</summary>
    public void OnStreamPingAnswered(uint seqNo)
    {
        if (_probe.Stage == ProbeStage.Indirect && seqNo == _probe.SeqNo) _probe.StreamAnswered = true;
    }

    /// <summary>The ping of the running probe could not be sent.</summary>
    /// <param name="isLocalFault">Nothing is known about the target then, and no verdict falls.</param>
    public void OnPingNotSent(uint seqNo, bool isLocalFault)
    {
        if (_probe.Stage != ProbeStage.Direct || seqNo != _probe.SeqNo) return;
        if (isLocalFault)
        {
            EndProbe(0);
            return;
        }

        _context.Timers.Remove(ref _probe.Timer);
        AskHelpers();
    }

    private bool TryNextTarget(out int slot)
    {
        // A wrap counts as an entry considered, so that a list of nobody to probe ends the search.
        for (int considered = 0; considered < _members.ListCount; considered++)
        {
            if (_probeCursor >= _members.ListCount)
            {
                BeginRound();
                continue;
            }

            slot = _members.List[_probeCursor++];
            if (slot != SelfSlot && !_members[slot].IsDeadOrLeft) return true;
        }

        slot = MemberSlot.None;
        return false;
    }

    /// <summary>Forgets those that have been dead for long, and puts the others into a new random order.</summary>
    private void BeginRound()
    {
        Span<int> list = _members.List;
        int kept = 0;
        for (int i = 0; i < list.Length; i++)
        {
            int slot = list[i];
            ref MemberSlot member = ref _members[slot];
            bool isOld = member.IsDeadOrLeft && _context.Now - member.Since > _context.Swim.GossipToTheDeadTime;
            if (!isOld || slot == SelfSlot)
            {
                list[kept++] = slot;
                continue;
            }

            member.IsListed = false;
            _outbox.Detach(slot);
            if (member.Status == StatusByte.None) _members.Remove(slot);
        }

        _members.TrimList(kept);
        _context.Random.Shuffle(_members.List);
        _probeCursor = 0;
    }

    private void StartProbe(int slot)
    {
        ref MemberSlot member = ref _members[slot];
        TimeSpan span = _awareness.Scale(_context.Swim.ProbeInterval);
        TimeSpan direct = _context.Swim.ProbeTimeout < span ? _context.Swim.ProbeTimeout : span;
        _probe = new Probe
        {
            Stage = ProbeStage.Direct,
            SeqNo = ++_seqNo,
            Slot = slot,
            Name = member.Identity.Name,
            Incarnation = member.Incarnation,
            SentAt = _context.Now,
            DirectUntil = _context.Now + direct,
            Deadline = _context.Now + span,
        };
        _probe.Timer = _context.Timers.Add(_probe.DirectUntil, TimerKind.ProbeStage);
        Ping ping = PingTo(member.Identity, _probe.SeqNo);
        bool tell = member.State != NodeState.Alive && _context.Swim.TellSuspects;
        if (tell) SendPingToSuspect(member, ping);
        else SendPing(member.Identity, ping);
    }

    private Ping PingTo(NodeIdentity target, uint seqNo) => new(seqNo, target.Name, OwnAddress, _context.Name);

    private void SendPing(NodeIdentity target, in Ping ping)
    {
        bool rides = !_outbox.IsEmpty && _outbox.Take(_context.Codec.Size(ping));
        Urgency urgency = rides && _outbox.TookRefutation ? Urgency.Refutation : Urgency.Probe;
        _context.Output.BeginPacket(new PacketHead(target.Address, target.Name, urgency, HasChecksum: false));
        _context.Output.Add(ping);
        EndPacket(rides);
    }

    /// <summary>The accusation rides on the ping, so that a node that does get it can refute at once.</summary>
    private void SendPingToSuspect(in MemberSlot member, in Ping ping)
    {
        NodeIdentity target = member.Identity;
        bool hasChecksum = target.Vsn.PMax >= ChecksumVersion;
        _context.Output.BeginPacket(new PacketHead(target.Address, target.Name, Urgency.Probe, hasChecksum));
        _context.Output.Add(ping);
        _context.Output.Add(new Suspect(member.Incarnation, target.Name, _context.Name));
        _context.Output.EndPacket();
    }

    private void EndPacket(bool rides)
    {
        if (rides) _outbox.AddTaken();
        _context.Output.EndPacket();
        if (rides) _outbox.Settle();
    }

    private void AskHelpers()
    {
        _probe.Stage = ProbeStage.Indirect;
        _probe.Timer = _context.Timers.Add(_probe.Deadline, TimerKind.ProbeStage);
        if (!IsTargetThere()) return;
        NodeIdentity target = _members[_probe.Slot].Identity;
        Span<int> picks = stackalloc int[Math.Min(HelpersMax, _context.Swim.IndirectChecks)];
        int count = PickRandom(picks, new HelperFor(target));
        foreach (int slot in picks[..count])
        {
            NodeIdentity helper = _members[slot].Identity;
            bool nack = helper.Vsn.PMax >= HelperNackVersion;
            if (nack) _probe.NacksExpected++;
            _context.Output.BeginPacket(new PacketHead(helper.Address, helper.Name, Urgency.Probe, HasChecksum: false));
            _context.Output.Add(new IndirectPing(_probe.SeqNo, target.Address, target.Name, nack, OwnAddress, _context.Name));
            _context.Output.EndPacket();
        }

        if (!_context.Swim.StreamPings || target.Vsn.PMax < StreamPingVersion) return;
        OpenStreamPing(target, PingTo(target, _probe.SeqNo), _probe.Deadline);
    }

    /// <summary>Nobody brought an answer in time.</summary>
    private void Conclude()
    {
        bool isThere = IsTargetThere();
        GossipAddress address = isThere ? _members[_probe.Slot].Identity.Address : default;
        if (_probe.StreamAnswered)
        {
            EndProbe(-1);
            _context.Warn(WarningKind.DatagramsLost, _probe.Name, address);
            return;
        }

        // Helpers that work answer one way or the other. Hearing of none of them says more about this node than about the target.
        EndProbe(_probe.NacksExpected > 0 ? _probe.NacksExpected - _probe.NacksReceived : 1);
        _context.Warn(WarningKind.ProbeFailed, _probe.Name, address);
        OnSuspect(new Suspect(_probe.Incarnation, _probe.Name, _context.Name));
    }

    private void EndProbe(int healthDelta)
    {
        _probe.Stage = ProbeStage.Idle;
        _context.Timers.Remove(ref _probe.Timer);
        _awareness.Apply(healthDelta);
    }

    private bool IsTargetThere() => ReferenceEquals(_members[_probe.Slot].Identity?.Name, _probe.Name);

    private readonly struct HelperFor(NodeIdentity target) : INodeFilter
    {
        public bool Accepts(in MemberSlot member) =>
            member.State == NodeState.Alive && !ReferenceEquals(member.Identity.Name, target.Name);
    }
}
