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

    /// <summary>A filter expression, empty for none.</summary>
    public string Filter { get; set; } = "";

    /// <summary>Pairs of node metadata that must all match; null for none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? NodeMetaFilters { get; set; }

    /// <summary>Ends a waiting call whose caller has gone.</summary>
    public CancellationToken Cancellation { get; set; }

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
        Filter = "";
        NodeMetaFilters = null;
        Cancellation = default;
    }
}

/// <summary>A read that needs nothing but its datacenter.</summary>
public sealed class DcSpecificRequest : QueryRequest;

public sealed class KeyRequest : QueryRequest
{
    /// <summary>Key or prefix, valid until the call completes.</summary>
    public ReadOnlyMemory<byte> Key { get; set; }

    public override void Reset()
    {
        base.Reset();
        Key = default;
    }
}

public sealed class NodeSpecificRequest : QueryRequest
{
    public string Node { get; set; } = "";
}

public sealed class ServiceSpecificRequest : QueryRequest
{
    public string ServiceName { get; set; } = "";

    /// <summary>All must be present, compared without case; null for no tag filter.</summary>
    public IReadOnlyList<string>? ServiceTags { get; set; }
}

public sealed class ChecksInStateRequest : QueryRequest
{
    public string State { get; set; } = "";
}

public sealed class SessionSpecificRequest : QueryRequest
{
    public string SessionId { get; set; } = "";
}
