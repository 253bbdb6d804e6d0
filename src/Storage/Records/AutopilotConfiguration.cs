namespace Consul.Fast.Storage.Records;

/// <summary>How the leader manages the servers of the cluster: the one record of its table.</summary>
public sealed record AutopilotConfiguration
{
    /// <summary>Servers that failed are removed when others take their place.</summary>
    public bool CleanupDeadServers { get; init; }

    /// <summary>A server that has not heard of the leader for longer is unhealthy.</summary>
    public long LastContactThresholdNs { get; init; }

    /// <summary>A server whose log is further behind is unhealthy.</summary>
    public ulong MaxTrailingLogs { get; init; }

    /// <summary>Dead voters are kept while there are no more voters than this; 0 for no bound.</summary>
    public ulong MinQuorum { get; init; }

    /// <summary>How long a server is healthy before it gets a vote.</summary>
    public long ServerStabilizationTimeNs { get; init; }

    /// <summary>Stored and shown; only Enterprise servers follow it. So are the next two.</summary>
    public string RedundancyZoneTag { get; init; } = "";

    public bool DisableUpgradeMigration { get; init; }

    public string UpgradeVersionTag { get; init; } = "";

    public ulong CreateIndex { get; init; }

    public ulong ModifyIndex { get; init; }
}
