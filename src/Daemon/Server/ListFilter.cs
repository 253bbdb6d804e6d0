using Consul.Fast.Daemon.Filter;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// What a read keeps of the rows it found: those on nodes with the asked metadata that pass the filter expression. Made
/// once per call, before anything is looked up, so that a bad expression fails on an empty catalog as well.
/// </summary>
internal sealed class ListFilter<T>
{
    private readonly Predicate<T>? _expression;

    private ListFilter(Predicate<T>? expression, IReadOnlyList<KeyValuePair<string, string>>? nodeMeta)
    {
        _expression = expression;
        NodeMeta = nodeMeta is { Count: > 0 } ? nodeMeta : null;
    }

    /// <summary>The asked pairs, or null.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? NodeMeta { get; }

    public static bool TryCreate(QueryRequest request, Selectable<T> selectors, out ListFilter<T> filter, out string error)
    {
        bool valid = FilterExpression.TryCompile(request.Filter, selectors, out Predicate<T>? expression, out error);
        filter = new ListFilter<T>(expression, request.NodeMetaFilters);
        return valid;
    }

    /// <summary>
    /// Rows to keep, in order; the list itself when nothing is asked. Without rows the list is unset, unless an expression
    /// left none.
    /// </summary>
    /// <param name="nodeOf">The node of a row; null when it has none any more.</param>
    public IReadOnlyList<T> Keep<TState>(IReadOnlyList<T> rows, TState state, Func<TState, T, Node?> nodeOf)
    {
        if (_expression is null && NodeMeta is null) return Unset.IfEmpty(rows);
        var kept = new List<T>();
        foreach (T row in rows)
        {
            if ((NodeMeta is null || HasMeta(nodeOf(state, row), NodeMeta)) && (_expression is null || _expression(row))) kept.Add(row);
        }

        return _expression is null ? Unset.IfEmpty<T>(kept) : kept;
    }

    /// <summary>The same without regard to node metadata.</summary>
    public IReadOnlyList<T> Keep(IReadOnlyList<T> rows) =>
        _expression is null ? Unset.IfEmpty(rows) : [.. rows.Where(row => _expression(row))];

    private static bool HasMeta(Node? node, IReadOnlyList<KeyValuePair<string, string>> wanted)
    {
        if (node?.Meta is not { } meta) return false;
        foreach ((string key, string value) in wanted)
        {
            if (!meta.TryGetValue(key, out string found) || found != value) return false;
        }

        return true;
    }
}
