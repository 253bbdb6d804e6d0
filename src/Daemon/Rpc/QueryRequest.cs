namespace Consul.Fast.Daemon.Rpc;

/// <summary>What every read carries: where it goes, how fresh it must be, and how long it may wait.</summary>
public abstract class QueryRequest
{
    /// <summary>Empty means the agent's own datacenter.</summary>
    public string Datacenter { get; set; } = "";

    public string Token { get; set; } = "";

    /// <summary>Wait until the result's index is greater; 0 answers at once.</summary>
    public ulong MinQueryIndex { get; set; }

    /// <summary>How long to wait; zero means the default. The server caps it and adds its jitter.</summary>
    public TimeSpan MaxQueryTime { get; set; }

    public bool AllowStale { get; set; }

    public bool RequireConsistent { get; set; }

    /// <summary>A stale answer older than this is refused and the leader asked instead; zero for no bound.</summary>
    public TimeSpan MaxStale { get; set; }

    /// <summary>
    /// A wait that ends without a change may be answered without data, marked <see cref="QueryMeta.NotModified"/>. Only the
    /// lists of nodes and of services do so.
    /// </summary>
    public bool AllowNotModified { get; set; }

    /// <summary>A filter expression, empty for none.</summary>
    public string Filter { get; set; } = "";

    /// <summary>Pairs of node metadata that must all match; null for none. Not every read looks at them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? NodeMetaFilters { get; set; }

    /// <summary>From where results are sorted by distance. Not every read looks at it.</summary>
    public QuerySource Source { get; set; } = QuerySource.None;

    /// <summary>The caching agent may answer; servers look at none of the cache settings.</summary>
    public bool UseCache { get; set; }

    /// <summary>How old a cached answer may be; zero for no bound.</summary>
    public TimeSpan MaxAge { get; set; }

    /// <summary>A cached answer is asked for again in any case.</summary>
    public bool MustRevalidate { get; set; }

    /// <summary>How much older than <see cref="MaxAge"/> a cached answer may be while servers fail.</summary>
    public TimeSpan StaleIfError { get; set; }

    /// <summary>Ends a waiting call whose caller has gone. Not on the wire.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Whether a result with this index may be left out because the caller has it already.</summary>
    public bool IsUnmodified(ulong index) => AllowNotModified && MinQueryIndex > 0 && MinQueryIndex == index;

    /// <summary>Makes the request as new, so that one object can serve call after call.</summary>
    public virtual void Reset()
    {
        Datacenter = "";
        Token = "";
        MinQueryIndex = 0;
        MaxQueryTime = default;
        AllowStale = false;
        RequireConsistent = false;
        MaxStale = default;
        AllowNotModified = false;
        Filter = "";
        NodeMetaFilters = null;
        Source = QuerySource.None;
        UseCache = false;
        MaxAge = default;
        MustRevalidate = false;
        StaleIfError = default;
        Cancellation = default;
    }
}

/// <summary>The place that distances are measured from.</summary>
/// <param name="Node">A node of <paramref name="Datacenter"/>; empty for no sorting.</param>
/// <param name="Segment">Its network segment, always empty in this edition.</param>
/// <param name="Ip">An address to find the node by.</param>
public sealed record QuerySource(string Datacenter, string Segment, string Node, string Ip)
{
    public static readonly QuerySource None = new("", "", "", "");
}
