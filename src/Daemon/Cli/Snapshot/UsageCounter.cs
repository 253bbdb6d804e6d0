namespace Consul.Fast.Daemon.Cli.Snapshot;

/// <summary>Records and bytes under one name.</summary>
internal sealed class UsageCounter(string name)
{
    public string Name => name;

    public long Bytes { get; private set; }

    public long Count { get; private set; }

    public void Add(long bytes)
    {
        Bytes += bytes;
        Count++;
    }

    /// <summary>Largest first.</summary>
    public static UsageCounter[] Sorted(IEnumerable<UsageCounter> counters) =>
        [.. counters.OrderByDescending(static counter => counter.Bytes).ThenBy(static counter => counter.Name, StringComparer.Ordinal)];
}
