using System.Globalization;
using System.Text;
using System.Text.Json;
using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>The aggregated metrics of one interval, and the forms they are shown in.</summary>
internal sealed class MetricsSnapshot(DateTime start, IReadOnlyList<(MetricSeries Series, Aggregate Values)> values)
{
    /// <summary>Writes the answer of the metrics endpoint.</summary>
    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("Timestamp", start.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture));
        writer.WriteStartArray("Gauges");
        foreach ((MetricSeries series, Aggregate aggregate) in Of(MetricKind.Gauge))
        {
            // A gauge that says it knows nothing: JSON has no word for that.
            if (double.IsNaN(aggregate.Last)) continue;
            writer.WriteStartObject();
            writer.WriteString("Name", series.Name);
            WriteNumber(writer, "Value", aggregate.Last);
            WriteLabels(writer, series);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("Points");
        writer.WriteEndArray();
        WriteSampled(writer, "Counters", MetricKind.Counter);
        WriteSampled(writer, "Samples", MetricKind.Sample);
        writer.WriteEndObject();
    }

    /// <summary>One line per series, as printed on the dump signal.</summary>
    public void WriteText(TextWriter output)
    {
        string time = start.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", CultureInfo.InvariantCulture);
        foreach ((MetricSeries series, Aggregate aggregate) in Of(MetricKind.Gauge))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{time}][G] '{FlatName(series)}': {aggregate.Last:F3}"));
        }

        WriteSampledText(output, time, 'C', MetricKind.Counter);
        WriteSampledText(output, time, 'S', MetricKind.Sample);
    }

    private void WriteSampledText(TextWriter output, string time, char letter, MetricKind kind)
    {
        foreach ((MetricSeries series, Aggregate aggregate) in Of(kind))
        {
            output.WriteLine($"[{time}][{letter}] '{FlatName(series)}': {Text(aggregate)}");
        }
    }

    private IEnumerable<(MetricSeries Series, Aggregate Values)> Of(MetricKind kind) => values.Where(value => value.Series.Kind == kind);

    private void WriteSampled(Utf8JsonWriter writer, string list, MetricKind kind)
    {
        writer.WriteStartArray(list);
        foreach ((MetricSeries series, Aggregate aggregate) in Of(kind))
        {
            writer.WriteStartObject();
            writer.WriteString("Name", series.Name);
            writer.WriteNumber("Count", aggregate.Count);
            WriteNumber(writer, "Rate", aggregate.Sum / MetricSeries.IntervalLength.TotalSeconds);
            WriteNumber(writer, "Sum", aggregate.Sum);
            WriteNumber(writer, "Min", aggregate.Min);
            WriteNumber(writer, "Max", aggregate.Max);
            WriteNumber(writer, "Mean", aggregate.Mean);
            WriteNumber(writer, "Stddev", aggregate.StandardDeviation);
            WriteLabels(writer, series);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteLabels(Utf8JsonWriter writer, MetricSeries series)
    {
        writer.WriteStartObject("Labels");
        foreach (MetricLabel label in series.Labels.OrderBy(static label => label.Name, StringComparer.Ordinal))
        {
            writer.WriteString(label.Name, label.Value);
        }

        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double value) =>
        writer.WriteNumber(name, double.IsFinite(value) ? value : 0);

    private static string FlatName(MetricSeries series) =>
        series.Labels.Aggregate(new StringBuilder(series.Name), static (name, label) => name.Append('.').Append(label.Value)).ToString();

    private static string Text(in Aggregate a) => string.Create(
        CultureInfo.InvariantCulture,
        $"Count: {a.Count} Min: {a.Min:F3} Mean: {a.Mean:F3} Max: {a.Max:F3} Stddev: {a.StandardDeviation:F3} Sum: {a.Sum:F3}");
}
