namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>The server role.</summary>
internal sealed record ServerConfig
{
    /// <summary>False for a client agent.</summary>
    public bool Enabled { get; init; }

    /// <summary>This server may elect itself. In development mode false, yet it does.</summary>
    public bool Bootstrap { get; init; }

    /// <summary>Bootstrap once this many servers are known; 0 when off or turned into <see cref="Bootstrap"/>.</summary>
    public int BootstrapExpect { get; init; }

    /// <summary>Smallest session TTL accepted.</summary>
    public TimeSpan SessionTtlMin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request waits for a leader.</summary>
    public TimeSpan RpcHoldTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>How long a leaving server still answers.</summary>
    public TimeSpan LeaveDrainTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait of a blocking query that gives none.</summary>
    public TimeSpan DefaultQueryTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Upper bound of a blocking query's wait.</summary>
    public TimeSpan MaxQueryTime { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Serve event streams.</summary>
    public bool EnableStreaming { get; init; }

    public bool UseStreamingBackend { get; init; } = true;

    /// <summary>How often the leader looks at the health of the servers.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(2);
}
