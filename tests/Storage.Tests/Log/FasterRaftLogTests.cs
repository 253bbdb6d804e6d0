using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Storage.Log;
using static Consul.Fast.Storage.Tests.Log.LogFixture;

namespace Consul.Fast.Storage.Tests.Log;

public sealed class FasterRaftLogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void New_log_is_empty()
    {
        using var log = Open(_directory.Path);

        AssertHolds(log);
        Assert.Equal(new HardState(0, 0, ""), log.HardState);
        log.Sync();
    }

    [Fact]
    public void Entries_can_be_read_before_and_after_their_sync_and_after_reopening()
    {
        LogEntry[] entries = [.. Enumerable.Range(1, 40).Select(i => Entry((ulong)i))];
        using (var log = Open(_directory.Path))
        {
            log.Append(entries);
            AssertHolds(log, entries);
            log.Sync();
            AssertHolds(log, entries);
        }
        using var reopened = Open(_directory.Path);
        AssertHolds(reopened, entries);
    }

    [Fact]
    public void Entries_that_were_not_synced_are_gone_after_reopening()
    {
        using (var log = Open(_directory.Path))
        {
            log.AppendAndSync(Entry(1));
            log.Append([Entry(2)]);
        }
        using var reopened = Open(_directory.Path);
        AssertHolds(reopened, Entry(1));
    }

    [Fact]
    public void Log_of_real_size_syncs_to_the_disk_and_survives()
    {
        LogEntry[] entries = [.. Enumerable.Range(1, 700).Select(i => Entry((ulong)i, size: 2000))];
        using (var log = FasterRaftLog.Open(_directory.Path))
        {
            log.Append(entries);
            log.SetHardState(new HardState(5, 4, "a:1"));
            log.Sync();
            AssertHolds(log, entries);
        }
        using var reopened = FasterRaftLog.Open(_directory.Path);
        AssertHolds(reopened, entries);
        Assert.Equal(new HardState(5, 4, "a:1"), reopened.HardState);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SegmentPath(0)));
    }

    [Fact]
    public void Batch_costs_one_write_and_one_sync_beside_the_mark()
    {
        var io = new FaultyIo();
        using var log = Open(_directory.Path, io);
        var (writes, syncs) = (io.Writes, io.Syncs);

        for (ulong i = 1; i <= 10; i++)
        {
            log.SetHardState(new HardState(i, i, "10.0.0.1:8300"));
            log.AppendAndSync(Entry(i * 2 - 1), Entry(i * 2));
        }

        // The first batch has none before it to be marked.
        Assert.Equal(10 + 9, io.Writes - writes);
        Assert.Equal(10, io.Syncs - syncs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Entry_replaces_that_of_its_index_and_everything_after(ulong from)
    {
        using (var log = Open(_directory.Path))
        {
            log.AppendAndSync(Entry(1), Entry(2), Entry(3), Entry(4), Entry(5));
            log.AppendAndSync(Entry(from, term: 2, seed: 7));
            Assert.Equal(from, log.LastIndex);
        }
        using var reopened = Open(_directory.Path);
        Assert.Equal((1UL, from), (reopened.FirstIndex, reopened.LastIndex));
        AssertReads(reopened, Entry(from, term: 2, seed: 7));
        Assert.False(reopened.TryRead(from + 1, out _));
    }

    [Fact]
    public void Entry_replaced_within_one_batch_reads_as_the_later_one()
    {
        using var log = Open(_directory.Path);
        log.Append([Entry(1), Entry(2), Entry(3)]);
        log.Append([Entry(2, term: 2, seed: 5)]);
        log.Sync();

        AssertHolds(log, Entry(1), Entry(2, term: 2, seed: 5));
    }

    [Fact]
    public void Entries_read_together_are_those_read_one_by_one()
    {
        using FasterRaftLog log = LogFixture.Open(_directory.Path);
        // Sizes that leave entries inside pages, across them and across files; some are replaced, the last are not durable.
        for (ulong index = 1; index <= 300; index++) log.AppendAndSync(LogFixture.Entry(index, size: (int)(index * 37 % 900)));
        for (ulong index = 250; index <= 320; index++) log.AppendAndSync(LogFixture.Entry(index, size: (int)index, term: 2));
        log.Append([LogFixture.Entry(321, term: 2), LogFixture.Entry(322, term: 2)]);
        log.TruncateHead(10);
        var together = new LogEntry[400];
        Assert.Equal(0, log.Read(10, together));
        Assert.Equal(0, log.Read(323, together));
        Assert.Equal(7, log.Read(11, together.AsSpan(0, 7)));
        Assert.Equal(312, log.Read(11, together));
        for (ulong index = 11; index <= 322; index++)
        {
            Assert.True(log.TryRead(index, out LogEntry one));
            LogEntry other = together[index - 11];
            Assert.Equal((one.Index, one.Term, one.Type, one.AppendedAt), (other.Index, other.Term, other.Type, other.AppendedAt));
            Assert.True(one.Data.Span.SequenceEqual(other.Data.Span) && one.Extensions.Span.SequenceEqual(other.Extensions.Span));
        }
    }

    [Fact]
    public void Gap_is_refused()
    {
        using var log = Open(_directory.Path);
        log.AppendAndSync(Entry(1));

        Assert.Throws<ArgumentException>(() => log.Append([Entry(3)]));
        AssertHolds(log, Entry(1));
    }

    [Fact]
    public void Reset_forgets_all_entries_and_allows_any_next_index()
    {
        using (var log = Open(_directory.Path))
        {
            log.SetHardState(new HardState(3, 2, "a:1"));
            log.AppendAndSync(Entry(1), Entry(2));
            log.Reset();
            AssertHolds(log);
            log.AppendAndSync(Entry(92), Entry(93));
            AssertHolds(log, Entry(92), Entry(93));
        }
        using var reopened = Open(_directory.Path);
        AssertHolds(reopened, Entry(92), Entry(93));
        Assert.Equal(new HardState(3, 2, "a:1"), reopened.HardState);
    }

    [Fact]
    public void Hard_state_survives_reopening_and_the_deletion_of_its_file()
    {
        var state = new HardState(ulong.MaxValue, 41, "[fe80::1]:8300 ü");
        using (var log = Open(_directory.Path))
        {
            log.SetHardState(new HardState(1, 0, ""));
            log.SetHardState(state);
            log.Sync();
            for (ulong i = 1; i <= 100; i++) log.AppendAndSync(Entry(i, size: 1000));
            log.TruncateHead(90);
            log.Sync();
            Assert.False(File.Exists(SegmentPath(0)));
        }
        using var reopened = Open(_directory.Path);
        Assert.Equal(state, reopened.HardState);
        Assert.Equal((91UL, 100UL), (reopened.FirstIndex, reopened.LastIndex));
    }

    [Fact]
    public void Truncated_head_gives_its_space_back()
    {
        using (var log = Open(_directory.Path))
        {
            for (ulong i = 1; i <= 300; i++) log.AppendAndSync(Entry(i, size: 500));
            var before = Files();
            log.TruncateHead(290);
            log.Sync();
            Assert.InRange(Files(), 1, 2);
            Assert.True(before > 8);
            AssertHolds(log, [.. Enumerable.Range(291, 10).Select(i => Entry((ulong)i, size: 500))]);

            log.TruncateHead(300);
            AssertHolds(log);
            log.AppendAndSync(Entry(301));
        }
        using var reopened = Open(_directory.Path);
        AssertHolds(reopened, Entry(301));
    }

    [Fact]
    public void Truncation_below_the_head_changes_nothing()
    {
        using var log = Open(_directory.Path);
        log.TruncateHead(5);
        log.Append([Entry(10), Entry(11)]);
        log.TruncateHead(9);
        log.Sync();

        AssertHolds(log, Entry(10), Entry(11));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(20_000)]
    [InlineData(2 << 20)]
    public void Entries_of_any_size_survive(int size)
    {
        using (var log = Open(_directory.Path))
        {
            log.AppendAndSync(Entry(1), Entry(2, size), Entry(3));
            log.AppendAndSync(Entry(4, size));
        }
        using var reopened = Open(_directory.Path);
        AssertHolds(reopened, Entry(1), Entry(2, size), Entry(3), Entry(4, size));
    }

    [Fact]
    public void Entry_that_compresses_takes_less_space_and_reads_the_same()
    {
        var data = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("service:web-1;", 20_000)));
        var entry = new LogEntry(1, 1, EntryType.Command, data);
        using (var log = Open(_directory.Path)) log.AppendAndSync(entry);

        Assert.Equal(1, Files());
        using var reopened = Open(_directory.Path);
        AssertHolds(reopened, entry);
    }

    [Fact]
    public void Every_batch_size_up_to_two_pages_survives()
    {
        var io = new FaultyIo();
        var entries = new List<LogEntry>();
        using (var log = Open(_directory.Path, io))
        {
            for (var size = 1; size < 2 * PageSize; size += 61)
            {
                entries.Add(Entry((ulong)entries.Count + 1, size));
                log.AppendAndSync(entries[^1]);
            }
        }
        using var reopened = Open(_directory.Path, io);
        AssertHolds(reopened, [.. entries]);
    }

    [Fact]
    public async Task Entries_can_be_read_while_the_writer_works()
    {
        using var log = Open(_directory.Path);
        log.AppendAndSync(Entry(1, size: 300));
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Run(() => ReadRandomly(log, seed, done.Token))).ToArray();

        for (ulong i = 2; i <= 1500; i++)
        {
            log.AppendAndSync(Entry(i, size: 300));
            if (i % 100 == 0) log.TruncateHead(i - 50);
        }
        await done.CancelAsync();

        foreach (var reads in await Task.WhenAll(readers)) Assert.True(reads > 0);
    }

    private static int ReadRandomly(FasterRaftLog log, int seed, CancellationToken done)
    {
        var random = new Random(seed);
        var reads = 0;
        while (!done.IsCancellationRequested || reads == 0)
        {
            var first = log.FirstIndex;
            var index = first + (ulong)random.Next(60);
            if (!log.TryRead(index, out var entry)) continue;
            Assert.Equal(index, entry.Index);
            Assert.True(entry.Data.Span.SequenceEqual(Bytes(300, (int)index)));
            reads++;
        }
        return reads;
    }

    private int Files() => Directory.GetFiles(_directory.Sub("log")).Length;

    private string SegmentPath(int number) => Path.Combine(_directory.Sub("log"), $"{number:D10}.seg");
}
