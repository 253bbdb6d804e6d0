using System.Buffers.Binary;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire.Lzw;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Wire.Packets;

/// <summary>
/// Builds datagrams: one message or a compound, compressed if that is shorter, then checksum, encryption and label. Reuses its
/// buffers, so it allocates nothing once warm. One owner, one thread; the cipher may be shared with others on that thread.
/// </summary>
internal sealed class PacketWriter
{
    private const int ChecksumBytes = 5;
    private const int Headroom = WireLimits.LabelBytesMax + 2 + ChecksumBytes + CompoundHeadMax;
    private const int CompoundHeadMax = 2 + (2 * WireLimits.CompoundPartsMax);
    private const int InitialBytes = 4096;

    private readonly WireSettings _settings;
    private readonly GossipCipher? _cipher;
    private readonly LzwEncoder _lzw = new();
    private readonly WireBuffer _plain = new(InitialBytes);
    private readonly WireBuffer _compressed = new(InitialBytes);
    private readonly WireBuffer _encrypted = new(InitialBytes);
    private readonly int[] _ends = new int[WireLimits.CompoundPartsMax];
    private int _parts;

    /// <param name="cipher">Over the keyring of the settings; null when they have none.</param>
    public PacketWriter(WireSettings settings, GossipCipher? cipher)
    {
        settings.Validate();
        _settings = settings;
        _cipher = cipher;
    }

    /// <summary>Messages in the packet so far.</summary>
    public int Parts => _parts;

    /// <summary>Begins a packet; one that was not ended is forgotten.</summary>
    public void Begin()
    {
        _plain.Reset(Headroom);
        _parts = 0;
    }

    public void Add(in Ping message)
    {
        SwimEncoder.Encode(message, _plain);
        EndPart();
    }

    public void Add(in IndirectPing message)
    {
        SwimEncoder.Encode(message, _plain);
        EndPart();
    }

    public void Add(in AckResp message)
    {
        SwimEncoder.Encode(message, _plain);
        EndPart();
    }

    public void Add(in NackResp message)
    {
        SwimEncoder.Encode(message, _plain);
        EndPart();
    }

    public void Add(in Suspect message)
    {
        SwimEncoder.Encode(message, _plain);
        EndPart();
    }

    public void Add(in Alive message)
    {
        SwimEncoder.Encode(message, _plain);
        EndPart();
    }

    public void Add(in Dead message)
    {
        SwimEncoder.Encode(message, _plain);
        EndPart();
    }

    /// <param name="message">Serf type byte and structure; the user type byte goes before it.</param>
    public void AddUser(ReadOnlySpan<byte> message)
    {
        Span<byte> span = _plain.GetSpan(message.Length + 1);
        span[0] = (byte)MessageType.User;
        message.CopyTo(span[1..]);
        _plain.Advance(message.Length + 1);
        EndPart();
    }

    /// <summary>Ends the packet. False when nothing was added, or more than a datagram can carry.</summary>
    /// <param name="checksum">Put the checksum header in: the target understands it.</param>
    /// <param name="datagram">Valid until the next <see cref="Begin"/>.</param>
    public bool TryEnd(bool checksum, out ReadOnlyMemory<byte> datagram)
    {
        datagram = default;
        if (_parts == 0 || (_parts > 1 && !TryPrependCompoundHead())) return false;
        WireBuffer buffer = _settings.Compress && TryCompress() ? _compressed : _plain;
        if (checksum) PrependChecksum(buffer);
        if (_cipher is { HasKeys: true } && _settings.VerifyOutgoing) buffer = Encrypt(_cipher, buffer);
        if (!_settings.Label.IsEmpty) PrependLabel(buffer);
        datagram = buffer.Memory;
        return datagram.Length <= WireLimits.DatagramBytesMax;
    }

    private void EndPart()
    {
        if (_parts == WireLimits.CompoundPartsMax) throw new InvalidOperationException("more parts than a compound message counts");
        _ends[_parts++] = _plain.Length;
    }

    private bool TryPrependCompoundHead()
    {
        Span<byte> head = _plain.Prepend(2 + (2 * _parts));
        head[0] = (byte)MessageType.Compound;
        head[1] = (byte)_parts;
        int start = 0;
        for (int i = 0; i < _parts; i++)
        {
            int length = _ends[i] - start;
            if (length > ushort.MaxValue) return false;
            BinaryPrimitives.WriteUInt16BigEndian(head[(2 + (2 * i))..], (ushort)length);
            start = _ends[i];
        }

        return true;
    }

    private bool TryCompress()
    {
        int room = _plain.Length - Compression.SizeOf(0);
        if (room <= 0) return false;
        _compressed.Reset(Headroom + Compression.HeadBytesMax);
        int written = _lzw.Encode(_plain.Span, _compressed.GetSpan(room)[..room]);
        if (written < 0 || Compression.SizeOf(written) >= _plain.Length) return false;
        _compressed.Advance(written);
        Compression.PrependHead(_compressed, written);
        return true;
    }

    private static void PrependChecksum(WireBuffer buffer)
    {
        uint crc = Checksum.Compute(buffer.Span);
        Span<byte> head = buffer.Prepend(ChecksumBytes);
        head[0] = (byte)MessageType.HasCrc;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], crc);
    }

    private WireBuffer Encrypt(GossipCipher cipher, WireBuffer message)
    {
        _encrypted.Reset(Headroom);
        int size = GossipCipher.SizeOf(message.Length, GossipCipher.CurrentVersion);
        cipher.Encrypt(message.Span, _settings.Label.Span, GossipCipher.CurrentVersion, _encrypted.GetSpan(size));
        _encrypted.Advance(size);
        return _encrypted;
    }

    private void PrependLabel(WireBuffer buffer)
    {
        Span<byte> head = buffer.Prepend(_settings.LabelBytes);
        head[0] = (byte)MessageType.HasLabel;
        head[1] = (byte)_settings.Label.Length;
        _settings.Label.Span.CopyTo(head[2..]);
    }
}
