using System.Globalization;
using System.Text;
using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>The Prometheus exposition format (version 0.0.4) of all metrics.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string[] Quantiles = ["0.5", "0.9", "0.99"];

    /// <summary>Series without a value for longer than the registry's retention are left out.</summary>
    public static string Write(MetricsRegistry registry)
    {
        var text = new StringBuilder();
        long oldest = registry.UtcTicks - registry.Retention.Ticks;
        string previous = "";
        foreach ((string name, MetricSeries series) in registry.All().Select(static series => (Name(series.Name), series)))
        {
            SeriesTotals totals = series.ReadTotals();
            if (totals.Count == 0 || totals.LastUpdateTicks < oldest) continue;
            if (name != previous) text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {name}\n# TYPE {name} {Type(series.Kind)}\n");
            previous = name;
            Append(text, name, series, totals);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, MetricSeries series, in SeriesTotals totals)
    {
        switch (series.Kind)
        {
            case MetricKind.Counter:
                AppendLine(text, name, series, totals.Total);
                break;
            case MetricKind.Gauge:
                AppendLine(text, name, series, totals.Gauge);
                break;
            default:
                for (int i = 0; i < Quantiles.Length; i++) AppendLine(text, name, series, totals.Quantiles?[i] ?? double.NaN, Quantiles[i]);
                AppendLine(text, name + "_sum", series, totals.Total);
                AppendLine(text, name + "_count", series, totals.Count);
                break;
        }
    }

    private static void AppendLine(StringBuilder text, string name, MetricSeries series, double value, string? quantile = null)
    {
        text.Append(name);
        IEnumerable<string> labels = series.Labels.Select(static label => $"{Name(label.Name)}=\"{Escape(label.Value)}\"");
        if (quantile is not null) labels = labels.Append($"quantile=\"{quantile}\"");
        string joined = string.Join(',', labels);
        if (joined.Length > 0) text.Append('{').Append(joined).Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Type(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "summary",
    };

    private static string Name(string name) => string.Create(name.Length, name, static (target, source) =>
    {
        for (int i = 0; i < target.Length; i++) target[i] = source[i] is ' ' or '.' or '=' or '-' or '/' ? '_' : source[i];
    });

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace(
            "\n", "\\n", StringComparison.Ordinal);
}
