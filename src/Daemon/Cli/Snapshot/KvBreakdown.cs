namespace Consul.Fast.Daemon.Cli.Snapshot;

/// <summary>Usage of the key-value store by the first segments of the keys.</summary>
/// <param name="depth">Segments that are kept; 0 puts all keys under an empty name.</param>
/// <param name="filter">Only keys with this prefix count.</param>
internal sealed class KvBreakdown(int depth, string filter)
{
    private readonly Dictionary<string, UsageCounter> _counters = new(StringComparer.Ordinal);

    public long TotalBytes { get; private set; }

    /// <summary>Whether no key counted; nothing is shown then.</summary>
    public bool IsEmpty => _counters.Count == 0;

    public UsageCounter[] Sorted() => UsageCounter.Sorted(_counters.Values);

    public void Add(string key, long bytes)
    {
        if (!key.StartsWith(filter, StringComparison.Ordinal)) return;
        string name = string.Join('/', key.Split('/').Take(depth));
        if (!_counters.TryGetValue(name, out UsageCounter? counter))
        {
            counter = new UsageCounter(name);
            _counters.Add(name, counter);
        }

        counter.Add(bytes);
        TotalBytes += bytes;
    }
}
