using Consul.Fast.Consensus;
using Consul.Fast.Storage.Log;

namespace Consul.Fast.Storage.Tests.Log;

/// <summary>Opens logs with small pages and files, so that little data reaches every boundary.</summary>
internal static class LogFixture
{
    public const int PageSize = 4096;
    public const int SegmentSize = 16384;

    public static FasterRaftLog Open(string directory, IDiskIo? io = null) =>
        FasterRaftLog.Open(directory, Options(io));

    public static RaftLogOptions Options(IDiskIo? io = null) => new()
    {
        PageSize = PageSize,
        SegmentSize = SegmentSize,
        CacheEntries = 8,
        CacheBytes = 64 << 10,
        Io = io ?? new FaultyIo(),
    };

    public static LogEntry Entry(ulong index, int size = 20, ulong term = 1, int seed = 0) => new(
        index,
        term,
        (EntryType)(index % 6),
        Bytes(size, (int)index + seed),
        index % 3 == 0 ? Bytes(5, 99) : default(ReadOnlyMemory<byte>),
        index % 2 == 0 ? new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc).AddTicks((long)index) : default);

    public static void AppendAndSync(this FasterRaftLog log, params LogEntry[] entries)
    {
        log.Append(entries);
        log.Sync();
    }

    public static void AssertHolds(FasterRaftLog log, params LogEntry[] expected)
    {
        Assert.Equal(expected.Length == 0 ? 0 : expected[0].Index, log.FirstIndex);
        Assert.Equal(expected.Length == 0 ? 0 : expected[^1].Index, log.LastIndex);
        foreach (var entry in expected) AssertReads(log, entry);
        if (expected.Length == 0) return;
        Assert.False(log.TryRead(expected[0].Index - 1, out _));
        Assert.False(log.TryRead(expected[^1].Index + 1, out _));
    }

    public static void AssertReads(FasterRaftLog log, LogEntry expected)
    {
        Assert.True(log.TryRead(expected.Index, out var entry));
        Assert.Equal(Head(expected), Head(entry));
        Assert.True(expected.Data.Span.SequenceEqual(entry.Data.Span));
        Assert.True(expected.Extensions.Span.SequenceEqual(entry.Extensions.Span));
    }

    private static (ulong, ulong, EntryType, DateTime) Head(LogEntry entry) => (entry.Index, entry.Term, entry.Type, entry.AppendedAt);

    public static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
