using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Rpc;

/// <summary>Limits of an <see cref="RpcServer"/>.</summary>
public sealed record RpcServerSettings
{
    /// <summary>
    /// Calls that run at the same time, over all connections; the ones above are refused with an error. Blocking queries
    /// count for as long as they wait, so this is far above what the processors can do.
    /// </summary>
    public int MaxInFlight { get; init; } = 262_144;

    /// <summary>
    /// Bodies above this size are decoded on the thread pool even for inline methods: nothing a peer sends may hold up the
    /// other streams of its connection.
    /// </summary>
    public int InlineRequestBytesMax { get; init; } = 16 * 1024;

    /// <summary>
    /// Longest request body in bytes. The reference has no limit; its largest requests, transactions and chunks of large
    /// values, have a few MiB.
    /// </summary>
    public long MaxRequestBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// Bytes of encoded answers that all peers together may leave untaken; above it further answers wait. One connection may
    /// hold a quarter of it.
    /// </summary>
    public long HeldReplyBytesMax { get; init; } = 256L * 1024 * 1024;

    /// <summary>Multiplexed connections.</summary>
    public YamuxSettings Yamux { get; init; } = new();
}
