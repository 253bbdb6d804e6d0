using System.Diagnostics;

namespace Consul.Fast.Net.Metrics;

/// <summary>
/// Where every part reports its measurements. Names are dotted and without the program's prefix (<c>raft.apply</c>); use
/// constants, because a new name costs an allocation and a known one costs none. Thread safe.
/// </summary>
public interface IMetrics
{
    /// <summary>Adds to a counter.</summary>
    void IncrCounter(string name, double value = 1);

    /// <summary>Records one value of a distribution; times are milliseconds.</summary>
    void AddSample(string name, double value);

    /// <summary>Sets the current value of something that rises and falls.</summary>
    void SetGauge(string name, double value);

    /// <summary>One metric with its labels. Finding it costs an allocation, so callers keep it.</summary>
    /// <param name="name">As elsewhere: without the program's prefix.</param>
    IMetricSeries Series(MetricKind kind, string name, params MetricLabel[] labels);

    /// <summary>
    /// Records the milliseconds since <paramref name="startTimestamp"/>, taken from
    /// <see cref="Stopwatch.GetTimestamp"/>.
    /// </summary>
    void MeasureSince(string name, long startTimestamp) => AddSample(name, Stopwatch.GetElapsedTime(startTimestamp).TotalMilliseconds);
}

/// <summary>Drops everything; for tests and tools.</summary>
public sealed class NoMetrics : IMetrics, IMetricSeries
{
    public static readonly NoMetrics Instance = new();

    private NoMetrics()
    {
    }

    public void IncrCounter(string name, double value = 1)
    {
    }

    public void AddSample(string name, double value)
    {
    }

    public void SetGauge(string name, double value)
    {
    }

    public IMetricSeries Series(MetricKind kind, string name, params MetricLabel[] labels) => this;

    public void Record(double value)
    {
    }
}
