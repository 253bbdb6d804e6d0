using Consul.Fast.Consensus;
using Consul.Fast.Storage.Log;
using static Consul.Fast.Storage.Tests.Log.LogFixture;

namespace Consul.Fast.Storage.Tests.Log;

/// <summary>A crash at any step leaves a log that opens and holds what was acknowledged.</summary>
public sealed class FasterRaftLogCrashTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private LogEntry[] _acknowledged = [];
    private LogEntry[] _next = [];
    private int _images;

    public FasterRaftLogCrashTests() => FormatVersion.Check(Live);

    public void Dispose() => _directory.Dispose();

    private string Live => _directory.Sub("live");

    private string Image => _directory.Sub("image");

    [Fact]
    public void Growth_over_several_files()
    {
        using (var log = OpenWatched())
        {
            for (ulong i = 1; i <= 40; i++) Add(log, Entry(i, size: 1100));
        }
        using (var log = OpenWatched())
        {
            Add(log, Entry(41, size: 60_000), Entry(42), Entry(43, size: 20_000));
            Add(log, Entry(44));
        }
        Assert.True(_images > 500);
    }

    [Fact]
    public void Truncation_of_the_head_and_a_new_start()
    {
        using (var log = OpenWatched())
        {
            for (ulong i = 1; i <= 60; i += 5) Add(log, [.. Enumerable.Range((int)i, 5).Select(n => Entry((ulong)n, size: 1500))]);
            Truncate(log, 50);
            Add(log, Entry(61, size: 1500));
            Truncate(log, 60);
            log.Reset();
            Settle(log, []);
            Add(log, Entry(100, size: 9000));
        }
        using var reopened = OpenWatched();
        Add(reopened, Entry(101));
    }

    [Fact]
    public void Opening_after_a_batch_that_was_torn_over_several_files()
    {
        using (var log = Open(Live)) log.AppendAndSync(Entry(1, size: 12_000));
        _acknowledged = [Entry(1, size: 12_000)];
        var failing = new FaultyIo { PartialBytes = 3000 };
        var torn = _directory.Sub("torn");
        using (var log = Open(Live, failing))
        {
            log.Append([Entry(2, size: 60_000)]);
            failing.CallsUntilFailure = 10;
            Assert.Throws<IOException>(log.Sync);
            // Before the closing tries again to erase it.
            TemporaryDirectory.Copy(Live, torn);
        }
        TemporaryDirectory.Copy(torn, Live);
        Assert.True(Directory.GetFiles(Path.Combine(Live, "log")).Length > 2);

        using var reopened = OpenWatched();
        Add(reopened, Entry(2, seed: 5));
        Add(reopened, Entry(3, size: 30_000));
    }

    [Fact]
    public void Failed_batches_and_what_follows_them()
    {
        for (var calls = 0; calls < 12; calls++)
        {
            Directory.Delete(Live, recursive: true);
            FormatVersion.Check(Live);
            var failing = new FaultyIo();
            using var log = Open(Live, failing);
            log.AppendAndSync(Entry(1, size: 12_000));
            log.Append([Entry(2, size: 20_000)]);
            failing.CallsUntilFailure = calls;
            _acknowledged = TrySync(log) ? [Entry(1, size: 12_000), Entry(2, size: 20_000)] : [Entry(1, size: 12_000)];
            _next = [Entry(1, size: 12_000), Entry(2, size: 20_000)];
            TemporaryDirectory.Copy(Live, Image);
            AssertOpens($"{calls} calls");
        }
    }

    private static bool TrySync(FasterRaftLog log)
    {
        try
        {
            log.Sync();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private FasterRaftLog OpenWatched()
    {
        _next = _acknowledged;
        return FasterRaftLog.Open(Live, Options(new CrashPointIo(Live, CheckImages)));
    }

    private void Add(FasterRaftLog log, params LogEntry[] entries)
    {
        log.Append(entries);
        Settle(log, [.. _acknowledged, .. entries]);
    }

    private void Truncate(FasterRaftLog log, ulong index)
    {
        log.TruncateHead(index);
        Settle(log, [.. _acknowledged.Where(entry => entry.Index > index)]);
    }

    private void Settle(FasterRaftLog log, LogEntry[] entries)
    {
        _next = entries;
        log.Sync();
        _acknowledged = entries;
    }

    private void CheckImages(CrashPointIo io)
    {
        foreach (var image in io.Images(Image)) AssertOpens(image);
    }

    private void AssertOpens(string what)
    {
        _images++;
        try
        {
            LogEntry[] found;
            using (var log = Open(Image))
            {
                found = IsLike(log, _acknowledged) ? _acknowledged : _next;
                AssertHolds(log, found);
                log.AppendAndSync(Entry((found.Length == 0 ? 0 : found[^1].Index) + 1, seed: 77));
            }
            using var reopened = Open(Image);
            AssertHolds(reopened, [.. found, Entry((found.Length == 0 ? 0 : found[^1].Index) + 1, seed: 77)]);
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"{what}: {fault.Message}", fault);
        }
    }

    private static bool IsLike(FasterRaftLog log, LogEntry[] entries) => entries.Length == 0
        ? log.LastIndex == 0
        : log.FirstIndex == entries[0].Index && log.LastIndex == entries[^1].Index;
}
