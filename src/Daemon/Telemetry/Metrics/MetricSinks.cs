using System.Globalization;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>The servers that the configuration sends metrics to.</summary>
internal sealed class MetricSinks : IDisposable
{
    private readonly List<StatsdSink> _sinks = [];

    /// <exception cref="ConfigException">An address is not <c>host:port</c>.</exception>
    public MetricSinks(TelemetryConfig config, string hostName)
    {
        if (config.StatsdAddress.Length > 0) Add(config.StatsdAddress, tcp: false, StatsdLine.Plain);
        if (config.StatsiteAddress.Length > 0) Add(config.StatsiteAddress, tcp: true, StatsdLine.Plain);
        if (config.DogstatsdAddress.Length > 0)
        {
            Add(config.DogstatsdAddress, tcp: false, series => StatsdLine.Tagged(series, hostName, config.DogstatsdTags));
        }
    }

    public IReadOnlyList<IMetricSink> All => _sinks;

    public void Dispose() => _sinks.ForEach(static sink => sink.Dispose());

    private void Add(string address, bool tcp, Func<MetricSeries, StatsdLine> line)
    {
        int colon = address.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw new ConfigException($"failed to initialize telemetry: address {address}: missing port in address");
        }

        _sinks.Add(new StatsdSink(address[..colon].Trim('[', ']'), port, tcp, line));
    }
}
