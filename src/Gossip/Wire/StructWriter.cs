using System.Buffers;
using System.Runtime.CompilerServices;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Gossip.Wire;

/// <summary>Writes fields of gossip messages in the dialect of the peers. Keys must come sorted; that is the caller's part.</summary>
internal readonly ref struct StructWriter
{
    private readonly MsgPackWriter _writer;

    /// <summary>Begins a structure without a type byte.</summary>
    public StructWriter(IBufferWriter<byte> output, int fields)
    {
        _writer = new MsgPackWriter(output);
        _writer.WriteMapHeader(fields);
    }

    public StructWriter(IBufferWriter<byte> output, MessageType type, int fields)
        : this(output, (byte)type, fields)
    {
    }

    public StructWriter(IBufferWriter<byte> output, SerfMessageType type, int fields)
        : this(output, (byte)type, fields)
    {
    }

    private StructWriter(IBufferWriter<byte> output, byte type, int fields)
    {
        output.GetSpan(1)[0] = type;
        output.Advance(1);
        _writer = new MsgPackWriter(output);
        _writer.WriteMapHeader(fields);
    }

    public void Unsigned(ReadOnlySpan<byte> key, ulong value)
    {
        _writer.WriteKey(key);
        _writer.WriteUInt64(value);
    }

    public void Signed(ReadOnlySpan<byte> key, long value)
    {
        _writer.WriteKey(key);
        _writer.WriteInt64(value);
    }

    public void Bool(ReadOnlySpan<byte> key, bool value)
    {
        _writer.WriteKey(key);
        _writer.WriteBool(value);
    }

    public void Float(ReadOnlySpan<byte> key, double value)
    {
        _writer.WriteKey(key);
        _writer.WriteFloat64(value);
    }

    /// <summary>A text, or a byte string that is never nil.</summary>
    public void Raw(ReadOnlySpan<byte> key, ReadOnlyMemory<byte> value)
    {
        _writer.WriteKey(key);
        _writer.WriteBytes(value.Span);
    }

    /// <summary>A byte string that is nil when empty.</summary>
    public void Optional(ReadOnlySpan<byte> key, ReadOnlyMemory<byte> value)
    {
        _writer.WriteKey(key);
        if (value.IsEmpty) _writer.WriteNil();
        else _writer.WriteBytes(value.Span);
    }

    /// <summary>The bytes of an address; nil when there are none.</summary>
    [SkipLocalsInit]
    public void Address(ReadOnlySpan<byte> key, GossipAddress value)
    {
        _writer.WriteKey(key);
        Span<byte> bytes = stackalloc byte[16];
        int length = value.CopyTo(bytes);
        if (length == 0) _writer.WriteNil();
        else _writer.WriteBytes(bytes[..length]);
    }

    [SkipLocalsInit]
    public void Versions(ReadOnlySpan<byte> key, VersionVector value)
    {
        _writer.WriteKey(key);
        Span<byte> bytes = stackalloc byte[VersionVector.Length];
        value.CopyTo(bytes);
        if (value.IsPresent) _writer.WriteBytes(bytes);
        else _writer.WriteNil();
    }

    /// <summary>A key whose value the caller writes with the writer given.</summary>
    public MsgPackWriter Value(ReadOnlySpan<byte> key)
    {
        _writer.WriteKey(key);
        return _writer;
    }
}
