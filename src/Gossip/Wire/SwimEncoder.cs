using System.Buffers;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Wire;

/// <summary>Encodes messages of the membership protocol: type byte and structure. Pure; allocates nothing itself.</summary>
internal static class SwimEncoder
{
    public static void Encode(in Ping message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, MessageType.Ping, 2 + SourceFields(message.Source, message.SourceNode));
        writer.Raw("Node"u8, message.Node);
        writer.Unsigned("SeqNo"u8, message.SeqNo);
        WriteSource(writer, message.Source, message.SourceNode);
    }

    public static void Encode(in IndirectPing message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, MessageType.IndirectPing, 5 + SourceFields(message.Source, message.SourceNode));
        writer.Bool("Nack"u8, message.Nack);
        writer.Raw("Node"u8, message.Node);
        writer.Unsigned("Port"u8, message.Target.Port);
        writer.Unsigned("SeqNo"u8, message.SeqNo);
        WriteSource(writer, message.Source, message.SourceNode);
        writer.Address("Target"u8, message.Target);
    }

    public static void Encode(in AckResp message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, MessageType.AckResp, 2);
        writer.Optional("Payload"u8, message.Payload);
        writer.Unsigned("SeqNo"u8, message.SeqNo);
    }

    public static void Encode(in NackResp message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, MessageType.NackResp, 1);
        writer.Unsigned("SeqNo"u8, message.SeqNo);
    }

    public static void Encode(in ErrResp message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, MessageType.Err, 1);
        writer.Raw("Error"u8, message.Error);
    }

    public static void Encode(in Suspect message, IBufferWriter<byte> output) =>
        WriteAccusation(output, MessageType.Suspect, message.Incarnation, message.Node, message.From);

    public static void Encode(in Dead message, IBufferWriter<byte> output) =>
        WriteAccusation(output, MessageType.Dead, message.Incarnation, message.Node, message.From);

    public static void Encode(in Alive message, IBufferWriter<byte> output)
    {
        StructWriter writer = new(output, MessageType.Alive, 6);
        writer.Address("Addr"u8, message.Addr);
        writer.Unsigned("Incarnation"u8, message.Incarnation);
        writer.Optional("Meta"u8, message.Meta);
        writer.Raw("Node"u8, message.Node);
        writer.Unsigned("Port"u8, message.Addr.Port);
        writer.Versions("Vsn"u8, message.Vsn);
    }

    private static void WriteAccusation(
        IBufferWriter<byte> output, MessageType type, uint incarnation, ReadOnlyMemory<byte> node, ReadOnlyMemory<byte> from)
    {
        StructWriter writer = new(output, type, 3);
        writer.Raw("From"u8, from);
        writer.Unsigned("Incarnation"u8, incarnation);
        writer.Raw("Node"u8, node);
    }

    private static int SourceFields(GossipAddress source, ReadOnlyMemory<byte> sourceNode) =>
        (source.IsEmpty ? 0 : 1) + (sourceNode.IsEmpty ? 0 : 1) + (source.Port == 0 ? 0 : 1);

    private static void WriteSource(StructWriter writer, GossipAddress source, ReadOnlyMemory<byte> sourceNode)
    {
        if (!source.IsEmpty) writer.Address("SourceAddr"u8, source);
        if (!sourceNode.IsEmpty) writer.Raw("SourceNode"u8, sourceNode);
        if (source.Port != 0) writer.Unsigned("SourcePort"u8, source.Port);
    }
}
