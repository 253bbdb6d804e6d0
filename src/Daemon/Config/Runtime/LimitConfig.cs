namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>What one client or request may use.</summary>
internal sealed record LimitConfig
{
    /// <summary>Connections per client address over all HTTP listeners; 0 for no limit.</summary>
    public int HttpMaxConnectionsPerClient { get; init; } = 200;

    public TimeSpan HttpsHandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan RpcHandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public int RpcMaxConnectionsPerClient { get; init; } = 100;

    /// <summary>Client RPCs per second; not positive means unlimited.</summary>
    public double RpcRate { get; init; } = -1;

    public int RpcMaxBurst { get; init; } = 1000;

    /// <summary>Bytes of the largest value in the key-value store.</summary>
    public long KvMaxValueSize { get; init; } = 512 * 1024;

    /// <summary>Bytes of the largest transaction body.</summary>
    public long TxnMaxRequestLength { get; init; } = 512 * 1024;

    /// <summary>Agent cache: fetches per second and entry; infinite when unlimited.</summary>
    public double CacheEntryFetchRate { get; init; } = double.PositiveInfinity;

    public int CacheEntryFetchMaxBurst { get; init; } = 2;
}
