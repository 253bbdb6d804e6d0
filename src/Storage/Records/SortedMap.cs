using System.Collections;

namespace Consul.Fast.Storage.Records;

/// <summary>
/// An immutable text map in byte order of its keys, so that writing it is deterministic. Small (metadata has at most 64
/// pairs), therefore a sorted array. Null and empty maps are different values and must stay so.
/// </summary>
public sealed class SortedMap<TValue> : IReadOnlyList<KeyValuePair<string, TValue>>
{
    public static readonly SortedMap<TValue> Empty = new([]);

    private readonly KeyValuePair<string, TValue>[] _pairs;

    private SortedMap(KeyValuePair<string, TValue>[] sorted) => _pairs = sorted;

    public int Count => _pairs.Length;

    public KeyValuePair<string, TValue> this[int index] => _pairs[index];

    /// <summary>Builds a map; of equal keys the last one wins, as in the reference's decoder.</summary>
    public static SortedMap<TValue> Create(IEnumerable<KeyValuePair<string, TValue>> pairs)
    {
        var unique = new SortedDictionary<string, TValue>(StringComparer.Ordinal);
        foreach ((string key, TValue value) in pairs) unique[key] = value;
        return unique.Count == 0 ? Empty : new SortedMap<TValue>([.. unique]);
    }

    public bool TryGetValue(string key, out TValue value)
    {
        int low = 0, high = _pairs.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = string.CompareOrdinal(_pairs[middle].Key, key);
            if (order == 0)
            {
                value = _pairs[middle].Value;
                return true;
            }

            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        value = default!;
        return false;
    }

    /// <summary>Deep equality in which null differs from empty.</summary>
    public static bool Same(SortedMap<TValue>? left, SortedMap<TValue>? right)
    {
        if (ReferenceEquals(left, right)) return true;
        if (left is null || right is null || left.Count != right.Count) return false;
        for (int i = 0; i < left.Count; i++)
        {
            if (left._pairs[i].Key != right._pairs[i].Key) return false;
            if (!EqualityComparer<TValue>.Default.Equals(left._pairs[i].Value, right._pairs[i].Value)) return false;
        }

        return true;
    }

    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, TValue>>)_pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _pairs.GetEnumerator();
}
