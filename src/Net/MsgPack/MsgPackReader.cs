using System.Buffers.Binary;
using System.Text;

namespace Consul.Fast.Net.MsgPack;

/// <summary>
/// Reads msgpack as Consul's peers do: every integer width, nil as the zero value, str8 wherever raw is allowed, bin only
/// for byte strings. Never throws on input: the first fault makes <see cref="Failed"/> true for good and every later read
/// return a zero value, so that a decoder can read a whole record and test once.
/// </summary>
/// <remarks>
/// Bounded: a length can never exceed the bytes that are there, so nothing is allocated on the word of the sender, and
/// <see cref="Skip()"/> keeps its own depth limit.
/// </remarks>
public ref struct MsgPackReader(ReadOnlySpan<byte> input)
{
    /// <summary>Deepest nesting that <see cref="Skip()"/> follows; real records stay below ten.</summary>
    public const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _input = input;
    private int _position;

    /// <summary>True after malformed or truncated input.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public readonly int Consumed => _position;

    public readonly bool AtEnd => _position >= _input.Length;

    /// <summary>Marks the input as malformed; decoders call it for values that are well-formed but impossible.</summary>
    public bool Fail()
    {
        Failed = true;
        _position = _input.Length;
        return false;
    }

    /// <summary>The kind of the next object, without reading it.</summary>
    public readonly MsgPackKind Peek() => Failed || AtEnd ? MsgPackKind.None : _input[_position] switch
    {
        < MsgPackCode.FixMap or >= 0xe0 => MsgPackKind.SignedInteger,
        < MsgPackCode.FixArray or MsgPackCode.Map16 or MsgPackCode.Map32 => MsgPackKind.Map,
        < MsgPackCode.FixRaw or MsgPackCode.Array16 or MsgPackCode.Array32 => MsgPackKind.Array,
        < MsgPackCode.Nil or MsgPackCode.Raw8 or MsgPackCode.Raw16 or MsgPackCode.Raw32 => MsgPackKind.Raw,
        MsgPackCode.Nil => MsgPackKind.Nil,
        MsgPackCode.False or MsgPackCode.True => MsgPackKind.Bool,
        MsgPackCode.Bin8 or MsgPackCode.Bin16 or MsgPackCode.Bin32 => MsgPackKind.Bin,
        MsgPackCode.Float32 or MsgPackCode.Float64 => MsgPackKind.Float,
        MsgPackCode.Ext8 or MsgPackCode.Ext16 or MsgPackCode.Ext32 => MsgPackKind.Extension,
        >= MsgPackCode.FixExt1 and <= MsgPackCode.FixExt16 => MsgPackKind.Extension,
        >= MsgPackCode.UInt8 and <= MsgPackCode.UInt64 => MsgPackKind.UnsignedInteger,
        >= MsgPackCode.Int8 and <= MsgPackCode.Int64 => MsgPackKind.SignedInteger,
        _ => MsgPackKind.None,
    };

    /// <summary>Consumes a nil if one comes next.</summary>
    public bool TryReadNil()
    {
        if (Failed || AtEnd || _input[_position] != MsgPackCode.Nil) return false;
        _position++;
        return true;
    }

    /// <summary>Number of pairs that follow, or -1 for nil.</summary>
    public int ReadMapHeader() => ReadHeader(MsgPackCode.FixMap, 0xf0, MsgPackCode.Map16, minBytesPerItem: 2);

    /// <summary>Number of items that follow, or -1 for nil.</summary>
    public int ReadArrayHeader() => ReadHeader(MsgPackCode.FixArray, 0xf0, MsgPackCode.Array16, minBytesPerItem: 1);

    public bool ReadBool()
    {
        if (!TryTake(1, out ReadOnlySpan<byte> code)) return false;
        switch (code[0])
        {
            case MsgPackCode.True:
            case 1:
                return true;
            case MsgPackCode.False:
            case MsgPackCode.Nil:
            case 0:
                return false;
            default:
                return Fail();
        }
    }

    public ulong ReadUInt64()
    {
        ReadInteger(out ulong value, out bool negative);
        if (negative) Fail();
        return Failed ? 0 : value;
    }

    /// <summary>An unsigned value above the signed range wraps, as in the reference.</summary>
    public long ReadInt64()
    {
        ReadInteger(out ulong value, out _);
        return Failed ? 0 : (long)value;
    }

    public int ReadInt32()
    {
        long value = ReadInt64();
        if (value is < int.MinValue or > int.MaxValue) Fail();
        return Failed ? 0 : (int)value;
    }

    public double ReadFloat64()
    {
        if (AtEnd) return Fail() ? 1 : 0;
        switch (_input[_position])
        {
            case MsgPackCode.Float32:
                return TryTake(5, out ReadOnlySpan<byte> single) ? BinaryPrimitives.ReadSingleBigEndian(single[1..]) : 0;
            case MsgPackCode.Float64:
                return TryTake(9, out ReadOnlySpan<byte> full) ? BinaryPrimitives.ReadDoubleBigEndian(full[1..]) : 0;
            default:
                ReadInteger(out ulong value, out bool negative);
                return negative ? (long)value : value;
        }
    }

    /// <summary>Text; nil reads as the empty string. Bytes that are not UTF-8 become U+FFFD.</summary>
    public string ReadString()
    {
        ReadOnlySpan<byte> raw = ReadRaw(allowBin: false, out _);
        return raw.IsEmpty ? string.Empty : Encoding.UTF8.GetString(raw);
    }

    /// <summary>The bytes of a text in place, valid as long as the input is; nil reads as empty. For map keys.</summary>
    public ReadOnlySpan<byte> ReadKey() => ReadRaw(allowBin: false, out _);

    /// <summary>
    /// A byte string, copied. Nil gives null, and so does a zero-length raw: that is how the reference decodes one into a
    /// field that was null.
    /// </summary>
    public byte[]? ReadBytes()
    {
        ReadOnlySpan<byte> raw = ReadRaw(allowBin: true, out _);
        return raw.IsEmpty ? null : raw.ToArray();
    }

    /// <summary>A byte string in place, valid as long as the input is. <paramref name="isNil"/> tells nil from empty.</summary>
    public ReadOnlySpan<byte> ReadBytesInPlace(out bool isNil) => ReadRaw(allowBin: true, out isNil);

    /// <summary>The data of an extension in place, without its type.</summary>
    public ReadOnlySpan<byte> ReadExtensionInPlace()
    {
        if (!TryTake(1, out ReadOnlySpan<byte> code)) return default;
        long length;
        switch (code[0])
        {
            case >= MsgPackCode.FixExt1 and <= MsgPackCode.FixExt16:
                length = 1L << (code[0] - MsgPackCode.FixExt1);
                break;
            case MsgPackCode.Ext8 or MsgPackCode.Ext16 or MsgPackCode.Ext32:
                length = TryTake(1 << (code[0] - MsgPackCode.Ext8), out ReadOnlySpan<byte> raw) ? ReadBigEndian(raw) : 0;
                break;
            default:
                Fail();
                return default;
        }

        if (length < _input.Length - _position) return TryTake((int)length + 1, out ReadOnlySpan<byte> typed) ? typed[1..] : default;
        Fail();
        return default;
    }

    /// <summary>
    /// A time stamp as UTC: 15 bytes, or 16 in the form whose zone has seconds. Nil and the zero time give
    /// <see cref="DateTime.MinValue"/>.
    /// </summary>
    public DateTime ReadTime()
    {
        ReadOnlySpan<byte> raw = ReadRaw(allowBin: true, out bool isNil);
        if (isNil) return DateTime.MinValue;
        if (!(raw.Length == 15 && raw[0] == 1) && !(raw.Length == 16 && raw[0] == 2))
        {
            Fail();
            return DateTime.MinValue;
        }

        long seconds = BinaryPrimitives.ReadInt64BigEndian(raw[1..]);
        int nanoseconds = BinaryPrimitives.ReadInt32BigEndian(raw[9..]);
        if (seconds < 0 || seconds > DateTime.MaxValue.Ticks / TimeSpan.TicksPerSecond || nanoseconds is < 0 or > 999_999_999)
        {
            Fail();
            return DateTime.MinValue;
        }

        return new DateTime((seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100), DateTimeKind.Utc);
    }

    /// <summary>Skips one object and returns its encoded bytes in place.</summary>
    public ReadOnlySpan<byte> ReadEncoded()
    {
        int start = _position;
        Skip();
        return Failed ? default : _input[start.._position];
    }

    /// <summary>Skips one object of any kind.</summary>
    public void Skip() => Skip(MaxDepth);

    private void Skip(int depth)
    {
        if (depth == 0 || AtEnd)
        {
            Fail();
            return;
        }

        byte code = _input[_position];
        switch (code)
        {
            case < MsgPackCode.FixMap:
            case >= 0xe0:
            case MsgPackCode.Nil:
            case MsgPackCode.True:
            case MsgPackCode.False:
                _position++;
                return;
            case < MsgPackCode.FixArray:
            case MsgPackCode.Map16:
            case MsgPackCode.Map32:
                SkipItems(ReadMapHeader() * 2L, depth);
                return;
            case < MsgPackCode.FixRaw:
            case MsgPackCode.Array16:
            case MsgPackCode.Array32:
                SkipItems(ReadArrayHeader(), depth);
                return;
            case < MsgPackCode.Nil:
            case MsgPackCode.Raw8:
            case MsgPackCode.Raw16:
            case MsgPackCode.Raw32:
            case MsgPackCode.Bin8:
            case MsgPackCode.Bin16:
            case MsgPackCode.Bin32:
                ReadRaw(allowBin: true, out _);
                return;
            case MsgPackCode.Float32:
                TryTake(5, out _);
                return;
            case MsgPackCode.Float64:
                TryTake(9, out _);
                return;
            case >= MsgPackCode.UInt8 and <= MsgPackCode.Int64:
                ReadInteger(out _, out _);
                return;
            case >= MsgPackCode.FixExt1 and <= MsgPackCode.FixExt16:
            case MsgPackCode.Ext8:
            case MsgPackCode.Ext16:
            case MsgPackCode.Ext32:
                ReadExtensionInPlace();
                return;
            default:
                Fail();
                return;
        }
    }

    private void SkipItems(long count, int depth)
    {
        for (long i = 0; i < count && !Failed; i++) Skip(depth - 1);
    }

    private int ReadHeader(byte fixCode, byte fixMask, byte code16, int minBytesPerItem)
    {
        if (!TryTake(1, out ReadOnlySpan<byte> code)) return 0;
        if (code[0] == MsgPackCode.Nil) return -1;
        long count;
        if ((code[0] & fixMask) == fixCode) count = code[0] & ~fixMask & 0xff;
        else if (code[0] == code16) count = TryTake(2, out ReadOnlySpan<byte> two) ? ReadBigEndian(two) : 0;
        else if (code[0] == code16 + 1) count = TryTake(4, out ReadOnlySpan<byte> four) ? ReadBigEndian(four) : 0;
        else return Fail() ? 1 : 0;
        if (count * minBytesPerItem > _input.Length - _position) return Fail() ? 1 : 0;
        return Failed ? 0 : (int)count;
    }

    private ReadOnlySpan<byte> ReadRaw(bool allowBin, out bool isNil)
    {
        isNil = false;
        if (!TryTake(1, out ReadOnlySpan<byte> code)) return default;
        int lengthBytes;
        switch (code[0])
        {
            case MsgPackCode.Nil:
                isNil = true;
                return default;
            case >= MsgPackCode.FixRaw and < MsgPackCode.Nil:
                return TryTake(code[0] & 0x1f, out ReadOnlySpan<byte> fixRaw) ? fixRaw : default;
            case >= MsgPackCode.Raw8 and <= MsgPackCode.Raw32:
                lengthBytes = 1 << (code[0] - MsgPackCode.Raw8);
                break;
            case >= MsgPackCode.Bin8 and <= MsgPackCode.Bin32 when allowBin:
                lengthBytes = 1 << (code[0] - MsgPackCode.Bin8);
                break;
            default:
                Fail();
                return default;
        }

        if (!TryTake(lengthBytes, out ReadOnlySpan<byte> lengthRaw)) return default;
        long length = ReadBigEndian(lengthRaw);
        if (length > _input.Length - _position)
        {
            Fail();
            return default;
        }

        return TryTake((int)length, out ReadOnlySpan<byte> raw) ? raw : default;
    }

    /// <summary>The two's complement bits of an integer of any width; <paramref name="negative"/> gives the sign.</summary>
    private void ReadInteger(out ulong value, out bool negative)
    {
        value = 0;
        negative = false;
        if (!TryTake(1, out ReadOnlySpan<byte> code)) return;
        byte first = code[0];
        if (first < MsgPackCode.FixMap)
        {
            value = first;
            return;
        }

        if (first >= 0xe0)
        {
            value = (ulong)(sbyte)first;
            negative = true;
            return;
        }

        if (first == MsgPackCode.Nil) return;
        if (first is < MsgPackCode.UInt8 or > MsgPackCode.Int64)
        {
            Fail();
            return;
        }

        bool signed = first >= MsgPackCode.Int8;
        int width = 1 << (first - (signed ? MsgPackCode.Int8 : MsgPackCode.UInt8));
        if (!TryTake(width, out ReadOnlySpan<byte> raw)) return;
        foreach (byte b in raw) value = (value << 8) | b;
        if (!signed) return;
        int unused = 64 - (width * 8);
        long extended = (long)(value << unused) >> unused;
        negative = extended < 0;
        value = (ulong)extended;
    }

    private static long ReadBigEndian(ReadOnlySpan<byte> raw)
    {
        long value = 0;
        foreach (byte b in raw) value = (value << 8) | b;
        return value;
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> taken)
    {
        if (Failed || count > _input.Length - _position)
        {
            taken = default;
            return Fail();
        }

        taken = _input.Slice(_position, count);
        _position += count;
        return true;
    }
}
