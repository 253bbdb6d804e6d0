using CsCheck;
using Consul.Fast.Consensus;
using Consul.Fast.Storage.Log;
using static Consul.Fast.Storage.Tests.Log.LogFixture;

namespace Consul.Fast.Storage.Tests.Log;

/// <summary>Random operations on the log and on a naive twin.</summary>
public sealed class FasterRaftLogModelTests
{
    private enum Action
    {
        Append,
        Replace,
        HardState,
        TruncateHead,
        Reset,
        Sync,
        FailingSync,
        Reopen,
    }

    private static readonly Gen<(Action Action, int A, int B)[]> Scripts = Gen.Select(
        Gen.Frequency(
            (8, Gen.Const(Action.Append)),
            (2, Gen.Const(Action.Replace)),
            (2, Gen.Const(Action.HardState)),
            (2, Gen.Const(Action.TruncateHead)),
            (1, Gen.Const(Action.Reset)),
            (6, Gen.Const(Action.Sync)),
            (1, Gen.Const(Action.FailingSync)),
            (1, Gen.Const(Action.Reopen))),
        Gen.Int[0, 30],
        Gen.Int[1, 3000]).Array[1, 60];

    [Fact]
    public void Log_agrees_with_its_twin()
    {
        Scripts.Sample(Run, iter: 100, threads: 1);
    }

    /// <summary>Scripts that failed once.</summary>
    [Theory]
    [InlineData("ckMTR9kLJ-D1")]
    public void Log_agreed_with_its_twin_only_after_a_change(string seed)
    {
        Scripts.Sample(Run, seed: seed, iter: 1, threads: 1);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(20)]
    public void Batch_that_forgets_the_head_and_replaces_the_rest_is_found_again(ulong from)
    {
        using var directory = new TemporaryDirectory();
        using (var log = Open(directory.Path))
        {
            // Some files full, so that those of the first entries are deleted.
            for (ulong index = 1; index <= 40; index++) log.AppendAndSync(Entry(index, 1500));
            log.TruncateHead(31);
            log.AppendAndSync(Entry(from, term: 2));
            AssertHolds(log, Entry(from, term: 2));
        }

        using var again = Open(directory.Path);
        AssertHolds(again, Entry(from, term: 2));
    }

    private static void Run((Action Action, int A, int B)[] script)
    {
        using var directory = new TemporaryDirectory();
        var io = new FaultyIo();
        var twin = new Twin();
        var log = Open(directory.Path, io);
        try
        {
            foreach (var (action, a, b) in script)
            {
                switch (action)
                {
                    case Action.Append:
                    case Action.Replace:
                        var next = twin.Now.Entries.Count == 0 ? (ulong)a + 1 : twin.Now.Entries.Keys[^1] + 1;
                        var from = action == Action.Append ? next : next - Math.Min(next - 1, (ulong)a);
                        var indexes = Enumerable.Range(0, a % 5 + 1).Select(i => from + (ulong)i);
                        LogEntry[] entries = [.. indexes.Select(i => Entry(i, b, term: (ulong)b, seed: b))];
                        log.Append(entries);
                        twin.Append(entries);
                        break;
                    case Action.HardState:
                        log.SetHardState(new HardState((ulong)a, (ulong)b, $"s{a}"));
                        twin.Now.HardState = new HardState((ulong)a, (ulong)b, $"s{a}");
                        break;
                    case Action.TruncateHead:
                        var until = (twin.Now.Entries.Count == 0 ? 0 : twin.Now.Entries.Keys[0]) + (ulong)a;
                        log.TruncateHead(until);
                        twin.TruncateHead(until);
                        break;
                    case Action.Reset:
                        log.Reset();
                        twin.Now.Entries.Clear();
                        break;
                    case Action.Sync:
                        log.Sync();
                        twin.Sync();
                        break;
                    case Action.FailingSync:
                        io.CallsUntilFailure = a % 3;
                        io.PartialBytes = b;
                        if (TrySync(log)) twin.Sync();
                        else twin.Discard();
                        io.CallsUntilFailure = -1;
                        break;
                    default:
                        log.Dispose();
                        log = Open(directory.Path, io);
                        twin.Discard();
                        break;
                }
                AssertAgree(log, twin);
            }
        }
        finally
        {
            log.Dispose();
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

    private static void AssertAgree(FasterRaftLog log, Twin twin)
    {
        AssertHolds(log, [.. twin.Now.Entries.Values]);
        Assert.Equal(twin.Now.HardState, log.HardState);
    }

    private sealed class Twin
    {
        public View Now { get; private set; } = new([], new HardState(0, 0, ""));

        private View _durable = new([], new HardState(0, 0, ""));

        public void Append(LogEntry[] entries)
        {
            foreach (var entry in entries)
            {
                foreach (var index in Now.Entries.Keys.Where(i => i >= entry.Index).ToArray()) Now.Entries.Remove(index);
                Now.Entries.Add(entry.Index, entry);
            }
        }

        public void TruncateHead(ulong until)
        {
            foreach (var index in Now.Entries.Keys.Where(i => i <= until).ToArray()) Now.Entries.Remove(index);
        }

        public void Sync() => _durable = Now.Copy();

        public void Discard() => Now = _durable.Copy();

        public sealed class View(SortedList<ulong, LogEntry> entries, HardState hardState)
        {
            public SortedList<ulong, LogEntry> Entries { get; } = entries;

            public HardState HardState { get; set; } = hardState;

            public View Copy() => new(new SortedList<ulong, LogEntry>(Entries), HardState);
        }
    }
}
