using System.Buffers.Binary;

namespace Consul.Fast.Net.Yamux;

/// <summary>What a frame is; the numbers are on the wire.</summary>
internal enum FrameType : byte
{
    Data = 0,
    WindowUpdate = 1,
    Ping = 2,
    GoAway = 3,
}

/// <summary>What a frame does to its stream besides its type; the bits are on the wire. Unknown bits are ignored.</summary>
[Flags]
internal enum FrameFlags : ushort
{
    None = 0,
    Syn = 1,
    Ack = 2,
    Fin = 4,
    Rst = 8,
}

/// <summary>Why a side refuses to go on; the numbers are on the wire.</summary>
internal enum GoAwayCode : uint
{
    Normal = 0,
    ProtocolError = 1,
    InternalError = 2,
}

/// <summary>The 12 bytes in front of every frame, big-endian: version, type, flags, stream id, length.</summary>
/// <param name="Version">0 is the only version there is.</param>
/// <param name="Type">As read, so possibly none of the named ones.</param>
/// <param name="StreamId">0 on Ping and GoAway.</param>
/// <param name="Length">Payload bytes of Data, credit of WindowUpdate, number of Ping, code of GoAway.</param>
internal readonly record struct FrameHeader(byte Version, FrameType Type, FrameFlags Flags, uint StreamId, uint Length)
{
    public const int Size = 12;

    public FrameHeader(FrameType type, FrameFlags flags, uint streamId, uint length)
        : this(0, type, flags, streamId, length)
    {
    }

    public bool Has(FrameFlags flag) => (Flags & flag) != 0;

    /// <summary>Reads the first <see cref="Size"/> bytes; any bytes give a header, which the session then judges.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        source = source[..Size];
        return new FrameHeader(
            source[0],
            (FrameType)source[1],
            (FrameFlags)BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[8..]));
    }

    public void Write(Span<byte> target)
    {
        target = target[..Size];
        target[0] = Version;
        target[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(target[8..], Length);
    }
}
