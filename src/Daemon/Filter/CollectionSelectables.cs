using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Filter;

/// <summary>A list of texts: membership and emptiness.</summary>
internal sealed class StringListSelectable : ScalarSelectable<IReadOnlyList<string>?>
{
    public static readonly StringListSelectable Instance = new();

    protected override Predicate<IReadOnlyList<string>?>? BindValue(FilterMatch match, out string error)
    {
        error = "";
        string value = match.Value;
        return match.Operator switch
        {
            FilterOperator.In => list => list is not null && list.Contains(value),
            FilterOperator.NotIn => list => list is null || !list.Contains(value),
            FilterOperator.IsEmpty => list => list is not { Count: > 0 },
            FilterOperator.IsNotEmpty => list => list is { Count: > 0 },
            _ => WrongOperator(match, out error),
        };
    }
}

/// <summary>A list of records: emptiness, and tests that hold when they hold for any item.</summary>
internal sealed class ListSelectable<T>(Selectable<T> item) : Selectable<IReadOnlyList<T>?>
{
    public override Predicate<IReadOnlyList<T>?>? Bind(FilterMatch match, int depth, out string error)
    {
        error = "";
        if (depth == match.Selector.Count)
        {
            return match.Operator switch
            {
                FilterOperator.IsEmpty => list => list is not { Count: > 0 },
                FilterOperator.IsNotEmpty => list => list is { Count: > 0 },
                _ => WrongOperator(match, out error),
            };
        }

        return item.Bind(match, depth, out error) is { } test ? list => Any(list, test) : null;
    }

    private static bool Any(IReadOnlyList<T>? list, Predicate<T> test)
    {
        for (int i = 0; i < (list?.Count ?? 0); i++)
        {
            if (test(list![i])) return true;
        }

        return false;
    }
}

/// <summary>A map by text: presence of keys, emptiness, and tests on the value of one key.</summary>
internal sealed class MapSelectable<T>(Selectable<T> value) : Selectable<SortedMap<T>?>
{
    public override Predicate<SortedMap<T>?>? Bind(FilterMatch match, int depth, out string error)
    {
        error = "";
        if (depth == match.Selector.Count) return BindMap(match, out error);
        string key = match.Selector[depth];
        if (value.Bind(match, depth + 1, out error) is not { } test) return null;
        // Nothing can be found in a value that is not there, so the negative tests hold; so do both forms of "matches".
        bool whenMissing = match.Operator is not (FilterOperator.Equal or FilterOperator.In);
        return map => map is not null && map.TryGetValue(key, out T found) ? test(found) : whenMissing;
    }

    private static Predicate<SortedMap<T>?>? BindMap(FilterMatch match, out string error)
    {
        error = "";
        string key = match.Value;
        return match.Operator switch
        {
            FilterOperator.In => map => map is not null && map.TryGetValue(key, out _),
            FilterOperator.NotIn => map => map is null || !map.TryGetValue(key, out _),
            FilterOperator.IsEmpty => map => map is not { Count: > 0 },
            FilterOperator.IsNotEmpty => map => map is { Count: > 0 },
            _ => WrongOperator(match, out error),
        };
    }
}
