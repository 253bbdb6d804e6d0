using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Wire;

/// <summary>
/// Decodes messages of the membership protocol: type byte and structure; bytes after the structure are ignored, as peers do.
/// Pure and allocation-free; text and bytes are slices of the message. False for anything malformed.
/// </summary>
internal static class SwimDecoder
{
    public static bool TryDecode(ReadOnlyMemory<byte> message, out Ping decoded)
    {
        if (!TryOpen(message, MessageType.Ping, out MessageReader reader)) return Nothing(out decoded);
        uint seqNo = 0;
        ReadOnlyMemory<byte> node = default, sourceNode = default;
        ReadOnlySpan<byte> source = default;
        ushort port = 0;
        FieldCursor fields = new(ref reader, SwimFields.Ping);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: seqNo = reader.UInt32(); break;
                case 1: node = reader.Text(); break;
                case 2: source = reader.BytesInPlace(); break;
                case 3: port = reader.UInt16(); break;
                default: sourceNode = reader.Text(); break;
            }
        }

        decoded = new Ping(seqNo, node, reader.Address(source, port), sourceNode);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> message, out IndirectPing decoded)
    {
        if (!TryOpen(message, MessageType.IndirectPing, out MessageReader reader)) return Nothing(out decoded);
        uint seqNo = 0;
        ReadOnlyMemory<byte> node = default, sourceNode = default;
        ReadOnlySpan<byte> target = default, source = default;
        ushort port = 0, sourcePort = 0;
        bool nack = false;
        FieldCursor fields = new(ref reader, SwimFields.IndirectPing);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: seqNo = reader.UInt32(); break;
                case 1: target = reader.BytesInPlace(); break;
                case 2: port = reader.UInt16(); break;
                case 3: node = reader.Text(); break;
                case 4: nack = reader.Bool(); break;
                case 5: source = reader.BytesInPlace(); break;
                case 6: sourcePort = reader.UInt16(); break;
                default: sourceNode = reader.Text(); break;
            }
        }

        GossipAddress targetAddress = reader.Address(target, port);
        decoded = new IndirectPing(seqNo, targetAddress, node, nack, reader.Address(source, sourcePort), sourceNode);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> message, out AckResp decoded)
    {
        if (!TryOpen(message, MessageType.AckResp, out MessageReader reader)) return Nothing(out decoded);
        uint seqNo = 0;
        ReadOnlyMemory<byte> payload = default;
        FieldCursor fields = new(ref reader, SwimFields.AckResp);
        while (fields.TryNext(ref reader, out int field))
        {
            if (field == 0) seqNo = reader.UInt32();
            else payload = reader.Bytes();
        }

        decoded = new AckResp(seqNo, payload);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> message, out NackResp decoded)
    {
        if (!TryOpen(message, MessageType.NackResp, out MessageReader reader)) return Nothing(out decoded);
        uint seqNo = 0;
        FieldCursor fields = new(ref reader, SwimFields.NackResp);
        while (fields.TryNext(ref reader, out _)) seqNo = reader.UInt32();
        decoded = new NackResp(seqNo);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> message, out ErrResp decoded)
    {
        if (!TryOpen(message, MessageType.Err, out MessageReader reader)) return Nothing(out decoded);
        ReadOnlyMemory<byte> error = default;
        FieldCursor fields = new(ref reader, SwimFields.ErrResp);
        while (fields.TryNext(ref reader, out _)) error = reader.Text();
        decoded = new ErrResp(error);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> message, out Suspect decoded)
    {
        bool valid = TryReadAccusation(message, MessageType.Suspect, out Dead read);
        decoded = new Suspect(read.Incarnation, read.Node, read.From);
        return valid;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> message, out Dead decoded) =>
        TryReadAccusation(message, MessageType.Dead, out decoded);

    public static bool TryDecode(ReadOnlyMemory<byte> message, out Alive decoded)
    {
        if (!TryOpen(message, MessageType.Alive, out MessageReader reader)) return Nothing(out decoded);
        uint incarnation = 0;
        ReadOnlyMemory<byte> node = default, meta = default;
        ReadOnlySpan<byte> address = default;
        ushort port = 0;
        VersionVector versions = default;
        FieldCursor fields = new(ref reader, SwimFields.Alive);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: incarnation = reader.UInt32(); break;
                case 1: node = reader.Text(); break;
                case 2: address = reader.BytesInPlace(); break;
                case 3: port = reader.UInt16(); break;
                case 4: meta = reader.Bytes(); break;
                default: versions = reader.Versions(); break;
            }
        }

        decoded = new Alive(incarnation, node, reader.Address(address, port), meta, versions);
        return !reader.Failed;
    }

    /// <summary>Opens a message of the given type behind its type byte.</summary>
    private static bool TryOpen(ReadOnlyMemory<byte> message, MessageType type, out MessageReader reader)
    {
        bool opened = message.Length > 1 && message.Span[0] == (byte)type;
        reader = opened ? new MessageReader(message[1..]) : default;
        return opened;
    }

    private static bool Nothing<T>(out T decoded)
        where T : struct
    {
        decoded = default;
        return false;
    }

    private static bool TryReadAccusation(ReadOnlyMemory<byte> message, MessageType type, out Dead decoded)
    {
        if (!TryOpen(message, type, out MessageReader reader)) return Nothing(out decoded);
        uint incarnation = 0;
        ReadOnlyMemory<byte> node = default, from = default;
        FieldCursor fields = new(ref reader, SwimFields.Accusation);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: incarnation = reader.UInt32(); break;
                case 1: node = reader.Text(); break;
                default: from = reader.Text(); break;
            }
        }

        decoded = new Dead(incarnation, node, from);
        return !reader.Failed;
    }
}
