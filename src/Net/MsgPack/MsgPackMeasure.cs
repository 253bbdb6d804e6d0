using System.Buffers.Binary;

namespace Consul.Fast.Net.MsgPack;

/// <summary>
/// Finds where an object ends while its bytes are still coming. Remembers its place, so the work over all calls is one pass;
/// needs no memory for nesting.
/// </summary>
public struct MsgPackMeasure
{
    private long _pending;
    private bool _started;

    /// <summary>Bytes of the object that are understood; its length once <see cref="Advance"/> gave true.</summary>
    public long Length { get; private set; }

    /// <summary>The bytes are no msgpack.</summary>
    public bool Malformed { get; private set; }

    /// <summary>Goes on with all bytes of the object that are there, from its first one.</summary>
    /// <returns>True when the whole object is there.</returns>
    public bool Advance(ReadOnlySpan<byte> data)
    {
        if (!_started)
        {
            _started = true;
            _pending = 1;
        }

        while (_pending > 0)
        {
            if (Malformed || Length >= data.Length) return false;
            ReadOnlySpan<byte> rest = data[(int)Length..];
            if (!TryMeasureHead(rest, out int head, out long payload, out long children)) return false;
            // A payload may end after what has come so far; the object then goes on in the next call.
            if (head + payload > rest.Length) return false;
            Length += head + payload;
            _pending += children - 1;
        }

        return true;
    }

    private bool TryMeasureHead(ReadOnlySpan<byte> rest, out int head, out long payload, out long children)
    {
        byte code = rest[0];
        (int lengthBytes, int fixedPayload, bool isRaw, int childFactor) = code switch
        {
            < MsgPackCode.FixMap or >= 0xe0 or MsgPackCode.Nil or MsgPackCode.False or MsgPackCode.True => (0, 0, false, 0),
            < MsgPackCode.FixArray => (0, 0, false, 2),
            < MsgPackCode.FixRaw => (0, 0, false, 1),
            < MsgPackCode.Nil => (0, code & 0x1f, false, 0),
            MsgPackCode.Float32 => (0, 4, false, 0),
            MsgPackCode.Float64 => (0, 8, false, 0),
            >= MsgPackCode.UInt8 and <= MsgPackCode.UInt64 => (0, 1 << (code - MsgPackCode.UInt8), false, 0),
            >= MsgPackCode.Int8 and <= MsgPackCode.Int64 => (0, 1 << (code - MsgPackCode.Int8), false, 0),
            >= MsgPackCode.Raw8 and <= MsgPackCode.Raw32 => (1 << (code - MsgPackCode.Raw8), 0, true, 0),
            >= MsgPackCode.Bin8 and <= MsgPackCode.Bin32 => (1 << (code - MsgPackCode.Bin8), 0, true, 0),
            MsgPackCode.Array16 or MsgPackCode.Array32 => (code == MsgPackCode.Array16 ? 2 : 4, 0, false, 1),
            MsgPackCode.Map16 or MsgPackCode.Map32 => (code == MsgPackCode.Map16 ? 2 : 4, 0, false, 2),
            >= MsgPackCode.FixExt1 and <= MsgPackCode.FixExt16 => (0, 1 + (1 << (code - MsgPackCode.FixExt1)), false, 0),
            >= MsgPackCode.Ext8 and <= MsgPackCode.Ext32 => (1 << (code - MsgPackCode.Ext8), 1, true, 0),
            _ => (-1, 0, false, 0),
        };
        head = 1 + lengthBytes;
        payload = fixedPayload;
        children = code < MsgPackCode.FixRaw ? childFactor * (code & 0x0f) : 0;
        if (lengthBytes < 0)
        {
            Malformed = true;
            return false;
        }

        if (head > rest.Length) return false;
        if (lengthBytes == 0) return true;
        long length = lengthBytes switch
        {
            1 => rest[1],
            2 => BinaryPrimitives.ReadUInt16BigEndian(rest[1..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(rest[1..]),
        };
        if (isRaw) payload += length;
        else children = childFactor * length;
        return true;
    }
}
