using System.Buffers;
using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Log;

/// <summary>Reads durable entries back from the files. Thread safe.</summary>
internal sealed class EntryReader(SegmentFiles files, LogGeometry geometry)
{
    /// <summary>Entries that are read together, at most.</summary>
    public const int MaxRun = 256;

    /// <summary>Bytes that are read together, at most; one entry alone may be larger.</summary>
    private const int MaxBlock = 256 << 10;

    /// <summary>How many of the entries lie so close together that one read gets them all; 0 when the first crosses a page.</summary>
    public int CountTogether(ReadOnlySpan<EntryLocation> locations)
    {
        long start = locations[0].Address;
        long limit = start + Math.Min(MaxBlock, geometry.Room(start));
        int count = 0;
        // An entry that was written again lies behind its successors of old: only what ascends is one block.
        for (long end = start; count < locations.Length; count++)
        {
            EntryLocation location = locations[count];
            if (location.Address < end || location.Address + location.Length > limit) break;
            end = location.Address + location.Length;
        }

        return count;
    }

    /// <summary>Reads entries for which <see cref="CountTogether"/> has counted.</summary>
    public void ReadTogether(ulong first, ReadOnlySpan<EntryLocation> locations, Span<LogEntry> entries)
    {
        long start = locations[0].Address;
        int length = (int)(locations[^1].Address + locations[^1].Length - start);
        byte[] block = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            files.Read(start, block.AsSpan(0, length));
            for (int i = 0; i < locations.Length; i++)
            {
                EntryLocation location = locations[i];
                entries[i] = Decode(first + (ulong)i, location, block.AsSpan((int)(location.Address - start), location.Length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Reads one entry, wherever it lies.</summary>
    public LogEntry Read(ulong index, EntryLocation location)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(location.Length);
        try
        {
            Span<byte> record = buffer.AsSpan(0, location.Length);
            long address = location.Address;
            for (Span<byte> rest = record; rest.Length > 0;)
            {
                Span<byte> piece = rest[..Math.Min(rest.Length, geometry.Room(address))];
                files.Read(address, piece);
                rest = rest[piece.Length..];
                address = geometry.PageStart(address) + geometry.PageSize + LogGeometry.Overhead;
            }

            return Decode(index, location, record);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private LogEntry Decode(ulong index, EntryLocation location, ReadOnlySpan<byte> record)
    {
        if (LogRecord.TryTake(record, out RecordKind kind, out ReadOnlySpan<byte> whole) && kind == RecordKind.Entry &&
            LogRecord.Index(whole) == index) return LogRecord.ReadEntry(whole);
        (string path, long offset) = files.Locate(location.Address);
        throw new LogDamagedException($"entry {index} cannot be read", path, offset, index - 1);
    }
}
