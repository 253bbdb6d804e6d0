using Consul.Fast.Tests.Harness.History;

namespace Consul.Fast.Simulation.Tests.History;

public class LinearizabilityTests
{
    [Fact]
    public void Overlapping_operations_may_take_effect_in_either_order()
    {
        AssertVerdict(
            Verdict.Linearizable,
            Write("a", 0, 10),
            Write("b", 1, 9),
            Read("b", 11, 12),
            Read("b", 13, 14));
        AssertVerdict(
            Verdict.Linearizable,
            Write("a", 0, 10),
            Write("b", 1, 9),
            Read("a", 11, 12));
        AssertVerdict(
            Verdict.Linearizable,
            Write("a", 0, 10),
            Read(null, 1, 3),
            Read("a", 4, 5));
    }

    [Fact]
    public void Stale_read_is_refused() =>
        AssertVerdict(
            Verdict.Refused,
            Write("a", 0, 1),
            Write("b", 2, 3),
            Read("a", 4, 5));

    [Fact]
    public void Read_that_goes_back_is_refused_although_the_write_still_runs() =>
        AssertVerdict(
            Verdict.Refused,
            Write("a", 0, 1),
            Write("b", 2, 20),
            Read("b", 3, 4),
            Read("a", 5, 6));

    [Fact]
    public void Lost_update_is_refused()
    {
        AssertVerdict(
            Verdict.Refused,
            Write("a", 0, 1),
            Set("a", "b", true, 2, 10),
            Set("a", "c", true, 3, 11));
        AssertVerdict(
            Verdict.Refused,
            Write("a", 0, 1),
            Write("b", 2, 3),
            Read(null, 4, 5));
    }

    [Fact]
    public void Value_from_nowhere_is_refused() => AssertVerdict(Verdict.Refused, Write("a", 0, 1), Read("x", 2, 3));

    [Fact]
    public void Compare_and_set_follows_the_value_it_found()
    {
        AssertVerdict(
            Verdict.Linearizable,
            Set(null, "a", true, 0, 1),
            Set("a", "b", true, 2, 10),
            Set("a", "c", false, 3, 11),
            Read("b", 12, 13));
        AssertVerdict(Verdict.Refused, Write("a", 0, 1), Set("a", "b", false, 2, 3));
        AssertVerdict(Verdict.Refused, Write("a", 0, 1), Set("b", "c", true, 2, 3));
        AssertVerdict(Verdict.Linearizable, Write("a", 0, 1), Write(null, 2, 3), Set(null, "b", true, 4, 5));
    }

    [Fact]
    public void Unknown_write_may_take_effect_late_or_never()
    {
        Operation lost = Write("b", 2, Operation.Never);
        AssertVerdict(Verdict.Linearizable, Write("a", 0, 1), lost, Read("a", 3, 4), Read("b", 50, 51));
        AssertVerdict(Verdict.Linearizable, Write("a", 0, 1), lost, Read("a", 3, 4), Read("a", 50, 51));
        // It happened once and was replaced: it cannot happen again.
        AssertVerdict(Verdict.Refused, Write("a", 0, 1), lost, Read("b", 3, 4), Write("c", 5, 6), Read("c", 7, 8), Read("b", 9, 10));
        // Not before it was begun.
        AssertVerdict(Verdict.Refused, Read("b", 0, 1), lost);
    }

    [Fact]
    public void Unknown_writes_of_the_same_value_may_happen_once_each()
    {
        Operation first = Write("b", 0, Operation.Never);
        Operation second = Write("b", 8, Operation.Never);
        Operation[] twice = [first, Read("b", 1, 2), Write("c", 3, 4), Read("c", 5, 6), Read("b", 9, 10)];
        AssertVerdict(Verdict.Refused, twice);
        AssertVerdict(Verdict.Linearizable, [.. twice, second]);
    }

    [Fact]
    public void Unknown_changes_explain_one_another()
    {
        Operation write = Write("a", 0, Operation.Never);
        Operation set = Set("a", "b", true, 1, Operation.Never);
        AssertVerdict(Verdict.Linearizable, write, set, Read(null, 2, 3), Read("b", 4, 5));
        AssertVerdict(Verdict.Refused, set, Read("b", 4, 5));
        // Nobody reads the value of the lost write, but it is why the other failed.
        AssertVerdict(Verdict.Linearizable, Write("x", 0, 1), Write("y", 2, Operation.Never), Set("x", "z", false, 3, 4));
        AssertVerdict(Verdict.Linearizable, Write("y", 2, Operation.Never), Read("y", 3, 4), Write("x", 5, 6), Set("x", "z", true, 7, 8));
    }

    [Fact]
    public void Unknown_read_says_nothing() =>
        AssertVerdict(Verdict.Linearizable, Write("a", 0, 1), new Operation(1, OperationKind.Read, "k", null, null, true, 2, Operation.Never));

    [Fact]
    public void Keys_are_separate_and_the_bad_one_is_named()
    {
        HistoryCheck check = Linearizability.Check(
            [Write("a", 0, 1), Read("a", 2, 3), Write("b", 0, 1) with { Key = "q" }, Read("a", 2, 3) with { Key = "q" }]);
        Assert.Equal(Verdict.Refused, check.Verdict);
        Assert.Equal("q", check.Key);
        Assert.All(check.Operations, o => Assert.Equal("q", o.Key));
    }

    [Fact]
    public void Refused_history_is_printed_small()
    {
        List<Operation> history = HistoryMaker.Make(seed: 5, clients: 5, operations: 2000, unknownPerMille: 20);
        Operation[] cut = [.. history.Where(o => o is { Kind: OperationKind.Read, Value: not null })];
        Operation stale = cut[^1] with { Value = cut[100].Value };
        history[history.IndexOf(cut[^1])] = stale;
        HistoryCheck check = Linearizability.Check(history);
        Assert.Equal(Verdict.Refused, check.Verdict);
        Assert.InRange(check.Operations.Count, 2, 12);
        Assert.Contains($"read k -> '{stale.Value}'", check.ToString());
    }

    [Fact]
    public void Exhausted_search_is_undecided_and_never_good()
    {
        // All overlap, and the last read has an impossible value: every order has to be tried.
        List<Operation> history = [.. Enumerable.Range(0, 24).Select(i => Write($"v{i}", i, 1000 + i))];
        history.AddRange(Enumerable.Range(0, 24).Select(i => Read($"v{i}", 100 + i, 1100 + i)));
        history.Add(Read("v1", 2000, 2001));
        history.Add(Read("v2", 2002, 2003));
        HistoryCheck check = Linearizability.Check(history, budget: 1000);
        Assert.Equal(Verdict.Undecided, check.Verdict);
        Assert.Equal("k", check.Key);
        // A refusal elsewhere is certain all the same.
        history.AddRange([Write("a", 0, 1) with { Key = "z" }, Read("b", 2, 3) with { Key = "z" }]);
        Assert.Equal(Verdict.Refused, Linearizability.Check(history, budget: 1000).Verdict);
    }

    [Fact]
    public void Same_verdict_as_trying_all_orders()
    {
        Dictionary<Verdict, int> verdicts = [];
        for (int seed = 0; seed < 10000; seed++)
        {
            Operation[] history = HistoryMaker.MakeAnything(seed);
            Verdict expected = NaiveSearch.IsLinearizable(history) ? Verdict.Linearizable : Verdict.Refused;
            Verdict found = Linearizability.Check(history).Verdict;
            if (expected != found) Assert.Fail($"seed {seed}: {found}, not {expected}\n{string.Join('\n', history)}");
            verdicts[expected] = verdicts.GetValueOrDefault(expected) + 1;
        }

        // Both happen often enough to mean something.
        Assert.All([Verdict.Linearizable, Verdict.Refused], v => Assert.InRange(verdicts[v], 1000, 9000));
    }

    [Theory]
    [InlineData(16, 20_000, 0)]
    [InlineData(16, 20_000, 100)]
    [InlineData(5, 20_000, 300)]
    public void Long_histories_take_little_search(int clients, int operations, int unknownPerMille)
    {
        List<Operation> history = HistoryMaker.Make(11, clients, operations, unknownPerMille);
        HistoryCheck check = Linearizability.Check(history);
        Assert.Equal(Verdict.Linearizable, check.Verdict);
        Assert.InRange(check.Visited, 1, 50L * operations);
    }

    [Fact]
    public async Task Recorder_takes_operations_of_many_threads()
    {
        Recorder recorder = new();
        Lock register = new();
        string? value = null;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(client => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                Recorder.OpenOperation write = recorder.BeginWrite(client, "k", $"{client}-{i}");
                lock (register) value = $"{client}-{i}";
                if (i % 10 != 0) write.Done();
                Recorder.OpenOperation read = recorder.BeginRead(client, "k");
                string? seen;
                lock (register) seen = value;
                read.Returned(seen);
                recorder.BeginCompareAndSet(client, "k", "never", "there").HadNoEffect();
            }
        })));
        IReadOnlyList<Operation> operations = recorder.Operations;
        Assert.Equal(8 * 400, operations.Count);
        Assert.Equal(8 * 20, operations.Count(o => o.IsUnknown));
        Assert.Equal(Verdict.Linearizable, Linearizability.Check(operations).Verdict);
    }

    private static void AssertVerdict(Verdict expected, params Operation[] history)
    {
        HistoryCheck check = Linearizability.Check(history);
        Assert.True(expected == check.Verdict, $"{check}");
        Assert.Equal(expected == Verdict.Refused, check.Operations.Count > 0);
    }

    private static Operation Write(string? value, long invoked, long returned) =>
        new(1, OperationKind.Write, "k", value, null, Succeeded: true, invoked, returned);

    private static Operation Read(string? value, long invoked, long returned) =>
        new(2, OperationKind.Read, "k", value, null, Succeeded: true, invoked, returned);

    private static Operation Set(string? expected, string value, bool succeeded, long invoked, long returned) =>
        new(3, OperationKind.CompareAndSet, "k", value, expected, succeeded, invoked, returned);
}
