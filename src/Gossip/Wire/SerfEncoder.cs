using System.Buffers;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Gossip.Wire;

/// <summary>Encodes Serf messages: type byte and structure. Pure; allocates nothing itself.</summary>
internal static class SerfEncoder
{
    public const byte PingPayloadVersion = 1;
    private const long NanosecondsPerTick = 100;

    public static void Encode(in LeaveIntent message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, SerfMessageType.Leave, 3);
        writer.Unsigned("LTime"u8, message.LTime);
        writer.Raw("Node"u8, message.Node);
        writer.Bool("Prune"u8, message.Prune);
    }

    public static void Encode(in JoinIntent message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, SerfMessageType.Join, 2);
        writer.Unsigned("LTime"u8, message.LTime);
        writer.Raw("Node"u8, message.Node);
    }

    /// <summary>User state of a push/pull. The event buffer holds the used slots only.</summary>
    public static void Encode(in SerfPushPull message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, SerfMessageType.PushPull, 6);
        writer.Unsigned("EventLTime"u8, message.EventLTime);
        WriteEvents(writer.Value("Events"u8), message.Events.Span, output);
        writer.Unsigned("LTime"u8, message.LTime);
        MsgPackWriter value = writer.Value("LeftMembers"u8);
        value.WriteArrayHeader(message.LeftMembers.Length);
        foreach (ReadOnlyMemory<byte> name in message.LeftMembers.Span) value.WriteBytes(name.Span);
        writer.Unsigned("QueryLTime"u8, message.QueryLTime);
        value = writer.Value("StatusLTimes"u8);
        value.WriteMapHeader(message.StatusLTimes.Length);
        foreach (StatusLTime status in message.StatusLTimes.Span)
        {
            value.WriteBytes(status.Node.Span);
            value.WriteUInt64(status.LTime);
        }
    }

    public static void Encode(in UserEvent message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, SerfMessageType.UserEvent, 4);
        writer.Bool("CC"u8, message.CC);
        writer.Unsigned("LTime"u8, message.LTime);
        writer.Raw("Name"u8, message.Name);
        writer.Raw("Payload"u8, message.Payload);
    }

    public static void Encode(in Query message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, SerfMessageType.Query, 11);
        writer.Address("Addr"u8, message.Addr);
        MsgPackWriter filters = writer.Value("Filters"u8);
        if (message.Filters.IsEmpty)
        {
            filters.WriteNil();
        }
        else
        {
            filters.WriteArrayHeader(message.Filters.Length);
            foreach (ReadOnlyMemory<byte> filter in message.Filters.Span) filters.WriteBytes(filter.Span);
        }

        writer.Unsigned("Flags"u8, (uint)message.Flags);
        writer.Unsigned("ID"u8, message.Id);
        writer.Unsigned("LTime"u8, message.LTime);
        writer.Raw("Name"u8, message.Name);
        writer.Optional("Payload"u8, message.Payload);
        writer.Unsigned("Port"u8, message.Addr.Port);
        writer.Unsigned("RelayFactor"u8, message.RelayFactor);
        writer.Raw("SourceNode"u8, message.SourceNode);
        writer.Signed("Timeout"u8, ToNanoseconds(message.Timeout));
    }

    public static void Encode(in QueryResponse message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, SerfMessageType.QueryResponse, 5);
        writer.Unsigned("Flags"u8, (uint)message.Flags);
        writer.Raw("From"u8, message.From);
        writer.Unsigned("ID"u8, message.Id);
        writer.Unsigned("LTime"u8, message.LTime);
        writer.Optional("Payload"u8, message.Payload);
    }

    public static void Encode(in Relay message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, SerfMessageType.Relay, 2);
        writer.Value("DestAddr"u8);
        StructWriter address = new(output, 3);
        address.Address("IP"u8, message.DestAddr);
        address.Unsigned("Port"u8, message.DestAddr.Port);
        address.Raw("Zone"u8, default);
        writer.Raw("DestName"u8, message.DestName);
        output.Write(message.Inner.Span);
    }

    public static void Encode(in KeyRequest message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, SerfMessageType.KeyRequest, 1);
        writer.Raw("Key"u8, message.Key);
    }

    public static void Encode(in KeyResponse message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, SerfMessageType.KeyResponse, 4);
        MsgPackWriter keys = writer.Value("Keys"u8);
        if (message.Keys.IsEmpty)
        {
            keys.WriteNil();
        }
        else
        {
            keys.WriteArrayHeader(message.Keys.Length);
            foreach (ReadOnlyMemory<byte> key in message.Keys.Span) keys.WriteBytes(key.Span);
        }

        writer.Raw("Message"u8, message.Message);
        writer.Raw("PrimaryKey"u8, message.PrimaryKey);
        writer.Bool("Result"u8, message.Result);
    }

    public static void Encode(in ConflictResponse message, IBufferWriter<byte> output)
    {
        if (!message.IsKnown)
        {
            output.Write([(byte)SerfMessageType.ConflictResponse]);
            new MsgPackWriter(output).WriteNil();
            return;
        }

        StructWriter writer = new(output, SerfMessageType.ConflictResponse, 11);
        writer.Address("Addr"u8, message.Addr);
        writer.Unsigned("DelegateCur"u8, message.Vsn.DCur);
        writer.Unsigned("DelegateMax"u8, message.Vsn.DMax);
        writer.Unsigned("DelegateMin"u8, message.Vsn.DMin);
        writer.Raw("Name"u8, message.Name);
        writer.Unsigned("Port"u8, message.Addr.Port);
        writer.Unsigned("ProtocolCur"u8, message.Vsn.PCur);
        writer.Unsigned("ProtocolMax"u8, message.Vsn.PMax);
        writer.Unsigned("ProtocolMin"u8, message.Vsn.PMin);
        writer.Signed("Status"u8, message.Status);
        TagCodec.WriteMap(writer.Value("Tags"u8), message.Meta);
    }

    /// <summary>Filter by node names.</summary>
    public static void EncodeFilter(ReadOnlySpan<ReadOnlyMemory<byte>> nodes, IBufferWriter<byte> output)
    {
        output.Write([(byte)QueryFilterType.Node]);
        MsgPackWriter writer = new(output);
        writer.WriteArrayHeader(nodes.Length);
        foreach (ReadOnlyMemory<byte> node in nodes) writer.WriteBytes(node.Span);
    }

    /// <summary>Filter by an expression on a tag.</summary>
    public static void EncodeFilter(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> expression, IBufferWriter<byte> output)
    {
        output.Write([(byte)QueryFilterType.Tag]);
        StructWriter writer = new(output, 2);
        writer.Value("Expr"u8).WriteBytes(expression);
        writer.Value("Tag"u8).WriteBytes(tag);
    }

    /// <summary>Payload of acknowledgements: version byte and coordinate.</summary>
    public static void EncodePingPayload(in Coordinate coordinate, IBufferWriter<byte> output)
    {
        output.Write([PingPayloadVersion]);
        StructWriter writer = new(output, 4);
        writer.Float("Adjustment"u8, coordinate.Adjustment);
        writer.Float("Error"u8, coordinate.Error);
        writer.Float("Height"u8, coordinate.Height);
        MsgPackWriter vector = writer.Value("Vec"u8);
        vector.WriteArrayHeader(Coordinate.Dimensions);
        foreach (double component in coordinate.Vec) vector.WriteFloat64(component);
    }

    /// <summary>As long as fits: a peer's int64 holds 292 years.</summary>
    private static long ToNanoseconds(TimeSpan time) =>
        Math.Clamp(time.Ticks, long.MinValue / NanosecondsPerTick, long.MaxValue / NanosecondsPerTick) * NanosecondsPerTick;

    private static void WriteEvents(MsgPackWriter writer, ReadOnlySpan<BufferedEvents> slots, IBufferWriter<byte> output)
    {
        writer.WriteArrayHeader(slots.Length);
        foreach (BufferedEvents slot in slots)
        {
            StructWriter fields = new(output, 2);
            MsgPackWriter events = fields.Value("Events"u8);
            events.WriteArrayHeader(slot.Events.Length);
            foreach (BufferedEvent one in slot.Events.Span)
            {
                StructWriter item = new(output, 2);
                item.Raw("Name"u8, one.Name);
                item.Raw("Payload"u8, one.Payload);
            }

            fields.Unsigned("LTime"u8, slot.LTime);
        }
    }
}
