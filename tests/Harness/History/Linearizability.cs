using System.Text;

namespace Consul.Fast.Tests.Harness.History;

internal enum Verdict
{
    /// <summary>There is an order of the operations that explains every answer.</summary>
    Linearizable,

    /// <summary>There is none.</summary>
    Refused,

    /// <summary>The search was given up: nothing is known, least of all that the history is good.</summary>
    Undecided,
}

/// <param name="Key">The register that decided it; null when all are linearizable.</param>
/// <param name="Operations">When refused, a small part of that register's operations that is impossible already.</param>
/// <param name="Visited">Configurations looked at, over all registers.</param>
internal sealed record HistoryCheck(Verdict Verdict, string? Key, IReadOnlyList<Operation> Operations, long Visited)
{
    /// <summary>One line when all is well, else the operations that show what is not.</summary>
    public override string ToString()
    {
        StringBuilder text = new($"{Verdict}");
        if (Key is not null) text.Append($": key {Key}");
        text.Append($" ({Visited} configurations)");
        foreach (Operation operation in Operations) text.Append('\n').Append(operation);
        return text.ToString();
    }
}

/// <summary>
/// Decides whether a history of reads, writes and compare-and-sets of registers is linearizable: whether every operation can
/// be given one moment between its invocation and its return so that, done in that order, each gives the answer it gave.
/// </summary>
/// <remarks>
/// <para>
/// Registers are independent, so each key is searched alone, by Wing and Gong's search with Lowe's memory of the
/// configurations (operations done, value) that led nowhere. Configurations are remembered by a hash of 128 bits.
/// </para>
/// <para>
/// Bounds. Time and memory grow with the number of operations on a key, and with the power of two of the changes of known
/// outcome that overlap at one moment on it: some fifteen are no trouble. Unknown outcomes stay open to the end; those whose
/// value nobody ever saw or expected cost next to nothing, equal ones count as one, and others are considered only where
/// their effect is seen at once, so that thousands are no trouble when values are not written twice. A search that passes
/// its budget of configurations on a key (16 to 50 bytes each) ends as <see cref="Verdict.Undecided"/>; a refusal of another
/// key goes before that. Operations that span keys are not covered.
/// </para>
/// </remarks>
internal static class Linearizability
{
    public const int DefaultBudget = 2_000_000;

    /// <param name="budget">Configurations to look at for one key before giving up.</param>
    public static HistoryCheck Check(IReadOnlyList<Operation> history, int budget = DefaultBudget)
    {
        long visited = 0;
        string? undecided = null;
        foreach (IGrouping<string, Operation> register in history.GroupBy(o => o.Key).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            Operation[] operations = [.. register.OrderBy(o => o.Invoked)];
            RegisterSearch search = new(operations, budget);
            Verdict verdict = search.Run();
            visited += search.Visited;
            if (verdict == Verdict.Refused)
            {
                return new HistoryCheck(Verdict.Refused, register.Key, Reduction.Reduce(operations, budget), visited);
            }

            if (verdict == Verdict.Undecided) undecided ??= register.Key;
        }

        return new HistoryCheck(undecided is null ? Verdict.Linearizable : Verdict.Undecided, undecided, [], visited);
    }
}
