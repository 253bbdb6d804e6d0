using System.Globalization;
using System.Text;
using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>The constant parts of the lines that one series sends to a statsd server.</summary>
internal sealed class StatsdLine
{
    private readonly byte[] _head;
    private readonly byte[] _tail;

    private StatsdLine(string head, string tail)
    {
        _head = Encoding.UTF8.GetBytes(head);
        _tail = Encoding.UTF8.GetBytes(tail);
    }

    /// <summary>Plain statsd: the values of labels become parts of the name.</summary>
    public static StatsdLine Plain(MetricSeries series)
    {
        string name = string.Concat(series.Name, string.Concat(series.Labels.Select(static label => $".{label.Value}")));
        return new StatsdLine($"{Clean(name)}:", $"|{Kind(series.Kind)}\n");
    }

    /// <summary>DogStatsD: labels are tags, and the host's name is taken out of the metric's.</summary>
    public static StatsdLine Tagged(MetricSeries series, string hostName, IReadOnlyList<string> tags)
    {
        string name = series.Name.Replace($".{hostName}.", ".", StringComparison.Ordinal);
        string all = string.Join(',', tags.Concat(series.Labels.Select(static label => $"{label.Name}:{label.Value}")));
        return new StatsdLine($"{Clean(name)}:", $"|{Kind(series.Kind)}{(all.Length > 0 ? "|#" : "")}{all}\n");
    }

    /// <summary>Writes one line; false when it does not fit.</summary>
    public bool TryWrite(double value, Span<byte> target, out int written)
    {
        written = 0;
        if (target.Length < _head.Length + _tail.Length) return false;
        _head.CopyTo(target);
        Span<byte> rest = target[_head.Length..^_tail.Length];
        if (!value.TryFormat(rest, out int length, "F6", CultureInfo.InvariantCulture)) return false;
        _tail.CopyTo(target[(_head.Length + length)..]);
        written = _head.Length + length + _tail.Length;
        return true;
    }

    private static string Kind(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "c",
        MetricKind.Gauge => "g",
        _ => "ms",
    };

    private static string Clean(string name) => name.Replace(':', '_').Replace(' ', '_');
}
