using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Consensus;

/// <summary>Settings of a Raft node.</summary>
public sealed record RaftOptions
{
    /// <summary>Own node id (UUID text).</summary>
    public required string ServerId { get; init; }

    /// <summary>Own RPC address, <c>ip:port</c>, exactly as other members compute it.</summary>
    public required string ServerAddress { get; init; }

    public RaftTimings Timings { get; init; } = RaftTimings.ForMultiplier(5);

    public SnapshotPolicy Snapshots { get; init; } = new();

    /// <summary>Entries in one AppendEntries.</summary>
    public int MaxAppendEntries { get; init; } = 64;

    /// <summary>Proposals that may be under way; more wait. Several times the expected concurrency, for group commit.</summary>
    public int MaxPendingProposals { get; init; } = 8192;

    /// <summary>Bytes of payload that may be under way; one larger proposal alone is let through.</summary>
    public long MaxPendingBytes { get; init; } = 64 << 20;

    /// <summary>How long a proposal waits for room before it fails with <see cref="RaftErrors.EnqueueTimeout"/>.</summary>
    public TimeSpan EnqueueTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an orderly stop waits for what is under way.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Directory of <c>peers.json</c>, the operator's way out of a lost quorum; null for none.</summary>
    public string? PeersDirectory { get; init; }

    /// <summary>Where the node reports its measurements.</summary>
    public IMetrics Metrics { get; init; } = NoMetrics.Instance;

    /// <summary>Seed of the election time-outs; different on every server.</summary>
    public ulong Seed { get; init; } = (ulong)Random.Shared.NextInt64();
}

/// <summary>When snapshots are taken and how much log stays behind them. Can be replaced while running.</summary>
/// <param name="Interval">The log is looked at every [interval, 2 × interval).</param>
/// <param name="Threshold">Entries since the last snapshot that make a new one due.</param>
/// <param name="TrailingLogs">Entries kept after a snapshot for followers that are behind.</param>
public sealed record SnapshotPolicy(TimeSpan Interval, ulong Threshold, ulong TrailingLogs)
{
    public SnapshotPolicy()
        : this(TimeSpan.FromSeconds(30), 16384, 10240)
    {
    }
}
