using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Consul.Fast.Net.MsgPack;

/// <summary>
/// Writes the old msgpack dialect that Consul's peers speak: text and bytes are both "raw" (never str8 or bin), integers
/// take the shortest form with non-negative values always unsigned, floats keep their full width.
/// </summary>
/// <remarks>A value type over the caller's buffer: one thread, no flush, nothing kept after the last call.</remarks>
public readonly ref struct MsgPackWriter(IBufferWriter<byte> output)
{
    /// <summary>Seconds from 0001-01-01 to 1970-01-01, the offset of the time stamp form.</summary>
    public const long UnixEpochSeconds = 62135596800;

    private readonly IBufferWriter<byte> _output = output;

    public void WriteNil() => WriteByte(MsgPackCode.Nil);

    public void WriteBool(bool value) => WriteByte(value ? MsgPackCode.True : MsgPackCode.False);

    public void WriteMapHeader(int count) => WriteHeader(count, MsgPackCode.FixMap, 15, MsgPackCode.Map16);

    public void WriteArrayHeader(int count) => WriteHeader(count, MsgPackCode.FixArray, 15, MsgPackCode.Array16);

    public void WriteUInt64(ulong value)
    {
        Span<byte> span = _output.GetSpan(9);
        int length;
        if (value < 128)
        {
            span[0] = (byte)value;
            length = 1;
        }
        else if (value <= byte.MaxValue)
        {
            span[0] = MsgPackCode.UInt8;
            span[1] = (byte)value;
            length = 2;
        }
        else if (value <= ushort.MaxValue)
        {
            span[0] = MsgPackCode.UInt16;
            BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)value);
            length = 3;
        }
        else if (value <= uint.MaxValue)
        {
            span[0] = MsgPackCode.UInt32;
            BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)value);
            length = 5;
        }
        else
        {
            span[0] = MsgPackCode.UInt64;
            BinaryPrimitives.WriteUInt64BigEndian(span[1..], value);
            length = 9;
        }

        _output.Advance(length);
    }

    public void WriteInt64(long value)
    {
        if (value >= 0)
        {
            WriteUInt64((ulong)value);
            return;
        }

        Span<byte> span = _output.GetSpan(9);
        int length;
        if (value >= -32)
        {
            span[0] = (byte)value;
            length = 1;
        }
        else if (value >= sbyte.MinValue)
        {
            span[0] = MsgPackCode.Int8;
            span[1] = (byte)value;
            length = 2;
        }
        else if (value >= short.MinValue)
        {
            span[0] = MsgPackCode.Int16;
            BinaryPrimitives.WriteInt16BigEndian(span[1..], (short)value);
            length = 3;
        }
        else if (value >= int.MinValue)
        {
            span[0] = MsgPackCode.Int32;
            BinaryPrimitives.WriteInt32BigEndian(span[1..], (int)value);
            length = 5;
        }
        else
        {
            span[0] = MsgPackCode.Int64;
            BinaryPrimitives.WriteInt64BigEndian(span[1..], value);
            length = 9;
        }

        _output.Advance(length);
    }

    public void WriteFloat32(float value)
    {
        Span<byte> span = _output.GetSpan(5);
        span[0] = MsgPackCode.Float32;
        BinaryPrimitives.WriteSingleBigEndian(span[1..], value);
        _output.Advance(5);
    }

    public void WriteFloat64(double value)
    {
        Span<byte> span = _output.GetSpan(9);
        span[0] = MsgPackCode.Float64;
        BinaryPrimitives.WriteDoubleBigEndian(span[1..], value);
        _output.Advance(9);
    }

    /// <summary>Writes a non-null byte string; see <see cref="WriteBytesOrNil"/> for optional ones.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteRawHeader(value.Length);
        _output.Write(value);
    }

    /// <summary>A null array becomes nil and an empty one an empty raw: replicas tell the two apart.</summary>
    public void WriteBytesOrNil(byte[]? value)
    {
        if (value is null) WriteNil();
        else WriteBytes(value);
    }

    public void WriteString(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        WriteRawHeader(length);
        if (length == 0) return;
        Span<byte> span = _output.GetSpan(length);
        Encoding.UTF8.GetBytes(value, span);
        _output.Advance(length);
    }

    /// <summary>Writes UTF-8 text that is known at compile time, usually a map key.</summary>
    public void WriteKey(ReadOnlySpan<byte> utf8Key) => WriteBytes(utf8Key);

    /// <summary>The 15-byte time stamp; UTC is written as such (zone <c>ff ff</c>).</summary>
    public void WriteTime(DateTime utc)
    {
        Span<byte> raw = stackalloc byte[15];
        long ticks = utc.Ticks;
        raw[0] = 1;
        BinaryPrimitives.WriteInt64BigEndian(raw[1..], ticks / TimeSpan.TicksPerSecond);
        BinaryPrimitives.WriteInt32BigEndian(raw[9..], (int)(ticks % TimeSpan.TicksPerSecond * 100));
        BinaryPrimitives.WriteInt16BigEndian(raw[13..], -1);
        WriteBytes(raw);
    }

    /// <summary>Copies an already encoded object.</summary>
    public void WriteRaw(ReadOnlySpan<byte> encoded) => _output.Write(encoded);

    private void WriteByte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    private void WriteRawHeader(int length) => WriteHeader(length, MsgPackCode.FixRaw, 31, MsgPackCode.Raw16);

    private void WriteHeader(int count, byte fixCode, int fixMax, byte code16)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Span<byte> span = _output.GetSpan(5);
        if (count <= fixMax)
        {
            span[0] = (byte)(fixCode | count);
            _output.Advance(1);
        }
        else if (count <= ushort.MaxValue)
        {
            span[0] = code16;
            BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)count);
            _output.Advance(3);
        }
        else
        {
            span[0] = (byte)(code16 + 1);
            BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)count);
            _output.Advance(5);
        }
    }
}
