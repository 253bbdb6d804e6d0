using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Tests.Core.Fakes;

/// <summary>
/// A codec for pools that only talk to themselves: fields one after the other, lengths before bytes. Its sizes of membership
/// messages are those of the real encoding, so that packets fill as they would.
/// </summary>
internal sealed class PlainCodec : IGossipCodec
{
    public static readonly PlainCodec Instance = new();

    public int Size(in Ping message) =>
        2 + Field("Node", Text(message.Node)) + Field("SeqNo", Number(message.SeqNo)) + Source(message.Source, message.SourceNode);

    public int Size(in AckResp message) => 2 + Field("Payload", Text(message.Payload)) + Field("SeqNo", Number(message.SeqNo));

    public int Size(in Suspect message) => Accusation(message.Incarnation, message.Node, message.From);

    public int Size(in Dead message) => Accusation(message.Incarnation, message.Node, message.From);

    public int Size(in Alive message) =>
        2 + Field("Addr", message.Addr.Length + 1) + Field("Incarnation", Number(message.Incarnation)) + Field("Meta", Text(message.Meta))
        + Field("Node", Text(message.Node)) + Field("Port", Number(message.Addr.Port)) + Field("Vsn", 7);

    public void Encode(in LeaveIntent message, IBufferWriter<byte> output)
    {
        Writer w = new(output, SerfMessageType.Leave);
        w.Number(message.LTime);
        w.Bytes(message.Node);
        w.Number(message.Prune ? 1u : 0);
    }

    public void Encode(in JoinIntent message, IBufferWriter<byte> output)
    {
        Writer w = new(output, SerfMessageType.Join);
        w.Number(message.LTime);
        w.Bytes(message.Node);
    }

    public void Encode(in UserEvent message, IBufferWriter<byte> output)
    {
        Writer w = new(output, SerfMessageType.UserEvent);
        w.Number(message.LTime);
        w.Bytes(message.Name);
        w.Bytes(message.Payload);
        w.Number(message.CC ? 1u : 0);
    }

    public void Encode(in Query message, IBufferWriter<byte> output)
    {
        Writer w = new(output, SerfMessageType.Query);
        w.Number(message.LTime);
        w.Number(message.Id);
        w.Address(message.Addr);
        w.Bytes(message.SourceNode);
        w.List(message.Filters);
        w.Number((uint)message.Flags);
        w.Number(message.RelayFactor);
        w.Number((ulong)message.Timeout.Ticks);
        w.Bytes(message.Name);
        w.Bytes(message.Payload);
    }

    public void Encode(in QueryResponse message, IBufferWriter<byte> output)
    {
        Writer w = new(output, SerfMessageType.QueryResponse);
        w.Number(message.LTime);
        w.Number(message.Id);
        w.Bytes(message.From);
        w.Number((uint)message.Flags);
        w.Bytes(message.Payload);
    }

    public void Encode(in Relay message, IBufferWriter<byte> output)
    {
        Writer w = new(output, SerfMessageType.Relay);
        w.Address(message.DestAddr);
        w.Bytes(message.DestName);
        w.Bytes(message.Inner);
    }

    public void Encode(in KeyRequest message, IBufferWriter<byte> output) => new Writer(output, SerfMessageType.KeyRequest).Bytes(message.Key);

    public void Encode(in KeyResponse message, IBufferWriter<byte> output)
    {
        Writer w = new(output, SerfMessageType.KeyResponse);
        w.Number(message.Result ? 1u : 0);
        w.Bytes(message.Message);
        w.List(message.Keys);
        w.Bytes(message.PrimaryKey);
    }

    public void Encode(in ConflictResponse message, IBufferWriter<byte> output)
    {
        Writer w = new(output, SerfMessageType.ConflictResponse);
        w.Number(message.IsKnown ? 1u : 0);
        w.Bytes(message.Name);
        w.Address(message.Addr);
        w.Bytes(message.Meta);
        w.Number((uint)message.Status);
    }

    public void EncodeFilter(ReadOnlySpan<ReadOnlyMemory<byte>> nodes, IBufferWriter<byte> output) =>
        new Writer(output, (byte)QueryFilterType.Node).List(nodes.ToArray());

    public void EncodeFilter(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> expression, IBufferWriter<byte> output)
    {
        Writer w = new(output, (byte)QueryFilterType.Tag);
        w.Bytes(tag.ToArray());
        w.Bytes(expression.ToArray());
    }

    public void EncodePingPayload(in Coordinate coordinate, IBufferWriter<byte> output)
    {
        Span<byte> span = output.GetSpan(128);
        span[0] = 1;
        MemoryMarshal.Write(span[1..], coordinate);
        output.Advance(1 + Marshal.SizeOf<Coordinate>());
    }

    public bool TryDecodePingPayload(ReadOnlySpan<byte> payload, out Coordinate coordinate)
    {
        coordinate = default;
        return payload.Length > 0 && payload[0] == 1 && MemoryMarshal.TryRead(payload[1..], out coordinate);
    }

    public bool TryDecodeFilter(ReadOnlyMemory<byte> filter, out QueryFilter decoded)
    {
        Reader r = new(filter[1..]);
        QueryFilterType type = (QueryFilterType)filter.Span[0];
        decoded = type == QueryFilterType.Node ? new QueryFilter(type, r.List(), default, default) : new QueryFilter(type, default, r.Bytes(), r.Bytes());
        return type <= QueryFilterType.Tag;
    }

    public bool TryDecode(ReadOnlyMemory<byte> message, out KeyRequest decoded)
    {
        decoded = default;
        if (!Is(message, SerfMessageType.KeyRequest)) return false;
        decoded = new KeyRequest(new Reader(message[1..]).Bytes());
        return true;
    }

    public bool TryDecode(ReadOnlyMemory<byte> message, out KeyResponse decoded)
    {
        decoded = default;
        if (!Is(message, SerfMessageType.KeyResponse)) return false;
        Reader r = new(message[1..]);
        decoded = new KeyResponse(r.Number() != 0, r.Bytes(), r.List(), r.Bytes());
        return true;
    }

    public bool TryDecode(ReadOnlyMemory<byte> message, out ConflictResponse decoded)
    {
        decoded = default;
        if (!Is(message, SerfMessageType.ConflictResponse)) return false;
        Reader r = new(message[1..]);
        decoded = new ConflictResponse(r.Number() != 0, r.Bytes(), r.Address(), r.Bytes(), (int)r.Number(), VersionVector.Consul);
        return true;
    }

    /// <summary>Metadata here is text: <c>role=web,dc=1</c>.</summary>
    public bool TryFindTag(ReadOnlyMemory<byte> meta, ReadOnlySpan<byte> tag, out ReadOnlyMemory<byte> value)
    {
        int at = 0;
        while (at < meta.Length)
        {
            int length = meta.Span[at..].IndexOf((byte)',');
            ReadOnlyMemory<byte> pair = length < 0 ? meta[at..] : meta.Slice(at, length);
            int equals = pair.Span.IndexOf((byte)'=');
            if (equals >= 0 && pair.Span[..equals].SequenceEqual(tag))
            {
                value = pair[(equals + 1)..];
                return true;
            }

            at += pair.Length + 1;
        }

        value = default;
        return false;
    }

    private static bool Is(ReadOnlyMemory<byte> message, SerfMessageType type) => message.Length > 0 && message.Span[0] == (byte)type;

    private static int Field(string name, int value) => 1 + name.Length + value;

    private static int Number(ulong value) => value < 128 ? 1 : value < 256 ? 2 : value < 65536 ? 3 : value <= uint.MaxValue ? 5 : 9;

    private static int Text(ReadOnlyMemory<byte> text) => text.Length + (text.Length < 32 ? 1 : 3);

    private static int Source(GossipAddress source, ReadOnlyMemory<byte> node) =>
        Field("SourceAddr", source.Length + 1) + Field("SourceNode", Text(node)) + Field("SourcePort", Number(source.Port));

    private static int Accusation(uint incarnation, ReadOnlyMemory<byte> node, ReadOnlyMemory<byte> from) =>
        2 + Field("From", Text(from)) + Field("Incarnation", Number(incarnation)) + Field("Node", Text(node));

    /// <summary>Writes the form that <see cref="Reader"/> reads.</summary>
    internal readonly struct Writer
    {
        private readonly IBufferWriter<byte> _output;

        public Writer(IBufferWriter<byte> output, SerfMessageType type)
            : this(output, (byte)type)
        {
        }

        public Writer(IBufferWriter<byte> output, byte type)
        {
            _output = output;
            output.Write([type]);
        }

        public void Number(ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_output.GetSpan(8), value);
            _output.Advance(8);
        }

        public void Bytes(ReadOnlyMemory<byte> bytes)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_output.GetSpan(2), (ushort)bytes.Length);
            _output.Advance(2);
            _output.Write(bytes.Span);
        }

        public void List(ReadOnlyMemory<ReadOnlyMemory<byte>> list)
        {
            Number((ulong)list.Length);
            foreach (ReadOnlyMemory<byte> item in list.Span) Bytes(item);
        }

        public void Address(GossipAddress address)
        {
            byte[] bytes = new byte[16];
            Bytes(bytes.AsMemory(0, address.CopyTo(bytes)));
            Number(address.Port);
        }
    }

    internal struct Reader(ReadOnlyMemory<byte> rest)
    {
        public ReadOnlyMemory<byte> Rest { get; private set; } = rest;

        public ulong Number()
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(Rest.Span);
            Rest = Rest[8..];
            return value;
        }

        public ReadOnlyMemory<byte> Bytes()
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(Rest.Span);
            ReadOnlyMemory<byte> bytes = Rest.Slice(2, length);
            Rest = Rest[(2 + length)..];
            return bytes;
        }

        public ReadOnlyMemory<ReadOnlyMemory<byte>> List()
        {
            ReadOnlyMemory<byte>[] list = new ReadOnlyMemory<byte>[Number()];
            for (int i = 0; i < list.Length; i++) list[i] = Bytes();
            return list;
        }

        public GossipAddress Address()
        {
            ReadOnlyMemory<byte> bytes = Bytes();
            GossipAddress.TryFrom(bytes.Span, (ushort)Number(), out GossipAddress address);
            return address;
        }
    }
}
