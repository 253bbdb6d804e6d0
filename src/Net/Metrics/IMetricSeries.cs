using System.Diagnostics;

namespace Consul.Fast.Net.Metrics;

/// <summary>One metric with one set of labels, kept by code that records often. Thread safe; recording allocates nothing.</summary>
public interface IMetricSeries
{
    /// <summary>Adds to a counter, records a sample, or sets a gauge.</summary>
    void Record(double value);

    /// <summary>
    /// Records the milliseconds since <paramref name="startTimestamp"/>, taken from <see cref="Stopwatch.GetTimestamp"/>.
    /// </summary>
    void RecordSince(long startTimestamp) => Record(Stopwatch.GetElapsedTime(startTimestamp).TotalMilliseconds);
}
