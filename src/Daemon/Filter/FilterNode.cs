namespace Consul.Fast.Daemon.Filter;

/// <summary>A parsed filter expression, not yet tied to a kind of record.</summary>
internal abstract record FilterNode;

/// <summary>Operands in the order of the text, evaluated with short circuit.</summary>
internal sealed record FilterOr(IReadOnlyList<FilterNode> Operands) : FilterNode;

internal sealed record FilterAnd(IReadOnlyList<FilterNode> Operands) : FilterNode;

internal sealed record FilterNot(FilterNode Operand) : FilterNode;

/// <param name="Selector">The parts of the path to a field.</param>
/// <param name="Value">Raw text to compare with; empty for operators that take none.</param>
internal sealed record FilterMatch(IReadOnlyList<string> Selector, FilterOperator Operator, string Value) : FilterNode
{
    public string SelectorText => string.Join('.', Selector);
}

internal enum FilterOperator
{
    Equal,
    NotEqual,
    In,
    NotIn,
    IsEmpty,
    IsNotEmpty,
    Matches,
    NotMatches,
}

internal static class FilterOperators
{
    /// <summary>The name in error texts.</summary>
    public static string Text(this FilterOperator op) => op switch
    {
        FilterOperator.Equal => "Equal",
        FilterOperator.NotEqual => "Not Equal",
        FilterOperator.In => "In",
        FilterOperator.NotIn => "Not In",
        FilterOperator.IsEmpty => "Is Empty",
        FilterOperator.IsNotEmpty => "Is Not Empty",
        FilterOperator.Matches => "Matches",
        _ => "Not Matches",
    };
}
