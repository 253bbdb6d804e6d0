namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>Sends every recorded value out of the process. Called on the recording thread: it must neither block nor throw.</summary>
internal interface IMetricSink
{
    void Record(MetricSeries series, double value);
}
