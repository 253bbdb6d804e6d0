using System.Diagnostics;
using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Http;

/// <summary>
/// How long the requests of one route take, by method: under the present name with labels, and under the one from before
/// 1.9, which tells both in itself. Thread safe; recording allocates nothing.
/// </summary>
internal sealed class RouteTimings(IMetrics metrics, string pattern)
{
    /// <summary>Others are not measured: a client could make up any number of them.</summary>
    private static readonly string[] s_methods = ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"];

    private readonly Pair?[] _byMethod = new Pair?[s_methods.Length];

    public void Record(string method, long startTimestamp)
    {
        int index = Array.IndexOf(s_methods, method);
        if (index < 0) return;
        // Two first requests at once find the same series.
        Pair pair = _byMethod[index] ??= Create(method);
        double milliseconds = Stopwatch.GetElapsedTime(startTimestamp).TotalMilliseconds;
        pair.Present.Record(milliseconds);
        pair.Old.Record(milliseconds);
    }

    private Pair Create(string method)
    {
        string path = pattern[1..].Replace('/', '_');
        // What comes after a last slash has no name of its own.
        string parts = string.Join('.', pattern[1..].Split('/').Select(static part => part.Length == 0 ? "_" : part));
        return new Pair(
            metrics.Series(MetricKind.Sample, "api.http", new MetricLabel("method", method), new MetricLabel("path", path)),
            metrics.Series(MetricKind.Sample, $"http.{method}.{parts}"));
    }

    private sealed record Pair(IMetricSeries Present, IMetricSeries Old);
}
