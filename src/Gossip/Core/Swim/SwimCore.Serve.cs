using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Swim;

internal sealed partial class SwimCore
{
    private readonly RelayedPings _relayed = new();

    /// <summary>True when the name is empty or ours: others get no answer, on datagrams and streams alike.</summary>
    public bool IsMeant(ReadOnlyMemory<byte> node) => node.Length == 0 || _context.IsMyName(node);

    /// <param name="from">Where the datagram came from.</param>
    public void OnPing(in Ping ping, GossipAddress from)
    {
        if (!IsMeant(ping.Node)) return;
        AckResp ack = new(ping.SeqNo, _upper.AckPayload);
        bool rides = !_outbox.IsEmpty && _outbox.Take(_context.Codec.Size(ack));
        _context.Output.BeginPacket(AnswerTo(ping.Source, from, ping.SourceNode));
        _context.Output.Add(ack);
        EndPacket(rides);
    }

    public void OnIndirectPing(in IndirectPing request, GossipAddress from)
    {
        GossipAddress target = request.Target.Port == 0 ? request.Target.WithPort(_context.Settings.BindPort) : request.Target;
        if (target.IsEmpty) return;
        PacketHead requester = AnswerTo(request.Source, from, request.SourceNode);
        uint seqNo = ++_seqNo;
        if (_relayed.Count == 0) _context.Timers.Add(_context.Now + _context.Swim.ProbeTimeout, TimerKind.RelayedPing);
        _relayed.Add(new RelayedPing(seqNo, request.SeqNo, requester.Target, request.Nack, _context.Now + _context.Swim.ProbeTimeout));
        Ping ping = new(seqNo, request.Node, OwnAddress, _context.Name);
        bool rides = !_outbox.IsEmpty && _outbox.Take(_context.Codec.Size(ping));
        _context.Output.BeginPacket(new PacketHead(target, request.Node, Urgency.Answer, HasChecksum: false));
        _context.Output.Add(ping);
        EndPacket(rides);
    }

    /// <summary>The oldest probes for others ran out: their requesters get to know, if they want to.</summary>
    public void OnRelayedPingTimeout()
    {
        while (_relayed.Count > 0 && _relayed.First is var first && (RelayedPings.IsAnswered(first) || first.Deadline <= _context.Now))
        {
            _relayed.RemoveFirst();
            if (RelayedPings.IsAnswered(first) || !first.Nack) continue;
            _context.Output.BeginPacket(new PacketHead(first.Requester, default, Urgency.Answer, HasChecksum: false));
            _context.Output.Add(new NackResp(first.RequesterSeqNo));
            _context.Output.EndPacket();
        }

        if (_relayed.Count > 0) _context.Timers.Add(_relayed.First.Deadline, TimerKind.RelayedPing);
    }

    private void OnRelayedAck(uint seqNo)
    {
        if (!_relayed.TryTake(seqNo, out RelayedPing relayed) || relayed.Deadline < _context.Now) return;
        AckResp ack = new(relayed.RequesterSeqNo, default);
        bool rides = !_outbox.IsEmpty && _outbox.Take(_context.Codec.Size(ack));
        _context.Output.BeginPacket(new PacketHead(relayed.Requester, default, Urgency.Answer, HasChecksum: false));
        _context.Output.Add(ack);
        EndPacket(rides);
    }

    /// <summary>Answers go to the address inside the message, for the datagram's may be that of a translator on the way.</summary>
    private static PacketHead AnswerTo(GossipAddress inside, GossipAddress from, ReadOnlyMemory<byte> node) =>
        new(inside is { IsEmpty: false, Port: > 0 } ? inside : from, node, Urgency.Answer, HasChecksum: false);
}
