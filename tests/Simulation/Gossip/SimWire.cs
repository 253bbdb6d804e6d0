using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Gossip.Wire.Streams;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>
/// The bytes between the nodes: everything goes through the encoding of the peers, compression and checksums included, with
/// one set of buffers for the whole pool.
/// </summary>
internal sealed class SimWire
{
    private readonly WireSettings _settings = new();
    private readonly PacketReader _reader;
    private readonly DecodeScratch _scratch = new();
    private readonly DecodeScratch[] _states = [new(), new()];
    private readonly StreamMessageWriter _streamWriter;

    public SimWire()
    {
        _reader = new PacketReader(_settings, cipher: null);
        Packets = new PacketWriter(_settings, cipher: null);
        _streamWriter = new StreamMessageWriter(_settings, cipher: null);
    }

    /// <summary>Where a node builds the packet it sends; it is never building two.</summary>
    public PacketWriter Packets { get; }

    public void Deliver(GossipCore core, TimeSpan now, SimPacket packet)
    {
        GossipAddress from = SimPool.AddressOf(packet.Sender);
        if (_reader.Open(packet.Payload) != PacketStatus.Open) throw new InvariantException("a packet could not be opened");
        bool all = true;
        while (_reader.TryNext(out PacketMessage message)) all &= TryDeliver(core, now, message, from);
        if (!all || _reader.Faults != PacketFaults.None) throw new InvariantException($"a packet could not be read: {_reader.Faults}");
    }

    /// <summary>Carries the states of an exchange; what is given out is valid until the next one.</summary>
    /// <returns>Bytes on the stream, both ways.</returns>
    public long Exchange(ref PushPullState request, ref PushPullState reply) =>
        Carry(ref request, isReply: false, _states[0]) + Carry(ref reply, isReply: true, _states[1]);

    /// <returns>Bytes of a ping on a stream and of its answer.</returns>
    public long SizeOf(in Ping ping) => _streamWriter.Write(ping).Length + _streamWriter.Write(new AckResp(ping.SeqNo, default)).Length;

    private long Carry(ref PushPullState state, bool isReply, DecodeScratch scratch)
    {
        ReadOnlyMemory<byte> bytes = _streamWriter.Write(state, isReply);
        using StreamMessageReader reader = new(_settings, cipher: null, isReply);
        if (reader.Append(bytes.Span) != StreamStatus.Complete) throw new InvariantException($"a state could not be read: {reader.Status}");
        // The reader's memory ends with it, the state is still needed.
        if (!PushPullDecoder.TryDecode(reader.Message.ToArray(), scratch, out state)) throw new InvariantException("a state could not be decoded");
        return bytes.Length;
    }

    private bool TryDeliver(GossipCore core, TimeSpan now, in PacketMessage message, GossipAddress from)
    {
        switch (message.Type)
        {
            case MessageType.Ping when SwimDecoder.TryDecode(message.Bytes, out Ping ping):
                core.OnPing(now, ping, from);
                return true;
            case MessageType.IndirectPing when SwimDecoder.TryDecode(message.Bytes, out IndirectPing indirect):
                core.OnIndirectPing(now, indirect, from);
                return true;
            case MessageType.AckResp when SwimDecoder.TryDecode(message.Bytes, out AckResp ack):
                // The stamp is taken when the process reads, as its socket loop does.
                core.OnAckResp(now, ack, now);
                return true;
            case MessageType.NackResp when SwimDecoder.TryDecode(message.Bytes, out NackResp nack):
                core.OnNackResp(now, nack);
                return true;
            case MessageType.Suspect when SwimDecoder.TryDecode(message.Bytes, out Suspect suspect):
                core.OnSuspect(now, suspect);
                return true;
            case MessageType.Alive when SwimDecoder.TryDecode(message.Bytes, out Alive alive):
                core.OnAlive(now, alive, from);
                return true;
            case MessageType.Dead when SwimDecoder.TryDecode(message.Bytes, out Dead dead):
                core.OnDead(now, dead);
                return true;
            case MessageType.User when message.Bytes.Length > 1:
                return TryDeliverUser(core, now, message.Bytes[1..]);
            default:
                return false;
        }
    }

    /// <param name="raw">Serf type byte and structure.</param>
    private bool TryDeliverUser(GossipCore core, TimeSpan now, ReadOnlyMemory<byte> raw)
    {
        switch ((SerfMessageType)raw.Span[0])
        {
            case SerfMessageType.Leave when SerfDecoder.TryDecode(raw, out LeaveIntent leave):
                core.OnLeaveIntent(now, leave, raw);
                return true;
            case SerfMessageType.Join when SerfDecoder.TryDecode(raw, out JoinIntent join):
                core.OnJoinIntent(now, join, raw);
                return true;
            case SerfMessageType.UserEvent when SerfDecoder.TryDecode(raw, out UserEvent userEvent):
                core.OnUserEvent(now, userEvent, raw);
                return true;
            case SerfMessageType.Query when SerfDecoder.TryDecode(raw, _scratch, out Query query):
                core.OnQuery(now, query, raw);
                return true;
            case SerfMessageType.QueryResponse when SerfDecoder.TryDecode(raw, out QueryResponse response):
                core.OnQueryResponse(now, response);
                return true;
            case SerfMessageType.Relay when SerfDecoder.TryDecode(raw, out Relay relay):
                core.OnRelay(now, relay);
                return true;
            default:
                return false;
        }
    }
}
