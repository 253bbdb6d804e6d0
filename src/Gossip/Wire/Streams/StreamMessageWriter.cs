using System.Buffers.Binary;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire.Lzw;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Wire.Streams;

/// <summary>
/// Builds the messages that go on streams: compressed whenever that is enabled, then encrypted, then behind the label. What a
/// method gives is valid until the next call. Reuses its buffers, unless a message was very large. One owner, one thread; the
/// cipher may be shared with others on that thread.
/// </summary>
internal sealed class StreamMessageWriter
{
    private const int EncryptedHeadBytes = 5;
    private const int Headroom = 2 + WireLimits.LabelBytesMax + EncryptedHeadBytes;
    private const int InitialBytes = 4096;

    private readonly WireSettings _settings;
    private readonly GossipCipher? _cipher;
    private readonly LzwEncoder _lzw = new();
    private readonly WireBuffer _plain = new(InitialBytes);
    private readonly WireBuffer _userState = new(InitialBytes);
    private readonly WireBuffer _compressed = new(InitialBytes);
    private readonly WireBuffer _encrypted = new(InitialBytes);

    /// <param name="cipher">Over the keyring of the settings; null when they have none.</param>
    public StreamMessageWriter(WireSettings settings, GossipCipher? cipher)
    {
        settings.Validate();
        _settings = settings;
        _cipher = cipher;
    }

    public ReadOnlyMemory<byte> Write(in Ping message)
    {
        _plain.Reset(Headroom);
        SwimEncoder.Encode(message, _plain);
        return Wrap(isReply: false);
    }

    public ReadOnlyMemory<byte> Write(in AckResp message)
    {
        _plain.Reset(Headroom);
        SwimEncoder.Encode(message, _plain);
        return Wrap(isReply: true);
    }

    public ReadOnlyMemory<byte> Write(in ErrResp message)
    {
        _plain.Reset(Headroom);
        SwimEncoder.Encode(message, _plain);
        return Wrap(isReply: true);
    }

    /// <param name="isReply">Answers bear no label.</param>
    public ReadOnlyMemory<byte> Write(in PushPullState state, bool isReply)
    {
        _userState.Reset(0);
        if (state.HasUserState) SerfEncoder.Encode(state.UserState, _userState);
        _plain.Reset(Headroom);
        PushPullEncoder.Encode(state, _userState.Span, _plain);
        return Wrap(isReply);
    }

    /// <param name="message">Serf type byte and structure.</param>
    public ReadOnlyMemory<byte> WriteUser(ReadOnlySpan<byte> message)
    {
        _plain.Reset(Headroom);
        PushPullEncoder.EncodeUser(message, _plain);
        return Wrap(isReply: false);
    }

    private ReadOnlyMemory<byte> Wrap(bool isReply)
    {
        WireBuffer buffer = _settings.Compress ? Compress() : _plain;
        if (_cipher is { HasKeys: true } && _settings.VerifyOutgoing) buffer = Encrypt(_cipher, buffer);
        if (!isReply && !_settings.Label.IsEmpty)
        {
            Span<byte> head = buffer.Prepend(_settings.LabelBytes);
            head[0] = (byte)MessageType.HasLabel;
            head[1] = (byte)_settings.Label.Length;
            _settings.Label.Span.CopyTo(head[2..]);
        }

        return buffer.Memory;
    }

    private WireBuffer Compress()
    {
        _compressed.Reset(Headroom + Compression.HeadBytesMax);
        // Few messages grow, and none by more than half; the large ones never do, and need no buffer for it.
        int written = _lzw.Encode(_plain.Span, _compressed.GetSpan(_plain.Length));
        if (written < 0) written = _lzw.Encode(_plain.Span, _compressed.GetSpan(LzwCode.EncodedBytesMax(_plain.Length)));
        _compressed.Advance(written);
        Compression.PrependHead(_compressed, written);
        return _compressed;
    }

    private WireBuffer Encrypt(GossipCipher cipher, WireBuffer message)
    {
        _encrypted.Reset(Headroom);
        int size = GossipCipher.SizeOf(message.Length, GossipCipher.CurrentVersion);
        Span<byte> associated = stackalloc byte[EncryptedHeadBytes + WireLimits.LabelBytesMax];
        associated[0] = (byte)MessageType.Encrypt;
        BinaryPrimitives.WriteUInt32BigEndian(associated[1..], (uint)size);
        _settings.Label.Span.CopyTo(associated[EncryptedHeadBytes..]);
        associated = associated[..(EncryptedHeadBytes + _settings.Label.Length)];
        cipher.Encrypt(message.Span, associated, GossipCipher.CurrentVersion, _encrypted.GetSpan(size));
        _encrypted.Advance(size);
        associated[..EncryptedHeadBytes].CopyTo(_encrypted.Prepend(EncryptedHeadBytes));
        return _encrypted;
    }
}
