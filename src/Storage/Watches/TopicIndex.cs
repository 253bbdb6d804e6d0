namespace Consul.Fast.Storage.Watches;

/// <summary>
/// The topics of one table. A changed key finds its exact topic and, for each prefix length that anybody watches, the
/// prefix topic of that length, so its cost does not grow with the number of waiters it does not concern.
/// </summary>
internal sealed class TopicIndex
{
    private readonly Dictionary<byte[], TopicList> _exact = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], TopicList> _prefixes = new(BytesComparer.Instance);
    private readonly SortedDictionary<int, int> _prefixLengths = [];

    public void Subscribe(in WatchTopic topic, Waiter waiter)
    {
        Dictionary<byte[], TopicList> topics = topic.IsPrefix ? _prefixes : _exact;
        if (!topics.TryGetValue(topic.Key, out TopicList? list))
        {
            list = new TopicList(this, topic);
            topics.Add(topic.Key, list);
            if (topic.IsPrefix) _prefixLengths[topic.Key.Length] = _prefixLengths.GetValueOrDefault(topic.Key.Length) + 1;
        }

        list.Add(waiter.NextSubscription());
    }

    /// <summary>Forgets a topic that nobody watches any more.</summary>
    public void Drop(TopicList list)
    {
        byte[] key = list.Topic.Key;
        if (!list.Topic.IsPrefix)
        {
            _exact.Remove(key);
            return;
        }

        _prefixes.Remove(key);
        if (--_prefixLengths[key.Length] == 0) _prefixLengths.Remove(key.Length);
    }

    /// <summary>Adds the lists that a change concerns.</summary>
    public void Match(in WatchTopic change, List<TopicList> matches)
    {
        if (change.IsPrefix) MatchRange(change.Key, matches);
        else if (_exact.TryGetValue(change.Key, out TopicList? exact)) matches.Add(exact);
        if (_prefixLengths.Count == 0) return;
        var lookup = _prefixes.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach ((int length, _) in _prefixLengths)
        {
            if (length > change.Key.Length) break;
            if (lookup.TryGetValue(change.Key.AsSpan(0, length), out TopicList? list)) matches.Add(list);
        }
    }

    public void MatchAll(List<TopicList> matches)
    {
        matches.AddRange(_exact.Values);
        matches.AddRange(_prefixes.Values);
    }

    /// <summary>Topics inside a removed range; those whose prefix contains the range are found by length.</summary>
    private void MatchRange(byte[] range, List<TopicList> matches)
    {
        foreach ((byte[] key, TopicList list) in _exact)
        {
            if (key.AsSpan().StartsWith(range)) matches.Add(list);
        }

        foreach ((byte[] key, TopicList list) in _prefixes)
        {
            if (key.Length > range.Length && key.AsSpan().StartsWith(range)) matches.Add(list);
        }
    }
}
