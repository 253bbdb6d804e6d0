using System.Net;
using System.Net.Sockets;
using System.Text;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Tests.Telemetry;

public sealed class StatsdTests
{
    [Fact]
    public async Task Values_arrive_over_udp()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        string address = $"127.0.0.1:{((IPEndPoint)server.Client.LocalEndPoint!).Port}";
        Assert.Equal(
            "consul.raft.apply:2.000000|c\nconsul.api.http.GET.v1_kv_:1.500000|ms\nconsul.host.g:3.000000|g\n",
            await SendAsync(new TelemetryConfig { StatsdAddress = address }, server));
        Assert.Equal(
            "consul.raft.apply:2.000000|c|#a:b\nconsul.api.http:1.500000|ms|#a:b,method:GET,path:v1 kv:\nconsul.g:3.000000|g|#a:b\n",
            await SendAsync(new TelemetryConfig { DogstatsdAddress = address, DogstatsdTags = ["a:b"] }, server));
    }

    [Fact]
    public async Task Values_arrive_over_tcp()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var config = new TelemetryConfig { StatsiteAddress = $"127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}" };
        Task<TcpClient> accepting = server.AcceptTcpClientAsync();
        Record(config);
        using TcpClient client = await accepting.WaitAsync(TimeSpan.FromSeconds(30));
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("consul.raft.apply:2.000000|c\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void Absent_server_disturbs_nobody() => Record(new TelemetryConfig { StatsiteAddress = "127.0.0.1:1" });

    [Fact]
    public void Address_without_port_is_refused() => Assert.Equal(
        "failed to initialize telemetry: address host: missing port in address",
        Assert.Throws<ConfigException>(() => new MetricSinks(new TelemetryConfig { StatsdAddress = "host" }, "h")).Message);

    private static async Task<string> SendAsync(TelemetryConfig config, UdpClient server)
    {
        Record(config);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var text = new StringBuilder();
        // A slow machine may flush between two values.
        while (text.ToString().Count(static c => c == '\n') < 3)
        {
            text.Append(Encoding.UTF8.GetString((await server.ReceiveAsync(deadline.Token)).Buffer));
        }

        return text.ToString();
    }

    private static void Record(TelemetryConfig config)
    {
        using var sinks = new MetricSinks(config, "host");
        var metrics = new MetricsRegistry(config, "host", TimeProvider.System, sinks.All);
        metrics.IncrCounter("raft.apply", 2);
        metrics.Series(MetricKind.Sample, "api.http", new MetricLabel("method", "GET"), new MetricLabel("path", "v1 kv:")).Record(1.5);
        metrics.SetGauge("g", 3);
    }
}
