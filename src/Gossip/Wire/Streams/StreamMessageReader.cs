using System.Buffers;
using System.Buffers.Binary;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire.Lzw;
using Consul.Fast.Gossip.Wire.Security;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Gossip.Wire.Streams;

/// <summary>
/// Reads the one message that a peer sends on a stream: label, decryption, expansion, and where the message ends. Takes bytes
/// as they come. Memory grows with what has arrived, never with what was announced, up to <see cref="WireLimits"/>.
/// </summary>
/// <remarks>
/// One reader per direction of a stream, used by one thread at a time, as is the cipher. Dispose returns the memory, and with it
/// the message.
/// </remarks>
internal sealed class StreamMessageReader : IDisposable
{
    private const int EncryptedHeadBytes = 5;
    private const int InitialBytes = 2048;
    private const int ReceivedBytesMax = WireLimits.StreamBytesMax + EncryptedHeadBytes + 2 + WireLimits.LabelBytesMax;

    private readonly WireSettings _settings;
    private readonly GossipCipher? _cipher;
    private byte[] _received = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private byte[]? _decrypted;
    private byte[]? _expanded;
    private int _receivedBytes;
    private int _start;
    private Stage _stage;
    private MsgPackMeasure _wrapper;
    private ContentMeasure _content;

    /// <param name="cipher">Over the keyring of the settings; null when they have none.</param>
    /// <param name="isReply">The stream was opened here: the answer bears no label.</param>
    public StreamMessageReader(WireSettings settings, GossipCipher? cipher, bool isReply)
    {
        settings.Validate();
        _settings = settings;
        _cipher = cipher;
        _stage = isReply ? Stage.Outer : Stage.Label;
    }

    private enum Stage
    {
        Label,
        Outer,
        Encrypted,
        Compressed,
        Content,
    }

    public StreamStatus Status { get; private set; }

    /// <summary>Type of the message, once complete: ping, ackResp, pushPull, user or err.</summary>
    public MessageType Type => (MessageType)Message.Span[0];

    /// <summary>Type byte and what follows, once complete; valid until the reader is disposed.</summary>
    public ReadOnlyMemory<byte> Message { get; private set; }

    /// <summary>The Serf message in a user message, once complete.</summary>
    public ReadOnlyMemory<byte> UserMessage
    {
        get
        {
            MessageReader reader = new(Message[1..]);
            UserMsgHeader header = PushPullDecoder.ReadUserHeader(ref reader);
            return reader.Rest()[..header.UserMsgLen];
        }
    }

    /// <summary>Takes bytes that have arrived; all of them are copied or, after the end of the message, ignored.</summary>
    public StreamStatus Append(in ReadOnlySequence<byte> data)
    {
        foreach (ReadOnlyMemory<byte> segment in data)
        {
            if (Append(segment.Span) != StreamStatus.NeedMore) break;
        }

        return Status;
    }

    /// <inheritdoc cref="Append(in ReadOnlySequence{byte})"/>
    public StreamStatus Append(ReadOnlySpan<byte> data)
    {
        if (Status != StreamStatus.NeedMore) return Status;
        if (data.Length > ReceivedBytesMax - _receivedBytes) return Status = StreamStatus.TooLarge;
        if (data.Length > _received.Length - _receivedBytes) Grow(_receivedBytes + data.Length);
        data.CopyTo(_received.AsSpan(_receivedBytes));
        _receivedBytes += data.Length;
        while (Status == StreamStatus.NeedMore && _receivedBytes > _start && TryStep())
        {
        }

        return Status;
    }

    /// <summary>The peer will send no more.</summary>
    public StreamStatus End()
    {
        if (Status != StreamStatus.NeedMore) return Status;
        if (_receivedBytes == 0) Status = StreamStatus.Nothing;
        else Status = _stage == Stage.Content ? StreamStatus.Malformed : StreamStatus.BadWrapping;
        return Status;
    }

    public void Dispose()
    {
        Message = default;
        Return(ref _decrypted);
        Return(ref _expanded);
        byte[]? received = _received;
        _received = [];
        Return(ref received);
        _receivedBytes = 0;
        _start = 0;
        if (Status == StreamStatus.NeedMore) Status = StreamStatus.Nothing;
    }

    /// <summary>Goes through one layer; false when it needs more bytes or the reader has come to an end.</summary>
    private bool TryStep() => _stage switch
    {
        Stage.Label => TryPassLabel(),
        Stage.Outer => TryPassOuter(),
        Stage.Encrypted => TryDecrypt(),
        Stage.Compressed => TryExpandReceived(),
        _ => TryFinish(_received.AsMemory(_start, _receivedBytes - _start), isAll: false),
    };

    private bool TryPassLabel()
    {
        ReadOnlySpan<byte> span = _received.AsSpan(0, _receivedBytes);
        if (span[0] == (byte)MessageType.HasLabel)
        {
            if (span.Length < 2) return false;
            int length = span[1];
            if (length == 0 || length != _settings.Label.Length) return Fail(StreamStatus.WrongLabel);
            if (span.Length < 2 + length) return false;
            if (!span.Slice(2, length).SequenceEqual(_settings.Label.Span)) return Fail(StreamStatus.WrongLabel);
            _start = 2 + length;
        }
        else if (!_settings.Label.IsEmpty)
        {
            return Fail(StreamStatus.WrongLabel);
        }

        _stage = Stage.Outer;
        return true;
    }

    private bool TryPassOuter()
    {
        bool hasKeys = _cipher is { HasKeys: true };
        byte type = _received[_start];
        if (type == (byte)MessageType.Encrypt)
        {
            if (!hasKeys) return Fail(StreamStatus.NoKeys);
            _stage = Stage.Encrypted;
            return true;
        }

        if (hasKeys && _settings.VerifyIncoming) return Fail(StreamStatus.NotEncrypted);
        _stage = type == (byte)MessageType.Compress ? Stage.Compressed : Stage.Content;
        return true;
    }

    private bool TryDecrypt()
    {
        Span<byte> span = _received.AsSpan(_start, _receivedBytes - _start);
        if (span.Length < EncryptedHeadBytes) return false;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(span[1..]);
        if (length > WireLimits.StreamBytesMax) return Fail(StreamStatus.TooLarge);
        if (span.Length < EncryptedHeadBytes + (int)length) return false;
        Span<byte> associated = stackalloc byte[EncryptedHeadBytes + WireLimits.LabelBytesMax];
        span[..EncryptedHeadBytes].CopyTo(associated);
        _settings.Label.Span.CopyTo(associated[EncryptedHeadBytes..]);
        associated = associated[..(EncryptedHeadBytes + _settings.Label.Length)];
        _decrypted = ArrayPool<byte>.Shared.Rent((int)length);
        Span<byte> payload = span.Slice(EncryptedHeadBytes, (int)length);
        if (!_cipher!.TryDecrypt(payload, associated, _decrypted, out int plainBytes)) return Fail(StreamStatus.Undecryptable);
        ReadOnlyMemory<byte> plain = _decrypted.AsMemory(0, plainBytes);
        if (plain.IsEmpty) return Fail(StreamStatus.BadWrapping);
        return plain.Span[0] == (byte)MessageType.Compress ? TryExpand(plain) : TryFinish(plain, isAll: true);
    }

    private bool TryExpandReceived()
    {
        int offset = _start + 1;
        ReadOnlySpan<byte> structure = _received.AsSpan(offset, _receivedBytes - offset);
        if (!_wrapper.Advance(structure)) return _wrapper.Malformed && Fail(StreamStatus.BadWrapping);
        return TryExpand(_received.AsMemory(_start, 1 + (int)_wrapper.Length));
    }

    private bool TryExpand(ReadOnlyMemory<byte> message)
    {
        if (!Compression.TryRead(message, out ReadOnlyMemory<byte> compressed)) return Fail(StreamStatus.BadWrapping);
        LzwDecoder lzw = new();
        LzwStatus status = lzw.Measure(compressed.Span, WireLimits.StreamBytesMax, out int length);
        if (status == LzwStatus.TooLarge) return Fail(StreamStatus.TooLarge);
        if (status != LzwStatus.Done || length == 0) return Fail(StreamStatus.BadWrapping);
        _expanded = ArrayPool<byte>.Shared.Rent(length);
        lzw.Decode(compressed.Span, _expanded.AsSpan(0, length), out _);
        return TryFinish(_expanded.AsMemory(0, length), isAll: true);
    }

    /// <param name="isAll">The content cannot grow any more.</param>
    private bool TryFinish(ReadOnlyMemory<byte> content, bool isAll)
    {
        StreamStatus status = _content.Advance(content);
        if (status == StreamStatus.NeedMore) return isAll && Fail(StreamStatus.Malformed);
        if (status != StreamStatus.Complete) return Fail(status);
        Message = content[.._content.Length];
        Status = StreamStatus.Complete;
        return false;
    }

    private bool Fail(StreamStatus status)
    {
        Status = status;
        return false;
    }

    private void Grow(int wanted)
    {
        byte[] grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(wanted, _received.Length * 2L), ReceivedBytesMax));
        _received.AsSpan(0, _receivedBytes).CopyTo(grown);
        byte[]? old = _received;
        _received = grown;
        Return(ref old);
    }

    private static void Return(ref byte[]? array)
    {
        if (array is { Length: > 0 }) ArrayPool<byte>.Shared.Return(array);
        array = null;
    }
}
