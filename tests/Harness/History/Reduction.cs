namespace Consul.Fast.Tests.Harness.History;

/// <summary>Makes a refused history of one register small enough to read, so that what is left is refused as well.</summary>
internal static class Reduction
{
    /// <summary>Tries before what is left is taken as it is: only people want it smaller.</summary>
    private const int MaxTries = 1000;

    public static IReadOnlyList<Operation> Reduce(Operation[] refused, int budget)
    {
        Operation[] small = ShortestPrefix(refused, budget);
        int tries = 0;
        for (int size = Math.Max(1, small.Length / 2); ; size /= 2)
        {
            for (int start = Math.Max(0, small.Length - size); ; start = Math.Max(0, start - size))
            {
                Operation[] without = Without(small, start, size);
                if (without.Length < small.Length && IsRefused(without, budget)) small = without;
                if (start == 0 || ++tries >= MaxTries) break;
            }

            if (size == 1 || tries >= MaxTries) return small;
        }
    }

    /// <summary>What a moment of the past knew: what began later is gone, what ended later is unknown. Time heals no refusal.</summary>
    private static Operation[] ShortestPrefix(Operation[] refused, int budget)
    {
        long[] ends = [.. refused.Where(o => !o.IsUnknown).Select(o => o.Returned).Order()];
        int low = 0;
        int high = ends.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (IsRefused(Until(refused, ends[middle]), budget)) high = middle;
            else low = middle + 1;
        }

        return Until(refused, ends[high]);
    }

    private static Operation[] Until(Operation[] history, long moment) =>
    [
        .. history.Where(o => o.Invoked <= moment)
            .Select(o => o.Returned <= moment ? o : o with { Returned = Operation.Never, Succeeded = true }),
    ];

    /// <summary>
    /// Leaves out, of a range, what a good history can do without, so that its absence is not what makes the rest
    /// impossible: reads, and changes to a value that no other operation speaks of.
    /// </summary>
    private static Operation[] Without(Operation[] history, int start, int count)
    {
        bool anyMismatch = history.Any(o => !o.Succeeded);
        HashSet<string> seen =
        [
            .. history.Where(o => o.Kind == OperationKind.Read && !o.IsUnknown).Select(o => o.Value ?? ""),
            .. history.Where(o => o.Kind == OperationKind.CompareAndSet).Select(o => o.Expected ?? ""),
        ];
        return [.. history.Where((o, i) => i < start || i >= start + count || !IsSpare(o))];

        bool IsSpare(Operation o) =>
            o.Kind == OperationKind.Read || !o.Succeeded || (!anyMismatch && !seen.Contains(o.Value ?? ""));
    }

    private static bool IsRefused(Operation[] history, int budget) => new RegisterSearch(history, budget).Run() == Verdict.Refused;
}
