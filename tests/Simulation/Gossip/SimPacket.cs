using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Simulation.Tests.Gossip;

/// <summary>One message of a packet: the fields of all kinds in one place, so that packets can be reused.</summary>
internal struct SimPart
{
    public MessageType Type;
    public bool Nack;

    /// <summary>Sequence number or incarnation.</summary>
    public uint Number;
    public GossipAddress Address;
    public GossipAddress Source;
    public VersionVector Vsn;
    public ReadOnlyMemory<byte> Node;
    public ReadOnlyMemory<byte> From;
    public ReadOnlyMemory<byte> Data;
}

/// <summary>A datagram under way. Belongs to the network, which reuses it after the last delivery.</summary>
internal sealed class SimPacket
{
    private SimPart[] _parts = new SimPart[2];

    public int Count { get; private set; }

    public int Target { get; set; }

    public int Sender { get; set; }

    /// <summary>Deliveries to come: more than one for a packet that is duplicated.</summary>
    public int Copies { get; set; }

    /// <summary>Size of the datagram's payload.</summary>
    public int Bytes { get; private set; }

    public void Clear()
    {
        // What the parts point at belongs to living cores; it is overwritten by the next use.
        Count = 0;
        Bytes = 0;
    }

    public ref SimPart Add(MessageType type, int size)
    {
        if (Count == _parts.Length) Array.Resize(ref _parts, Count * 2);
        Bytes += Count == 0 ? size : size + 2;
        // The second part turns the packet into a compound, whose header counts for both.
        if (Count == 1) Bytes += 4;
        ref SimPart part = ref _parts[Count++];
        part.Type = type;
        return ref part;
    }

    public void AddBytes(int count) => Bytes += count;

    public void DeliverTo(GossipCore core, TimeSpan now, TimeSpan receivedAt, GossipAddress from)
    {
        for (int i = 0; i < Count; i++) Deliver(core, now, receivedAt, from, _parts[i]);
    }

    private static void Deliver(GossipCore core, TimeSpan now, TimeSpan receivedAt, GossipAddress from, in SimPart part)
    {
        switch (part.Type)
        {
            case MessageType.Ping:
                core.OnPing(now, new Ping(part.Number, part.Node, part.Source, part.From), from);
                break;
            case MessageType.IndirectPing:
                core.OnIndirectPing(now, new IndirectPing(part.Number, part.Address, part.Node, part.Nack, part.Source, part.From), from);
                break;
            case MessageType.AckResp:
                core.OnAckResp(now, new AckResp(part.Number, part.Data), receivedAt);
                break;
            case MessageType.NackResp:
                core.OnNackResp(now, new NackResp(part.Number));
                break;
            case MessageType.Suspect:
                core.OnSuspect(now, new Suspect(part.Number, part.Node, part.From));
                break;
            case MessageType.Alive:
                core.OnAlive(now, new Alive(part.Number, part.Node, part.Address, part.Data, part.Vsn), from);
                break;
            case MessageType.Dead:
                core.OnDead(now, new Dead(part.Number, part.Node, part.From));
                break;
            default:
                PlainDispatch.Deliver(core, now, part.Data);
                break;
        }
    }
}
