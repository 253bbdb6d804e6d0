using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Gossip.Wire;

/// <summary>What travels in the payloads of queries and their answers.</summary>
internal static partial class SerfDecoder
{
    public static bool TryDecode(ReadOnlyMemory<byte> message, out KeyRequest decoded)
    {
        decoded = default;
        if (!TryOpen(message, SerfMessageType.KeyRequest, out MessageReader reader)) return false;
        ReadOnlyMemory<byte> key = default;
        FieldCursor fields = new(ref reader, SerfFields.KeyRequest);
        while (fields.TryNext(ref reader, out _)) key = reader.Bytes();
        decoded = new KeyRequest(key);
        return !reader.Failed;
    }

    /// <summary>Allocates the list of keys.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> message, out KeyResponse decoded)
    {
        decoded = default;
        if (!TryOpen(message, SerfMessageType.KeyResponse, out MessageReader reader)) return false;
        bool result = false;
        ReadOnlyMemory<byte> text = default, primary = default;
        ReadOnlyMemory<byte>[] keys = [];
        FieldCursor fields = new(ref reader, SerfFields.KeyResponse);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: result = reader.Bool(); break;
                case 1: text = reader.Text(); break;
                case 2: keys = ReadTexts(ref reader); break;
                default: primary = reader.Text(); break;
            }
        }

        decoded = new KeyResponse(result, text, keys, primary);
        return !reader.Failed;
    }

    /// <summary>Allocates the metadata.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> message, out ConflictResponse decoded)
    {
        decoded = default;
        if (!TryOpen(message, SerfMessageType.ConflictResponse, out MessageReader reader)) return false;
        if (reader.TryReadNil()) return true;
        Span<byte> versions = stackalloc byte[VersionVector.Length];
        ReadOnlyMemory<byte> name = default, tags = default;
        ReadOnlySpan<byte> address = default;
        ushort port = 0;
        long status = 0;
        FieldCursor fields = new(ref reader, SerfFields.Member);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: name = reader.Text(); break;
                case 1: address = reader.BytesInPlace(); break;
                case 2: port = reader.UInt16(); break;
                case 3: tags = reader.Encoded(); break;
                case 4: status = reader.Int64(); break;
                default: versions[field - 5] = reader.Byte(); break;
            }
        }

        if (reader.Failed || status is < int.MinValue or > int.MaxValue || !TagCodec.TryFromMap(tags, out byte[] meta)) return false;
        VersionVector.TryFrom(versions, out VersionVector vector);
        decoded = new ConflictResponse(IsKnown: true, name, reader.Address(address, port), meta, (int)status, vector);
        return !reader.Failed;
    }

    /// <summary>False for unknown types too: nobody matches those. Allocates the list of names.</summary>
    public static bool TryDecodeFilter(ReadOnlyMemory<byte> filter, out QueryFilter decoded)
    {
        decoded = default;
        if (filter.Length < 2) return false;
        MessageReader reader = new(filter[1..]);
        switch ((QueryFilterType)filter.Span[0])
        {
            case QueryFilterType.Node:
                decoded = new QueryFilter(QueryFilterType.Node, ReadTexts(ref reader), default, default);
                return !reader.Failed;
            case QueryFilterType.Tag:
                ReadOnlyMemory<byte> tag = default, expression = default;
                FieldCursor fields = new(ref reader, SerfFields.TagFilter);
                while (fields.TryNext(ref reader, out int field))
                {
                    if (field == 0) tag = reader.Text();
                    else expression = reader.Text();
                }

                decoded = new QueryFilter(QueryFilterType.Tag, default, tag, expression);
                return !reader.Failed;
            default:
                return false;
        }
    }

    /// <summary>Version byte and coordinate, as acknowledgements carry it. False for other versions and other dimensions.</summary>
    public static bool TryDecodePingPayload(ReadOnlySpan<byte> payload, out Coordinate coordinate)
    {
        coordinate = default;
        if (payload.Length < 2 || payload[0] != SerfEncoder.PingPayloadVersion) return false;
        MessageReader reader = new(payload[1..]);
        if (reader.Peek() == MsgPackKind.Nil) return false;
        int dimensions = 0;
        FieldCursor fields = new(ref reader, SerfFields.Coordinate);
        while (fields.TryNext(ref reader, out int field))
        {
            switch (field)
            {
                case 0: dimensions = ReadVector(ref reader, ref coordinate); break;
                case 1: coordinate.Error = reader.Float64(); break;
                case 2: coordinate.Adjustment = reader.Float64(); break;
                default: coordinate.Height = reader.Float64(); break;
            }
        }

        return !reader.Failed && dimensions == Coordinate.Dimensions;
    }

    private static int ReadVector(ref MessageReader reader, ref Coordinate coordinate)
    {
        int count = reader.ArrayHeader(Coordinate.Dimensions);
        for (int i = 0; i < count; i++) coordinate.Vec[i] = reader.Float64();
        return count;
    }

    private static ReadOnlyMemory<byte>[] ReadTexts(ref MessageReader reader)
    {
        int count = reader.ArrayHeader(WireLimits.ListMax);
        if (count == 0) return [];
        var texts = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count && !reader.Failed; i++) texts[i] = reader.Text();
        return texts;
    }
}
