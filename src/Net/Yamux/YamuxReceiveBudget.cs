namespace Consul.Fast.Net.Yamux;

/// <summary>
/// Bounds the bytes that peers have sent and nobody has read yet, over many sessions. Counted in whole blocks per stream,
/// because one unread byte holds a block. Thread safe.
/// </summary>
/// <param name="bytesMax">Most bytes held at once. The last quarter is kept for sessions that hold little, so that a few
/// hoarding peers cannot have everybody else's streams reset.</param>
public sealed class YamuxReceiveBudget(long bytesMax)
{
    /// <summary>What a session may always hold while the common part lasts: four streams with full windows.</summary>
    private const long SmallSession = 1 << 20;

    private long _used;

    /// <summary>The budget of the whole process: 256 MiB.</summary>
    public static YamuxReceiveBudget Process { get; } = new(256L << 20);

    /// <summary>Bytes held now.</summary>
    public long Used => Volatile.Read(ref _used);

    public long BytesMax { get; } = bytesMax;

    internal void Add(long bytes) => Interlocked.Add(ref _used, bytes);

    /// <summary>True when a session that holds this many bytes may not add to them.</summary>
    internal bool IsExceeded(long sessionBytes)
    {
        long used = Used;
        return used > BytesMax || (used > BytesMax - (BytesMax / 4) && sessionBytes > SmallSession);
    }
}
