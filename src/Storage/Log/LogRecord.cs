using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Consul.Fast.Consensus;
using K4os.Compression.LZ4;

namespace Consul.Fast.Storage.Log;

/// <summary>What a record says; the numbers are on disk and never change.</summary>
internal enum RecordKind : byte
{
    /// <summary>A Raft entry. It supersedes earlier records of its index and of everything after it.</summary>
    Entry = 1,

    /// <summary>Term and vote.</summary>
    HardState = 2,

    /// <summary>The entries up to and including an index are forgotten.</summary>
    Head = 3,

    /// <summary>Every entry before is forgotten.</summary>
    Reset = 4,
}

/// <summary>
/// Bytes of the records. All start with a checksum over the rest (4 bytes), the length (4), kind, entry type, flags and one
/// empty byte; numbers are little-endian.
/// </summary>
internal static class LogRecord
{
    public const int PrefixSize = 12;
    private const int EntryHeaderSize = PrefixSize + 32;
    private const int HardStateHeaderSize = PrefixSize + 16;
    private const byte CompressedFlag = 1;

    /// <summary>Below this size compression costs more time than writing the bytes.</summary>
    private const int CompressFrom = 4096;

    /// <summary>Appends an entry and returns its length.</summary>
    public static int WriteEntry(IBufferWriter<byte> output, LogEntry entry)
    {
        var data = entry.Data.Span;
        var bound = data.Length < CompressFrom ? data.Length : LZ4Codec.MaximumOutputSize(data.Length);
        var span = output.GetSpan(EntryHeaderSize + bound + entry.Extensions.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(span[12..], entry.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(span[20..], entry.Term);
        BinaryPrimitives.WriteInt64LittleEndian(span[28..], entry.AppendedAt.Ticks);
        BinaryPrimitives.WriteInt32LittleEndian(span[36..], data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(span[40..], entry.Extensions.Length);
        var stored = WriteData(data, span[EntryHeaderSize..], out var flags);
        entry.Extensions.Span.CopyTo(span[(EntryHeaderSize + stored)..]);
        var length = EntryHeaderSize + stored + entry.Extensions.Length;
        Seal(span[..length], RecordKind.Entry, (byte)entry.Type, flags);
        output.Advance(length);
        return length;
    }

    public static void WriteHardState(IBufferWriter<byte> output, HardState state)
    {
        var length = HardStateHeaderSize + Encoding.UTF8.GetByteCount(state.VotedFor);
        var span = output.GetSpan(length)[..length];
        BinaryPrimitives.WriteUInt64LittleEndian(span[12..], state.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(span[20..], state.VoteTerm);
        Encoding.UTF8.GetBytes(state.VotedFor, span[HardStateHeaderSize..]);
        Seal(span, RecordKind.HardState, 0, 0);
        output.Advance(length);
    }

    /// <param name="index">The last entry forgotten.</param>
    public static void WriteHead(IBufferWriter<byte> output, ulong index)
    {
        const int Length = PrefixSize + sizeof(ulong);
        var span = output.GetSpan(Length)[..Length];
        BinaryPrimitives.WriteUInt64LittleEndian(span[PrefixSize..], index);
        Seal(span, RecordKind.Head, 0, 0);
        output.Advance(Length);
    }

    public static void WriteReset(IBufferWriter<byte> output)
    {
        var span = output.GetSpan(PrefixSize)[..PrefixSize];
        Seal(span, RecordKind.Reset, 0, 0);
        output.Advance(PrefixSize);
    }

    /// <summary>
    /// Takes the first record of <paramref name="stream"/>; false when its length is impossible or its checksum wrong.
    /// </summary>
    public static bool TryTake(ReadOnlySpan<byte> stream, out RecordKind kind, out ReadOnlySpan<byte> record)
    {
        kind = default;
        record = default;
        if (stream.Length < PrefixSize) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(stream[4..]);
        if (length < PrefixSize || length > stream.Length) return false;
        record = stream[..length];
        kind = (RecordKind)record[8];
        return BinaryPrimitives.ReadUInt32LittleEndian(record) == Crc32C.Compute(record[sizeof(uint)..]);
    }

    /// <summary>Index of an entry or head record.</summary>
    public static ulong Index(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record[PrefixSize..]);

    /// <summary>The state in a verified hard-state record.</summary>
    public static HardState ReadHardState(ReadOnlySpan<byte> record) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(record[12..]),
        BinaryPrimitives.ReadUInt64LittleEndian(record[20..]),
        Encoding.UTF8.GetString(record[HardStateHeaderSize..]));

    /// <summary>The entry in a verified entry record.</summary>
    public static LogEntry ReadEntry(ReadOnlySpan<byte> record)
    {
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(record[28..]);
        var dataLength = BinaryPrimitives.ReadInt32LittleEndian(record[36..]);
        var extensions = BinaryPrimitives.ReadInt32LittleEndian(record[40..]);
        var stored = record[EntryHeaderSize..^extensions];
        var data = new byte[dataLength];
        if ((record[10] & CompressedFlag) == 0) stored.CopyTo(data);
        else if (LZ4Codec.Decode(stored, data) != dataLength) throw new InvalidDataException("entry does not decompress");
        return new LogEntry(
            Index(record),
            BinaryPrimitives.ReadUInt64LittleEndian(record[20..]),
            (EntryType)record[9],
            data,
            extensions == 0 ? default(ReadOnlyMemory<byte>) : record[^extensions..].ToArray(),
            ticks == 0 ? default : new DateTime(ticks, DateTimeKind.Utc));
    }

    private static int WriteData(ReadOnlySpan<byte> data, Span<byte> target, out byte flags)
    {
        flags = 0;
        if (data.Length >= CompressFrom)
        {
            // Reading pays for the saving too, so a little of it is not worth having.
            var size = LZ4Codec.Encode(data, target[..(data.Length - data.Length / 4)]);
            if (size > 0)
            {
                flags = CompressedFlag;
                return size;
            }
        }
        data.CopyTo(target);
        return data.Length;
    }

    private static void Seal(Span<byte> record, RecordKind kind, byte type, byte flags)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], record.Length);
        record[8] = (byte)kind;
        record[9] = type;
        record[10] = flags;
        record[11] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Compute(record[sizeof(uint)..]));
    }
}
