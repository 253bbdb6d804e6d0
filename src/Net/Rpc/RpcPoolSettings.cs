using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Rpc;

/// <summary>Settings of an <see cref="RpcPool"/>; the defaults are those of a client agent.</summary>
public sealed record RpcPoolSettings
{
    /// <summary>The own datacenter: calls without a client certificate stay inside it.</summary>
    public required string Datacenter { get; init; }

    /// <summary>Free streams kept per connection: 32 on client agents, 64 on servers. Surplus ones close after their call.</summary>
    public int IdleStreamsMax { get; init; } = 32;

    /// <summary>How long a connection stays without a call: 127 s on client agents, 120 s on servers. Zero keeps it for good.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(127);

    /// <summary>
    /// Responses up to this size are decoded, and their callers continued, on the connection's read loop; larger ones on the
    /// thread pool, and with zero all. Callers continued on the read loop must not block: all calls of the connection wait
    /// behind them.
    /// </summary>
    public int InlineResponseBytesMax { get; init; } = 16 * 1024;

    /// <summary>Longest response body in bytes; a listing of a whole store is large.</summary>
    public long MaxResponseBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Multiplexed connections.</summary>
    public YamuxSettings Yamux { get; init; } = new();
}
