using System.Buffers.Binary;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire.Lzw;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Wire.Packets;

/// <summary>What became of a datagram as a whole.</summary>
internal enum PacketStatus : byte
{
    /// <summary>Opened; its messages can be taken.</summary>
    Open,

    /// <summary>No bytes.</summary>
    Empty,

    /// <summary>Another label than ours, none, one we did not ask for, or a damaged one.</summary>
    WrongLabel,

    /// <summary>No key fits, and only encrypted datagrams are taken.</summary>
    Undecryptable,

    WrongChecksum,
}

/// <summary>Parts of a datagram that were dropped while the others were taken.</summary>
[Flags]
internal enum PacketFaults : byte
{
    None = 0,

    /// <summary>A part without bytes.</summary>
    EmptyPart = 1,

    /// <summary>A compound that is shorter than its lengths say.</summary>
    Truncated = 2,

    /// <summary>A type that does not exist or does not come by datagram.</summary>
    WrongType = 4,

    /// <summary>A compressed part that cannot be expanded.</summary>
    Uncompressible = 8,

    /// <summary>Compressed parts that expand to more than is allowed.</summary>
    TooLarge = 16,

    /// <summary>Compounds and compressed parts inside one another, too often.</summary>
    TooDeep = 32,
}

/// <param name="Bytes">Type byte and what follows it; for a user message, a Serf message from its second byte.</param>
internal readonly record struct PacketMessage(MessageType Type, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// Takes datagrams apart: label, decryption, checksum, then compounds and compressed parts until single messages are left.
/// Every bound of <see cref="WireLimits"/> holds whatever was sent; nothing is thrown and, once warm, nothing allocated. One
/// owner, one thread.
/// </summary>
internal sealed class PacketReader
{
    private const int ChecksumBytes = 5;
    private readonly WireSettings _settings;
    private readonly GossipCipher? _cipher;
    private readonly LzwDecoder _lzw = new();
    private readonly byte[] _expanded = new byte[WireLimits.DatagramExpandedBytesMax];
    private readonly Frame[] _frames = new Frame[WireLimits.DatagramDepthMax];
    private byte[] _decrypted = new byte[2048];
    private ReadOnlyMemory<byte> _root;
    private bool _hasRoot;
    private int _frameCount;
    private int _expandedBytes;

    /// <param name="cipher">Over the keyring of the settings; null when they have none.</param>
    public PacketReader(WireSettings settings, GossipCipher? cipher)
    {
        settings.Validate();
        _settings = settings;
        _cipher = cipher;
    }

    /// <summary>What was dropped of the open datagram so far.</summary>
    public PacketFaults Faults { get; private set; }

    /// <summary>Opens a datagram and closes the one before. Messages refer to its memory.</summary>
    /// <param name="datagram">Decrypting uses it as working space, but leaves its bytes as they are.</param>
    public PacketStatus Open(Memory<byte> datagram)
    {
        Faults = PacketFaults.None;
        _frameCount = 0;
        _expandedBytes = 0;
        _hasRoot = false;
        if (datagram.IsEmpty) return PacketStatus.Empty;
        if (!TryRemoveLabel(ref datagram)) return PacketStatus.WrongLabel;
        ReadOnlyMemory<byte> plain = datagram;
        if (_cipher is { HasKeys: true })
        {
            if (TryDecrypt(_cipher, datagram.Span, out ReadOnlyMemory<byte> decrypted)) plain = decrypted;
            else if (_settings.VerifyIncoming) return PacketStatus.Undecryptable;
        }

        if (plain.Length >= ChecksumBytes && plain.Span[0] == (byte)MessageType.HasCrc)
        {
            uint expected = BinaryPrimitives.ReadUInt32BigEndian(plain.Span[1..]);
            plain = plain[ChecksumBytes..];
            if (Checksum.Compute(plain.Span) != expected) return PacketStatus.WrongChecksum;
        }

        _root = plain;
        _hasRoot = true;
        return PacketStatus.Open;
    }

    /// <summary>Takes the next message, in the order in which they stand in the datagram. False when there are no more.</summary>
    public bool TryNext(out PacketMessage message)
    {
        while (TryTake(out ReadOnlyMemory<byte> bytes, out int depth))
        {
            if (!TryExpand(ref bytes, ref depth)) continue;
            MessageType type = (MessageType)bytes.Span[0];
            switch (type)
            {
                case MessageType.Ping:
                case MessageType.IndirectPing:
                case MessageType.AckResp:
                case MessageType.Suspect:
                case MessageType.Alive:
                case MessageType.Dead:
                case MessageType.User:
                case MessageType.NackResp:
                    message = new PacketMessage(type, bytes);
                    return true;
                case MessageType.Compound:
                    Enter(bytes, depth);
                    break;
                default:
                    Faults |= PacketFaults.WrongType;
                    break;
            }
        }

        message = default;
        return false;
    }

    private bool TryRemoveLabel(ref Memory<byte> datagram)
    {
        ReadOnlySpan<byte> span = datagram.Span;
        if (span[0] != (byte)MessageType.HasLabel) return _settings.Label.IsEmpty;
        if (span.Length < 2 || span[1] == 0 || span.Length < 2 + span[1]) return false;
        if (!span.Slice(2, span[1]).SequenceEqual(_settings.Label.Span)) return false;
        datagram = datagram[(2 + span[1])..];
        return true;
    }

    private bool TryDecrypt(GossipCipher cipher, Span<byte> payload, out ReadOnlyMemory<byte> plain)
    {
        if (_decrypted.Length < payload.Length) _decrypted = new byte[Math.Max(payload.Length, WireLimits.DatagramBytesMax)];
        bool decrypted = cipher.TryDecrypt(payload, _settings.Label.Span, _decrypted, out int length);
        plain = _decrypted.AsMemory(0, length);
        return decrypted;
    }

    /// <summary>Takes the datagram itself, then the parts of the innermost compound that has any left.</summary>
    private bool TryTake(out ReadOnlyMemory<byte> bytes, out int depth)
    {
        if (_hasRoot)
        {
            _hasRoot = false;
            bytes = _root;
            depth = 0;
            return true;
        }

        for (; _frameCount > 0; _frameCount--)
        {
            ref Frame frame = ref _frames[_frameCount - 1];
            depth = frame.Depth;
            if (frame.TryTake(out bytes)) return true;
            if (frame.IsTruncated) Faults |= PacketFaults.Truncated;
        }

        bytes = default;
        depth = 0;
        return false;
    }

    /// <summary>Expands a part as long as it is compressed. False when nothing is left of it.</summary>
    private bool TryExpand(ref ReadOnlyMemory<byte> bytes, ref int depth)
    {
        while (!bytes.IsEmpty && bytes.Span[0] == (byte)MessageType.Compress)
        {
            if (++depth > WireLimits.DatagramDepthMax) return Drop(PacketFaults.TooDeep);
            if (!Compression.TryRead(bytes, out ReadOnlyMemory<byte> compressed)) return Drop(PacketFaults.Uncompressible);
            LzwStatus status = _lzw.Decode(compressed.Span, _expanded.AsSpan(_expandedBytes), out int written);
            if (status == LzwStatus.TooLarge) return Drop(PacketFaults.TooLarge);
            if (status != LzwStatus.Done) return Drop(PacketFaults.Uncompressible);
            bytes = _expanded.AsMemory(_expandedBytes, written);
            _expandedBytes += written;
        }

        return !bytes.IsEmpty || Drop(PacketFaults.EmptyPart);
    }

    private void Enter(ReadOnlyMemory<byte> compound, int depth)
    {
        if (depth >= WireLimits.DatagramDepthMax || _frameCount == _frames.Length) Faults |= PacketFaults.TooDeep;
        else if (Frame.TryMake(compound, depth + 1, out Frame frame)) _frames[_frameCount++] = frame;
        else Faults |= PacketFaults.Truncated;
    }

    private bool Drop(PacketFaults fault)
    {
        Faults |= fault;
        return false;
    }

    /// <summary>A compound with the parts that were not taken yet.</summary>
    private struct Frame
    {
        private ReadOnlyMemory<byte> _compound;
        private int _parts;
        private int _taken;
        private int _offset;

        public int Depth { get; private init; }

        public bool IsTruncated { get; private set; }

        /// <summary>False when the lengths themselves are cut off.</summary>
        public static bool TryMake(ReadOnlyMemory<byte> compound, int depth, out Frame frame)
        {
            int parts = compound.Length < 2 ? 0 : compound.Span[1];
            int offset = 2 + (2 * parts);
            frame = new Frame { _compound = compound, _parts = parts, _offset = offset, Depth = depth };
            return compound.Length >= offset;
        }

        public bool TryTake(out ReadOnlyMemory<byte> part)
        {
            part = default;
            if (_taken == _parts) return false;
            int length = BinaryPrimitives.ReadUInt16BigEndian(_compound.Span[(2 + (2 * _taken))..]);
            if (length > _compound.Length - _offset)
            {
                _taken = _parts;
                IsTruncated = true;
                return false;
            }

            part = _compound.Slice(_offset, length);
            _offset += length;
            _taken++;
            return true;
        }
    }
}
