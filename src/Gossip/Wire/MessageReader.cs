using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Gossip.Wire;

/// <summary>
/// Reads fields of gossip messages; text and bytes come as slices of the message, not as copies. The first fault makes
/// <see cref="Failed"/> true for good and every later read give a zero value.
/// </summary>
internal ref struct MessageReader
{
    private readonly ReadOnlyMemory<byte> _input;
    private readonly ReadOnlySpan<byte> _span;
    private MsgPackReader _reader;

    public MessageReader(ReadOnlyMemory<byte> input)
    {
        _input = input;
        _span = input.Span;
        _reader = new MsgPackReader(_span);
    }

    /// <summary>For structures of numbers alone: text and bytes cannot be read this way.</summary>
    public MessageReader(ReadOnlySpan<byte> input)
    {
        _span = input;
        _reader = new MsgPackReader(input);
    }

    public readonly bool Failed => _reader.Failed;

    /// <summary>Bytes read so far.</summary>
    public readonly int Consumed => _reader.Consumed;

    public readonly int Remaining => _span.Length - _reader.Consumed;

    public bool Fail() => _reader.Fail();

    public void Skip() => _reader.Skip();

    public bool TryReadNil() => _reader.TryReadNil();

    public readonly MsgPackKind Peek() => _reader.Peek();

    public bool Bool() => _reader.ReadBool();

    public ulong UInt64() => _reader.ReadUInt64();

    public long Int64() => _reader.ReadInt64();

    public double Float64() => _reader.ReadFloat64();

    public uint UInt32() => (uint)Unsigned(uint.MaxValue);

    public ushort UInt16() => (ushort)Unsigned(ushort.MaxValue);

    public byte Byte() => (byte)Unsigned(byte.MaxValue);

    /// <summary>A count or length: negative ones are malformed, large ones give <see cref="int.MaxValue"/>.</summary>
    public int Count()
    {
        long value = _reader.ReadInt64();
        if (value < 0) _reader.Fail();
        return Failed ? 0 : (int)Math.Min(value, int.MaxValue);
    }

    /// <summary>Text; the bin forms are malformed here, as for peers.</summary>
    public ReadOnlyMemory<byte> Text() => Slice(_reader.ReadKey());

    /// <summary>A byte string in any form; nil is empty.</summary>
    public ReadOnlyMemory<byte> Bytes() => Slice(_reader.ReadBytesInPlace(out _));

    /// <summary>As <see cref="Bytes"/>, for what is looked at only.</summary>
    public ReadOnlySpan<byte> BytesInPlace() => _reader.ReadBytesInPlace(out _);

    public ReadOnlySpan<byte> Key() => _reader.ReadKey();

    /// <summary>Number of items; 0 for nil. More than <paramref name="max"/> is malformed.</summary>
    public int ArrayHeader(int max) => Bounded(_reader.ReadArrayHeader(), max);

    /// <summary>Number of pairs; 0 for nil. More than <paramref name="max"/> is malformed.</summary>
    public int MapHeader(int max) => Bounded(_reader.ReadMapHeader(), max);

    /// <summary>The six version bytes; nil and empty give an absent vector.</summary>
    public VersionVector Versions()
    {
        if (!VersionVector.TryFrom(_reader.ReadBytesInPlace(out _), out VersionVector vector)) _reader.Fail();
        return vector;
    }

    /// <summary>Skips one object and gives its bytes.</summary>
    public ReadOnlyMemory<byte> Encoded() => Slice(_reader.ReadEncoded());

    /// <summary>The address of the bytes read earlier; malformed unless there are 0, 4 or 16.</summary>
    public GossipAddress Address(ReadOnlySpan<byte> bytes, ushort port)
    {
        if (!GossipAddress.TryFrom(bytes, port, out GossipAddress address)) _reader.Fail();
        return address;
    }

    /// <summary>The rest of the input, unread.</summary>
    public readonly ReadOnlyMemory<byte> Rest() => _input[_reader.Consumed..];

    private readonly ReadOnlyMemory<byte> Slice(ReadOnlySpan<byte> read) =>
        read.IsEmpty ? default : _input.Slice(_reader.Consumed - read.Length, read.Length);

    private int Bounded(int count, int max)
    {
        if (count > max) _reader.Fail();
        return Failed ? 0 : Math.Max(count, 0);
    }

    private ulong Unsigned(ulong max)
    {
        ulong value = _reader.ReadUInt64();
        if (value > max) _reader.Fail();
        return Failed ? 0 : value;
    }
}
