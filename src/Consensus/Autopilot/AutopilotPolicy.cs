namespace Consul.Fast.Consensus.Autopilot;

/// <summary>The settings that the autopilot's decisions depend on. Stored in the cluster, the same for all its servers.</summary>
public sealed record AutopilotPolicy
{
    /// <summary>Dead servers are removed.</summary>
    public bool CleanupDeadServers { get; init; } = true;

    /// <summary>Nanoseconds. A server that has not heard of the leader for longer is unhealthy.</summary>
    public long LastContactThresholdNs { get; init; } = 200_000_000;

    /// <summary>Entries. A server whose log is further behind is unhealthy.</summary>
    public ulong MaxTrailingLogs { get; init; } = 250;

    /// <summary>No dead voter is removed when fewer voters than this would stay; 0 for no bound.</summary>
    public ulong MinQuorum { get; init; }

    /// <summary>How long a server is healthy before it gets a vote.</summary>
    public TimeSpan StabilizationTime { get; init; } = TimeSpan.FromSeconds(10);
}
