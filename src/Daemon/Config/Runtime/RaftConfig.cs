namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>Timing and size of the replicated log.</summary>
internal sealed record RaftConfig
{
    /// <summary>Scales the time-outs, 1 to 10. Development mode has its own, which nothing scales.</summary>
    public int Multiplier { get; init; } = 5;

    /// <summary>Always 3.</summary>
    public int Protocol { get; init; } = 3;

    /// <summary>How often the snapshot threshold is tested.</summary>
    public TimeSpan SnapshotInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Log entries before a snapshot.</summary>
    public long SnapshotThreshold { get; init; } = 16384;

    /// <summary>Log entries kept after a snapshot.</summary>
    public long TrailingLogs { get; init; } = 10240;
}

/// <summary>Initial server management, used only while the cluster has stored none.</summary>
internal sealed record AutopilotConfig
{
    public bool CleanupDeadServers { get; init; } = true;

    public TimeSpan LastContactThreshold { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Log entries a healthy server may lag.</summary>
    public ulong MaxTrailingLogs { get; init; } = 250;

    /// <summary>Servers below which dead ones are not removed; 0 for no bound.</summary>
    public uint MinQuorum { get; init; }

    public TimeSpan ServerStabilizationTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Stored for Enterprise servers, which follow it. So are the next two.</summary>
    public string RedundancyZoneTag { get; init; } = "";

    public bool DisableUpgradeMigration { get; init; }

    public string UpgradeVersionTag { get; init; } = "";
}
