using System.Buffers.Binary;
using FASTER.core;

namespace Consul.Fast.Storage.Log;

/// <summary>
/// Header of a frame, the unit that is handed to FASTER. Frames form a chain: each carries the checksum of the one before,
/// so that the remains of an abandoned write are never taken for a continuation. Checksums start from the log's salt, so that
/// a value that imitates a frame is never taken for one.
/// </summary>
/// <param name="Crc">Checksum over the frame's length, the fields below and the payload.</param>
/// <param name="Link">Checksum of the frame before; 0 in the first frame of a log.</param>
/// <param name="Batch">Number of the batch, from 1; the next one starts only when this one is durable.</param>
/// <param name="Part">Position of the frame in its batch, from 0.</param>
/// <param name="IsLast">True in the frame that completes the batch.</param>
internal readonly record struct LogFrame(uint Crc, uint Link, ulong Batch, int Part, bool IsLast)
{
    public const int HeaderSize = 20;
    private const uint LastBit = 1u << 31;

    /// <summary>A frame around <paramref name="payload"/>.</summary>
    public static LogFrame Seal(uint salt, uint link, ulong batch, int part, bool last, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        var frame = new LogFrame(0, link, batch, part, last);
        frame.WriteTo(header);
        return frame with { Crc = Checksum(salt, header, payload) };
    }

    /// <summary>Reads and verifies a frame; false when the bytes are not one.</summary>
    public static bool TryRead(uint salt, ReadOnlySpan<byte> source, out LogFrame frame)
    {
        frame = default;
        if (source.Length <= HeaderSize) return false;
        var part = BinaryPrimitives.ReadUInt32LittleEndian(source[16..]);
        frame = new LogFrame(
            BinaryPrimitives.ReadUInt32LittleEndian(source),
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            (int)(part & ~LastBit),
            (part & LastBit) != 0);
        return frame.Crc == Checksum(salt, source[..HeaderSize], source[HeaderSize..]);
    }

    public void WriteTo(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Link);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], Batch);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)Part | (IsLast ? LastBit : 0));
    }

    private static uint Checksum(uint salt, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        Crc32C.Compute(payload, Crc32C.Compute(header[sizeof(uint)..HeaderSize], salt ^ (uint)payload.Length));
}

/// <summary>Writes a frame straight into FASTER's page.</summary>
internal readonly struct FrameEntry(LogFrame frame, ReadOnlyMemory<byte> payload) : ILogEnqueueEntry
{
    public int SerializedLength => LogFrame.HeaderSize + payload.Length;

    public void SerializeTo(Span<byte> dest)
    {
        frame.WriteTo(dest);
        payload.Span.CopyTo(dest[LogFrame.HeaderSize..]);
    }
}
