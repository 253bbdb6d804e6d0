using System.Collections.Concurrent;
using System.Globalization;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>
/// All metrics of the process: aggregates them over intervals of ten seconds kept for a minute, and passes each value on
/// to the configured sinks. Thread safe; recording a known metric allocates nothing.
/// </summary>
internal sealed class MetricsRegistry : IMetrics
{
    private readonly ConcurrentDictionary<string, MetricSeries> _counters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetricSeries> _samples = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetricSeries> _gauges = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetricSeries> _labelled = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly string _prefix;
    private readonly string _gaugePrefix;
    private readonly IReadOnlyList<IMetricSink> _sinks;
    private readonly bool _quantiles;
    private readonly long _firstInterval;
    private volatile PrefixFilter _filter;

    /// <param name="hostname">Put into the names of gauges when metrics leave the process and nothing forbids it.</param>
    public MetricsRegistry(TelemetryConfig config, string hostname, TimeProvider? time = null, params IReadOnlyList<IMetricSink> sinks)
    {
        _time = time ?? TimeProvider.System;
        _prefix = config.MetricsPrefix.Length == 0 ? "" : config.MetricsPrefix + ".";
        _gaugePrefix = config.HasSink && !config.DisableHostname ? $"{_prefix}{hostname}." : _prefix;
        _sinks = sinks;
        _quantiles = config.PrometheusRetentionTime > TimeSpan.Zero;
        _filter = new PrefixFilter(config);
        Retention = config.PrometheusRetentionTime;
        _firstInterval = UtcTicks / MetricSeries.IntervalLength.Ticks;
    }

    /// <summary>How long Prometheus output shows a series after its last value; zero when that output is off.</summary>
    public TimeSpan Retention { get; }

    internal long UtcTicks => _time.GetUtcNow().UtcTicks;

    public void IncrCounter(string name, double value = 1) => Find(_counters, MetricKind.Counter, name).Record(value);

    public void AddSample(string name, double value) => Find(_samples, MetricKind.Sample, name).Record(value);

    public void SetGauge(string name, double value) => Find(_gauges, MetricKind.Gauge, name).Record(value);

    IMetricSeries IMetrics.Series(MetricKind kind, string name, params MetricLabel[] labels) => Series(kind, name, labels);

    /// <summary>The series of a metric with its labels.</summary>
    public MetricSeries Series(MetricKind kind, string name, params MetricLabel[] labels)
    {
        // Without labels it is the one that the plain methods write to.
        if (labels.Length == 0)
            return Find(kind switch { MetricKind.Counter => _counters, MetricKind.Sample => _samples, _ => _gauges }, kind, name);
        string key = $"{kind} {name}{MetricLabel.Join(labels)}";
        return _labelled.GetOrAdd(key, _ => Create(kind, name, labels));
    }

    /// <summary>Applies new filters to all metrics.</summary>
    public void Reload(TelemetryConfig config)
    {
        _filter = new PrefixFilter(config);
        foreach (MetricSeries series in All()) series.Enabled = _filter.Allows(series.Name);
    }

    /// <summary>Every series, in the order of names and labels.</summary>
    public IReadOnlyList<MetricSeries> All() =>
    [
        .. _counters.Values.Concat(_samples.Values).Concat(_gauges.Values).Concat(_labelled.Values)
            .OrderBy(static series => series.Name, StringComparer.Ordinal)
            .ThenBy(static series => MetricLabel.Join(series.Labels), StringComparer.Ordinal),
    ];

    /// <summary>The last complete interval, or during the very first one that one as far as it has come.</summary>
    public MetricsSnapshot LastInterval()
    {
        long current = UtcTicks / MetricSeries.IntervalLength.Ticks;
        return Snapshot(Math.Max(current - 1, _firstInterval));
    }

    /// <summary>All complete intervals that are kept, oldest first.</summary>
    public IEnumerable<MetricsSnapshot> CompleteIntervals()
    {
        long current = UtcTicks / MetricSeries.IntervalLength.Ticks;
        for (long interval = Math.Max(current - MetricSeries.KeptIntervals + 1, _firstInterval); interval < current; interval++)
        {
            yield return Snapshot(interval);
        }
    }

    internal void Forward(MetricSeries series, double value)
    {
        for (int i = 0; i < _sinks.Count; i++) _sinks[i].Record(series, value);
    }

    private MetricsSnapshot Snapshot(long interval)
    {
        var values = new List<(MetricSeries, Aggregate)>();
        foreach (MetricSeries series in All())
        {
            if (series.TryRead(interval, out Aggregate aggregate)) values.Add((series, aggregate));
        }

        return new MetricsSnapshot(new DateTime(interval * MetricSeries.IntervalLength.Ticks, DateTimeKind.Utc), values);
    }

    private MetricSeries Find(ConcurrentDictionary<string, MetricSeries> group, MetricKind kind, string name) =>
        group.TryGetValue(name, out MetricSeries? series) ? series : group.GetOrAdd(name, Create(kind, name, []));

    private MetricSeries Create(MetricKind kind, string name, MetricLabel[] labels)
    {
        string full = string.Create(CultureInfo.InvariantCulture, $"{(kind == MetricKind.Gauge ? _gaugePrefix : _prefix)}{name}");
        return new MetricSeries(this, kind, full, labels, _quantiles) { Enabled = _filter.Allows(full) };
    }
}
