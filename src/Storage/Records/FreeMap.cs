namespace Consul.Fast.Storage.Records;

/// <summary>
/// A map of text to anything (proxy configuration). Values are null, bool, long, ulong, double, string,
/// <see cref="FreeMap"/> or <c>IReadOnlyList&lt;object?&gt;</c>. Immutable; keys in byte order.
/// </summary>
public sealed class FreeMap(IEnumerable<KeyValuePair<string, object?>> pairs)
{
    /// <summary>Bound on nesting for everything that builds one from foreign input.</summary>
    public const int MaxDepth = 32;

    public SortedMap<object?> Pairs { get; } = SortedMap<object?>.Create(pairs);

    /// <summary>Deep equality; null differs from empty.</summary>
    public static bool Same(FreeMap? left, FreeMap? right)
    {
        if (ReferenceEquals(left, right)) return true;
        if (left is null || right is null || left.Pairs.Count != right.Pairs.Count) return false;
        for (int i = 0; i < left.Pairs.Count; i++)
        {
            if (left.Pairs[i].Key != right.Pairs[i].Key || !SameValue(left.Pairs[i].Value, right.Pairs[i].Value)) return false;
        }

        return true;
    }

    private static bool SameValue(object? left, object? right) => (left, right) switch
    {
        (FreeMap a, FreeMap b) => Same(a, b),
        (IReadOnlyList<object?> a, IReadOnlyList<object?> b) => a.Count == b.Count && a.Zip(b).All(p => SameValue(p.First, p.Second)),
        _ => Equals(left, right),
    };
}
