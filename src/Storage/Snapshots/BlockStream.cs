using System.Buffers.Binary;
using System.Text;
using Consul.Fast.Storage.Log;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>
/// Layout of a state file: the mark, then blocks, then the trailer. A block has a header of stored length, raw length and
/// checksum (4 bytes each, little-endian) and its bytes: LZ4, or raw when both lengths are equal. The trailer is a header with
/// both lengths 0, followed by the raw length of the whole (8 bytes). Each checksum continues the one before, so that a block
/// that is missing, doubled or out of place is found.
/// </summary>
internal static class BlockStream
{
    /// <summary>Raw bytes of a block; the last may be smaller.</summary>
    public const int BlockSize = 256 << 10;

    public const int HeaderSize = 12;
    public const int TrailerSize = HeaderSize + sizeof(long);

    /// <summary>First bytes of the file; the last is the version of the layout.</summary>
    public static ReadOnlySpan<byte> Mark => "CFSTATE\x01"u8;

    /// <summary>Checksum of a block or the trailer.</summary>
    /// <param name="previous">Checksum of the block before.</param>
    public static uint Checksum(uint previous, int stored, int raw, ReadOnlySpan<byte> bytes)
    {
        Span<byte> lengths = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(lengths, stored);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], raw);
        return Crc32C.Compute(bytes, Crc32C.Compute(lengths, previous));
    }

    /// <summary>What is wrong with the end of a complete state file, or null: finds cut files without reading them.</summary>
    public static string? FindEndFault(string path, long size)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        Span<byte> mark = stackalloc byte[Mark.Length];
        RandomAccess.Read(file, mark, 0);
        if (!mark.SequenceEqual(Mark)) return $"{path} is not a state file at byte 0: it starts with \"{Encoding.ASCII.GetString(mark)}\"";
        Span<byte> trailer = stackalloc byte[TrailerSize];
        if (length < Mark.Length + TrailerSize) return $"{path} ends at byte {length}, before its trailer";
        RandomAccess.Read(file, trailer, length - TrailerSize);
        var isTrailer = BinaryPrimitives.ReadInt64LittleEndian(trailer) == 0
            && BinaryPrimitives.ReadInt64LittleEndian(trailer[HeaderSize..]) == size;
        return isTrailer ? null : $"{path} has no trailer for {size} bytes at byte {length - TrailerSize}";
    }
}
