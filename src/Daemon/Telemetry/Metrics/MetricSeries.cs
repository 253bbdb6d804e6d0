using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>
/// One metric with one set of labels. Hot code keeps the series it writes to; recording takes a short lock and allocates
/// nothing. The last intervals are kept in a ring that is recycled as time passes, so no timer is needed.
/// </summary>
internal sealed class MetricSeries : IMetricSeries
{
    /// <summary>Ten seconds: the length of an interval.</summary>
    public static readonly TimeSpan IntervalLength = TimeSpan.FromSeconds(10);

    /// <summary>One minute of complete intervals and the current one.</summary>
    internal const int KeptIntervals = 7;

    private readonly Lock _gate = new();
    private readonly Aggregate[] _ring = new Aggregate[KeptIntervals];
    private readonly MetricsRegistry _registry;
    private readonly QuantileWindow? _quantiles;
    private double _total;
    private long _totalCount;
    private double _gauge;
    private long _lastUpdateTicks;

    internal MetricSeries(MetricsRegistry registry, MetricKind kind, string name, MetricLabel[] labels, bool quantiles)
    {
        _registry = registry;
        Kind = kind;
        Name = name;
        Labels = labels;
        if (quantiles && kind == MetricKind.Sample) _quantiles = new QuantileWindow();
    }

    public MetricKind Kind { get; }

    /// <summary>The full name: prefix, for gauges perhaps the host name, and the metric's own name.</summary>
    public string Name { get; }

    public MetricLabel[] Labels { get; }

    /// <summary>False while a filter drops this series.</summary>
    public bool Enabled { get; internal set; } = true;

    /// <summary>Adds to a counter, records a sample, or sets a gauge.</summary>
    public void Record(double value)
    {
        if (!Enabled) return;
        long ticks = _registry.UtcTicks;
        long interval = ticks / IntervalLength.Ticks;
        lock (_gate)
        {
            ref Aggregate slot = ref _ring[interval % KeptIntervals];
            if (slot.Interval != interval) slot = new Aggregate { Interval = interval };
            slot.Add(value);
            _lastUpdateTicks = ticks;
            _total += value;
            _totalCount++;
            _gauge = value;
            _quantiles?.Add(value, ticks);
        }

        _registry.Forward(this, value);
    }

    /// <summary>The values of one interval; false when the series had none in it.</summary>
    internal bool TryRead(long interval, out Aggregate aggregate)
    {
        lock (_gate) aggregate = _ring[interval % KeptIntervals];
        return aggregate.Interval == interval;
    }

    /// <summary>All values since the start, and when the last one came.</summary>
    internal SeriesTotals ReadTotals()
    {
        lock (_gate) return new SeriesTotals(_total, _totalCount, _gauge, _lastUpdateTicks, _quantiles?.Read(_registry.UtcTicks));
    }
}

/// <param name="Total">Sum of a counter or of samples.</param>
/// <param name="Quantiles">The 0.5, 0.9 and 0.99 quantiles of recent samples; null unless they are collected.</param>
internal readonly record struct SeriesTotals(double Total, long Count, double Gauge, long LastUpdateTicks, double[]? Quantiles);
