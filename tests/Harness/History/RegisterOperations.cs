namespace Consul.Fast.Tests.Harness.History;

/// <summary>
/// The operations of one register made ready for the search: values as numbers, unknown reads and unknown changes that
/// nobody can have noticed left out, and the unknown changes that are alike put together.
/// </summary>
internal sealed class RegisterOperations
{
    /// <summary>Number of the null value, which the register holds at first.</summary>
    public const int Nothing = 0;

    /// <summary>Number of all values that are written but neither read nor expected by anybody: nobody can tell them apart.</summary>
    public const int Unseen = 1;

    private readonly Dictionary<string, int> _numbers = [];
    private readonly HashSet<string> _seen = [];
    private readonly List<UnknownChange> _unknown = [];
    private readonly Dictionary<int, List<UnknownChange>> _unknownByValue = [];

    /// <param name="history">By time of invocation.</param>
    public RegisterOperations(Operation[] history)
    {
        Operation[] known = [.. history.Where(o => !o.IsUnknown)];
        Operation[] unknown = [.. history.Where(o => o.IsUnknown && o.Kind != OperationKind.Read)];
        foreach (Operation operation in known)
        {
            if (operation.Kind == OperationKind.Read && operation.Value is { } value) _seen.Add(value);
            if (operation.Kind == OperationKind.CompareAndSet && operation.Expected is { } expected) _seen.Add(expected);
        }

        unknown = Noticeable(known, unknown);
        Known = [.. known.Select(Encode)];
        foreach (Step step in unknown.Select(Encode)) AddUnknown(step);
    }

    /// <summary>Operations of known outcome by time of invocation: all of them must find their place.</summary>
    public Step[] Known { get; }

    public IReadOnlyList<UnknownChange> Unknown => _unknown;

    /// <summary>The unknown changes that lead to a value.</summary>
    public IReadOnlyList<UnknownChange> UnknownTo(int value) => _unknownByValue.TryGetValue(value, out List<UnknownChange>? found) ? found : [];

    /// <summary>
    /// A change of unknown outcome to a value that nobody saw can be left out of any order that has it, unless it is what made
    /// a compare-and-set fail.
    /// </summary>
    private Operation[] Noticeable(Operation[] known, Operation[] unknown)
    {
        if (known.Any(o => !o.Succeeded))
        {
            foreach (Operation operation in unknown)
            {
                if (operation.Kind == OperationKind.CompareAndSet && operation.Expected is { } expected) _seen.Add(expected);
            }

            return unknown;
        }

        HashSet<Operation> kept = new(ReferenceEqualityComparer.Instance);
        bool grown = true;
        while (grown)
        {
            grown = false;
            foreach (Operation operation in unknown)
            {
                if ((operation.Value is { } value && !_seen.Contains(value)) || !kept.Add(operation)) continue;
                grown = true;
                if (operation.Kind == OperationKind.CompareAndSet && operation.Expected is { } expected) _seen.Add(expected);
            }
        }

        return [.. unknown.Where(kept.Contains)];
    }

    private Step Encode(Operation operation) => new(
        operation.Kind, Number(operation.Value), Number(operation.Expected), operation.Succeeded, operation.Invoked, operation.Returned);

    private int Number(string? value)
    {
        if (value is null) return Nothing;
        if (!_seen.Contains(value)) return Unseen;
        if (!_numbers.TryGetValue(value, out int number)) _numbers[value] = number = Unseen + 1 + _numbers.Count;
        return number;
    }

    private void AddUnknown(Step step)
    {
        if (!_unknownByValue.TryGetValue(step.Value, out List<UnknownChange>? alike)) _unknownByValue[step.Value] = alike = [];
        bool isSet = step.Kind == OperationKind.CompareAndSet;
        UnknownChange? change = alike.Find(c => c.IsCompareAndSet == isSet && c.Expected == step.Expected);
        if (change is null)
        {
            change = new UnknownChange(isSet, step.Value, step.Expected);
            alike.Add(change);
            _unknown.Add(change);
        }

        change.Invoked.Add(step.Invoked);
    }
}

/// <summary>An operation with its values as numbers.</summary>
internal readonly record struct Step(OperationKind Kind, int Value, int Expected, bool Succeeded, long Invoked, long Returned)
{
    /// <summary>Whether it can have had its answer on a register with this value.</summary>
    public bool IsPossible(int value) => Kind switch
    {
        OperationKind.Read => value == Value,
        OperationKind.Write => true,
        _ => Succeeded == (value == Expected),
    };

    /// <summary>True when it leaves every value as it is on which it is possible.</summary>
    public bool ChangesNothing => Kind == OperationKind.Read || !Succeeded || (Kind == OperationKind.CompareAndSet && Value == Expected);

    public int After(int value) => Kind == OperationKind.Read || !Succeeded ? value : Value;
}

/// <summary>
/// Equal changes of unknown outcome. None of them ever returns, so which of them takes effect makes no difference: they are
/// used up in the order of their invocation.
/// </summary>
internal sealed class UnknownChange(bool isCompareAndSet, int value, int expected)
{
    public bool IsCompareAndSet => isCompareAndSet;

    public int Value => value;

    public int Expected => expected;

    public List<long> Invoked { get; } = [];

    public int Used { get; set; }

    /// <summary>True when one is left that had begun by <paramref name="moment"/> and can take effect on this value.</summary>
    public bool IsPossible(int present, long moment) =>
        Used < Invoked.Count && Invoked[Used] <= moment && (!IsCompareAndSet || present == Expected);
}
