namespace Consul.Fast.Net.Metrics;

/// <summary>How the values of a metric are put together.</summary>
public enum MetricKind
{
    /// <summary>They are added up.</summary>
    Counter,

    /// <summary>They are a distribution; times are milliseconds.</summary>
    Sample,

    /// <summary>The last one counts.</summary>
    Gauge,
}
