using System.Net;
using System.Net.Sockets;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Tests.Checks;

public sealed class TcpCheckTests : IDisposable
{
    private readonly CheckHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Open_port_is_passing_and_a_closed_one_critical()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = (IPEndPoint)listener.LocalEndpoint;
        TcpCheck check = Create(endpoint.ToString());
        check.Start();
        Assert.Equal(new CheckResult("c", "passing", $"TCP connect {endpoint}: Success"), await _harness.NextAsync());
        listener.Stop();
        int seen = _harness.Results.Count;
        await Agent.Eventually.TrueAsync(() => _harness.Results.Skip(seen).Any(static r => r.Status == "critical"), "the check notices");
        check.Stop();
        Assert.Equal($"dial tcp {endpoint}: connect: connection refused", _harness.Results[^1].Output);
    }

    [Theory]
    [InlineData("nothing", "dial tcp: address nothing: missing port in address")]
    [InlineData("::1:80", "dial tcp: address ::1:80: too many colons in address")]
    [InlineData("localhost:http", "dial tcp: address http: invalid port")]
    public async Task Bad_target_is_critical_with_a_reason(string target, string output) =>
        Assert.Equal(new CheckResult("c", "critical", output), await _harness.RunOnceAsync(Create(target)));

    [Fact]
    public async Task Stopped_check_publishes_nothing_more()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        TcpCheck check = Create(listener.LocalEndpoint.ToString()!);
        await _harness.RunOnceAsync(check);
        int seen = ResultsOf("c");
        TcpCheck other = Create(listener.LocalEndpoint.ToString()!, "other");
        other.Start();
        await Agent.Eventually.TrueAsync(() => ResultsOf("other") > 4, "the other check has run five times");
        other.Stop();
        Assert.Equal(seen, ResultsOf("c"));
        Assert.Equal(0, _harness.Wheel.Scheduled);
        listener.Stop();
    }

    private int ResultsOf(string check) => _harness.Results.Count(result => result.CheckId == check);

    private TcpCheck Create(string target, string id = "c") =>
        new(_harness.Environment, new CheckDefinition { Id = id, Tcp = target, IntervalNs = 20 * GoDuration.Millisecond });
}
