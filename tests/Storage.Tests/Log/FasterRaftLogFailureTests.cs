using Consul.Fast.Consensus;
using Consul.Fast.Storage.Log;
using static Consul.Fast.Storage.Tests.Log.LogFixture;

namespace Consul.Fast.Storage.Tests.Log;

public sealed class FasterRaftLogFailureTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 50)]
    [InlineData(0, 4000)]
    [InlineData(1, 0)]
    [InlineData(2, 100)]
    [InlineData(3, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 0)]
    public void Failed_batch_leaves_no_trace_and_the_next_works(int callsUntilFailure, int partialBytes)
    {
        var io = new FaultyIo();
        LogEntry[] durable = [Entry(1), Entry(2)];
        using (var log = Open(_directory.Path, io))
        {
            log.SetHardState(new HardState(1, 1, "a:1"));
            log.AppendAndSync(durable);

            Fail(log, io, callsUntilFailure, partialBytes);
            AssertHolds(log, durable);
            Assert.Equal(new HardState(1, 1, "a:1"), log.HardState);

            log.AppendAndSync(Entry(3, seed: 3));
            AssertHolds(log, [.. durable, Entry(3, seed: 3)]);
        }
        using var reopened = Open(_directory.Path, io);
        AssertHolds(reopened, [.. durable, Entry(3, seed: 3)]);
        Assert.Equal(new HardState(1, 1, "a:1"), reopened.HardState);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 4000)]
    [InlineData(1, 0)]
    [InlineData(3, 100)]
    [InlineData(4, 0)]
    [InlineData(5, 0)]
    public void Failed_batch_does_not_come_back_with_the_next_start(int callsUntilFailure, int partialBytes)
    {
        var io = new FaultyIo();
        using (var log = Open(_directory.Path, io))
        {
            log.AppendAndSync(Entry(1), Entry(2));
            Fail(log, io, callsUntilFailure, partialBytes);
        }
        using var reopened = Open(_directory.Path, io);
        AssertHolds(reopened, Entry(1), Entry(2));
    }

    [Fact]
    public void Batch_that_could_not_be_erased_is_erased_at_closing()
    {
        var io = new FaultyIo();
        using (var log = Open(_directory.Path, io))
        {
            log.AppendAndSync(Entry(1));
            log.Append([Entry(2)]);
            // The mark and the batch reach the disk, their sync fails.
            io.CallsUntilFailure = 2;
            Assert.Throws<IOException>(log.Sync);
            io.CallsUntilFailure = -1;
        }
        using var reopened = Open(_directory.Path, io);
        AssertHolds(reopened, Entry(1));
    }

    [Fact]
    public void Disk_that_keeps_failing_keeps_refusing_and_recovers_later()
    {
        var io = new FaultyIo();
        using (var log = Open(_directory.Path, io))
        {
            for (ulong i = 1; i <= 30; i++) log.AppendAndSync(Entry(i, size: 900));
            io.CallsUntilFailure = 0;
            for (var attempt = 0; attempt < 5; attempt++)
            {
                log.Append([Entry(31, size: 900)]);
                var failure = Assert.Throws<IOException>(log.Sync);
                Assert.Contains("no space left on device", failure.Message, StringComparison.Ordinal);
                Assert.Equal(30UL, log.LastIndex);
            }
            io.CallsUntilFailure = -1;
            for (ulong i = 31; i <= 60; i++) log.AppendAndSync(Entry(i, size: 900));
        }
        using var reopened = Open(_directory.Path, io);
        AssertHolds(reopened, [.. Enumerable.Range(1, 60).Select(i => Entry((ulong)i, size: 900))]);
    }

    [Fact]
    public void Failed_truncation_and_reset_are_taken_back()
    {
        var io = new FaultyIo();
        using var log = Open(_directory.Path, io);
        log.AppendAndSync(Entry(1), Entry(2), Entry(3));

        log.TruncateHead(2);
        io.CallsUntilFailure = 0;
        Assert.Throws<IOException>(log.Sync);
        AssertHolds(log, Entry(1), Entry(2), Entry(3));

        log.Reset();
        log.Append([Entry(50)]);
        Assert.Throws<IOException>(log.Sync);
        AssertHolds(log, Entry(1), Entry(2), Entry(3));
    }

    /// <summary>A batch of several pages that crosses into a new file.</summary>
    private static void Fail(FasterRaftLog log, FaultyIo io, int callsUntilFailure, int partialBytes)
    {
        io.CallsUntilFailure = callsUntilFailure;
        io.PartialBytes = partialBytes;
        log.SetHardState(new HardState(2, 2, "b:2"));
        log.Append([Entry(3, size: 10_000), Entry(4, size: 10_000), Entry(5)]);
        Assert.Throws<IOException>(log.Sync);
        io.CallsUntilFailure = -1;
    }
}
