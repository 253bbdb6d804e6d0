using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Transport;

/// <summary>What a <see cref="RaftTransport"/> works with.</summary>
public sealed record RaftTransportSettings
{
    /// <summary>Where entries are that Raft has no longer in memory.</summary>
    public required ILogStore Log { get; init; }

    /// <summary>Where the snapshots are that peers are sent.</summary>
    public required ISnapshotStore Snapshots { get; init; }

    /// <summary>Decides on TLS and on the local address.</summary>
    public required TcpDialer Dialer { get; init; }

    /// <summary>The own datacenter, part of the name that a peer's certificate must carry.</summary>
    public required string Datacenter { get; init; }

    /// <summary>
    /// The present <c>ip:port</c> of the server with a Raft id; null when unknown: then the configuration's address is dialled.
    /// Called for each request, from any thread; must not block.
    /// </summary>
    public Func<string, string?> AddressOf { get; init; } = static _ => null;

    public required TimerWheel Timers { get; init; }

    public required ILogger Logger { get; init; }

    public IMetrics Metrics { get; init; } = NoMetrics.Instance;

    /// <summary>
    /// Limit of an exchange, and of each write and each wait for an answer of a pipeline. A snapshot has that much for each
    /// 256 KiB.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection without use is kept.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromSeconds(30);
}
