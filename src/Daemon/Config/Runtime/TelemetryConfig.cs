namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>Metrics: their names, filters and sinks. Addresses are empty when the sink is off.</summary>
internal sealed record TelemetryConfig
{
    public string MetricsPrefix { get; init; } = "consul";

    public bool DisableHostname { get; init; }

    /// <summary>Stop emitting names from before 1.9.</summary>
    public bool DisableCompat19 { get; init; }

    /// <summary>The fate of names that no filter matches.</summary>
    public bool FilterDefault { get; init; } = true;

    /// <summary>Prefixes that are kept.</summary>
    public IReadOnlyList<string> AllowedPrefixes { get; init; } = [];

    /// <summary>Prefixes that are dropped.</summary>
    public IReadOnlyList<string> BlockedPrefixes { get; init; } = [];

    /// <summary>Positive turns the Prometheus output on.</summary>
    public TimeSpan PrometheusRetentionTime { get; init; }

    public string StatsdAddress { get; init; } = "";

    public string StatsiteAddress { get; init; } = "";

    public string DogstatsdAddress { get; init; } = "";

    public IReadOnlyList<string> DogstatsdTags { get; init; } = [];

    /// <summary>True when metrics leave the process by more than the metrics endpoint.</summary>
    public bool HasSink => PrometheusRetentionTime > TimeSpan.Zero
        || StatsdAddress.Length > 0 || StatsiteAddress.Length > 0 || DogstatsdAddress.Length > 0;
}
