using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Tests.Telemetry;

public sealed class MetricsTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void Last_complete_interval_is_shown_aggregated()
    {
        var metrics = new MetricsRegistry(new TelemetryConfig(), "host", _clock);
        foreach (double value in new[] { 1.0, 2, 3 }) metrics.AddSample("raft.commitTime", value);
        metrics.IncrCounter("rpc.request");
        metrics.IncrCounter("rpc.request", 2);
        metrics.SetGauge("runtime.alloc_bytes", 5);
        metrics.SetGauge("runtime.alloc_bytes", 4);
        _clock.Advance(TimeSpan.FromSeconds(10));
        metrics.IncrCounter("rpc.request", 100);
        JsonElement shown = Json(metrics.LastInterval());
        Assert.Equal("2026-11-23 02:53:30 +0000 UTC", shown.GetProperty("Timestamp").GetString());
        JsonElement gauge = Assert.Single(shown.GetProperty("Gauges").EnumerateArray());
        Assert.Equal(("consul.runtime.alloc_bytes", 4.0), (gauge.GetProperty("Name").GetString(), gauge.GetProperty("Value").GetDouble()));
        Assert.Equal(
            """{"Name":"consul.rpc.request","Count":2,"Rate":0.3,"Sum":3,"Min":1,"Max":2,"Mean":1.5,"Stddev":0.7071067811865476,"Labels":{}}""",
            Assert.Single(shown.GetProperty("Counters").EnumerateArray()).GetRawText());
        JsonElement sample = Assert.Single(shown.GetProperty("Samples").EnumerateArray());
        Assert.Equal((3, 2.0, 1.0), (sample.GetProperty("Count").GetInt32(), sample.GetProperty("Mean").GetDouble(), sample.GetProperty("Stddev").GetDouble()));
        Assert.Equal(0, shown.GetProperty("Points").GetArrayLength());
    }

    [Fact]
    public void First_interval_is_shown_as_far_as_it_has_come()
    {
        var metrics = new MetricsRegistry(new TelemetryConfig(), "host", _clock);
        metrics.IncrCounter("a");
        Assert.Single(Json(metrics.LastInterval()).GetProperty("Counters").EnumerateArray());
    }

    [Fact]
    public void A_minute_of_intervals_is_kept()
    {
        var metrics = new MetricsRegistry(new TelemetryConfig(), "host", _clock);
        for (int i = 0; i < 20; i++)
        {
            metrics.IncrCounter("a", i);
            _clock.Advance(TimeSpan.FromSeconds(10));
        }

        var text = new StringWriter { NewLine = "\n" };
        foreach (MetricsSnapshot interval in metrics.CompleteIntervals()) interval.WriteText(text);
        string[] lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.Contains("[C] 'consul.a': Count: 1 Min: 14.000", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Host_name_is_in_gauges_only_and_only_when_metrics_leave_the_process()
    {
        var config = new TelemetryConfig { PrometheusRetentionTime = TimeSpan.FromMinutes(1) };
        Assert.Equal(["consul.c", "consul.h.g"], Names(config));
        Assert.Equal(["consul.c", "consul.g"], Names(config with { DisableHostname = true }));
        Assert.Equal(["x.c", "x.g"], Names(new TelemetryConfig { MetricsPrefix = "x" }));
    }

    [Fact]
    public void Longest_prefix_decides_and_a_reload_changes_it()
    {
        var metrics = new MetricsRegistry(
            new TelemetryConfig { BlockedPrefixes = ["consul.raft"], AllowedPrefixes = ["consul.raft.apply"] }, "h", _clock);
        Record();
        Assert.Equal(["consul.other", "consul.raft.apply"], Shown());
        metrics.Reload(new TelemetryConfig { FilterDefault = false, AllowedPrefixes = ["consul.raft.f"] });
        _clock.Advance(TimeSpan.FromSeconds(10));
        Record();
        Assert.Equal(["consul.raft.fsm"], Shown());

        void Record()
        {
            foreach (string name in new[] { "raft.apply", "raft.fsm", "other" }) metrics.IncrCounter(name);
        }

        string[] Shown()
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            return [.. Json(metrics.LastInterval()).GetProperty("Counters").EnumerateArray().Select(static c => c.GetProperty("Name").GetString()!)];
        }
    }

    [Fact]
    public void Prometheus_text_has_types_labels_and_quantiles_and_forgets()
    {
        var metrics = new MetricsRegistry(new TelemetryConfig { PrometheusRetentionTime = TimeSpan.FromMinutes(1), DisableHostname = true }, "h", _clock);
        metrics.Series(MetricKind.Sample, "api.http", new MetricLabel("method", "GET"), new MetricLabel("path", "v1_kv_\"")).Record(3);
        metrics.IncrCounter("rpc.cross-dc", 2);
        metrics.SetGauge("g", 1.5);
        string text = PrometheusText.Write(metrics);
        Assert.Contains("# TYPE consul_api_http summary\n", text, StringComparison.Ordinal);
        Assert.Contains("consul_api_http{method=\"GET\",path=\"v1_kv_\\\"\",quantile=\"0.5\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("consul_api_http_count{method=\"GET\",path=\"v1_kv_\\\"\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE consul_rpc_cross_dc counter\nconsul_rpc_cross_dc 2\n", text, StringComparison.Ordinal);
        Assert.Contains("consul_g 1.5\n", text, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("", PrometheusText.Write(metrics));
    }

    [Fact]
    public void Recording_a_known_metric_allocates_nothing()
    {
        var metrics = new MetricsRegistry(new TelemetryConfig(), "h");
        for (int i = 0; i < 100; i++) Record(metrics);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Record(metrics);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Record(MetricsRegistry metrics)
        {
            metrics.IncrCounter("a");
            metrics.AddSample("b", 1);
            metrics.SetGauge("c", 1);
        }
    }

    private IEnumerable<string> Names(TelemetryConfig config)
    {
        var metrics = new MetricsRegistry(config, "h", _clock);
        metrics.IncrCounter("c");
        metrics.SetGauge("g", 1);
        return metrics.All().Select(static series => series.Name);
    }

    private static JsonElement Json(MetricsSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) snapshot.WriteJson(writer);
        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement;
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 23, 2, 53, 31, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
