namespace Consul.Fast.Storage.Log;

/// <summary>Sizes of the log. The page and segment sizes are part of the format: a log is opened with those it was made with.</summary>
internal sealed record RaftLogOptions
{
    /// <summary>Bytes of a file, a power of two. Its space is reserved when it is created and given back as a whole.</summary>
    public long SegmentSize { get; init; } = 64L << 20;

    /// <summary>Bytes of a FASTER page, a power of two; two are in memory.</summary>
    public int PageSize { get; init; } = 512 << 10;

    /// <summary>Entries kept in memory.</summary>
    public int CacheEntries { get; init; } = 512;

    /// <summary>Payload bytes of the entries kept in memory.</summary>
    public long CacheBytes { get; init; } = 16L << 20;

    /// <summary>The calls that make it durable.</summary>
    public IDiskIo Io { get; init; } = DiskIo.Instance;
}
