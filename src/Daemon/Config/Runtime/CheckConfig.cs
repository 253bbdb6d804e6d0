namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>How the agent runs checks and keeps the catalog in step.</summary>
internal sealed record CheckConfig
{
    /// <summary>Script checks from the HTTP API are allowed.</summary>
    public bool EnableRemoteScripts { get; init; }

    /// <summary>Script checks from files are allowed.</summary>
    public bool EnableLocalScripts { get; init; }

    /// <summary>Delay for updates that change only the output; zero sends them at once.</summary>
    public TimeSpan UpdateInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of output kept per check.</summary>
    public int OutputMaxSize { get; init; } = 4096;

    public bool DiscardOutput { get; init; }

    /// <summary>HTTP and gRPC checks present the agent's own certificate.</summary>
    public bool EnableAgentTls { get; init; }

    /// <summary>How often services that are critical for too long are looked for.</summary>
    public TimeSpan ReapInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The smallest time after which a critical service is deregistered.</summary>
    public TimeSpan DeregisterIntervalMin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Base period of the full sync with the catalog.</summary>
    public TimeSpan AntiEntropyInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Coordinate updates per second that the whole cluster may send.</summary>
    public double SyncCoordinateRateTarget { get; init; } = 64;

    public TimeSpan SyncCoordinateIntervalMin { get; init; } = TimeSpan.FromSeconds(15);
}
