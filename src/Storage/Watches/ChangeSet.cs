namespace Consul.Fast.Storage.Watches;

/// <summary>What one published batch changed. Filled by the state machine, read by the hub, reused for the next batch.</summary>
public sealed class ChangeSet
{
    private readonly List<WatchTopic> _changes = [];

    /// <summary>Changed rows, and with <see cref="WatchTopic.IsPrefix"/> key ranges that were removed as a whole.</summary>
    public IReadOnlyList<WatchTopic> Changes => _changes;

    public bool IsEmpty => _changes.Count == 0;

    public int Count => _changes.Count;

    /// <param name="table">Where.</param>
    /// <param name="key">The row's key; kept by reference until the set is cleared.</param>
    public void Add(WatchTable table, byte[] key) => _changes.Add(new WatchTopic(table, key, IsPrefix: false));

    public void AddRange(WatchTable table, byte[] prefix) => _changes.Add(new WatchTopic(table, prefix, IsPrefix: true));

    public void Clear() => _changes.Clear();

    /// <summary>Forgets what was added after the set had <paramref name="count"/> changes: a command was rolled back.</summary>
    public void Truncate(int count) => _changes.RemoveRange(count, _changes.Count - count);
}
