using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Tests.Http;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Tests.Agent;

public sealed partial class AgentNodeEndpointTests : IAsyncLifetime
{
    private AgentApi _api = null!;

    public async Task InitializeAsync()
    {
        _api = await AgentApi.StartAsync();
        Assert.Null(_api.Agent.Host.Load());
    }

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Self_tells_who_the_agent_is()
    {
        RawAnswer answer = await _api.GetAsync("/v1/agent/self");
        Assert.Equal(200, answer.Status);
        Assert.StartsWith(
            $$"""{"Config":{"Datacenter":"dc1","PrimaryDatacenter":"dc1","NodeName":"n1","NodeID":"{{AgentHarness.NodeId}}","Revision":"","Server":false,"Version":"1.10.12"},"DebugConfig":{""",
            answer.Body, StringComparison.Ordinal);
        using JsonDocument self = JsonDocument.Parse(answer.Body);
        Assert.Equal(["Config", "DebugConfig", "Coord", "Member", "Stats", "Meta"], self.RootElement.EnumerateObject().Select(static p => p.Name));
        JsonElement.ObjectEnumerator debug = self.RootElement.GetProperty("DebugConfig").EnumerateObject();
        string[] names = [.. debug.Select(static p => p.Name)];
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Contains("SerfPortLAN", names);
        Assert.Equal("", self.RootElement.GetProperty("Meta").GetProperty("consul-network-segment").GetString());
        foreach (JsonProperty group in self.RootElement.GetProperty("Stats").EnumerateObject())
        {
            Assert.All(group.Value.EnumerateObject(), static p => Assert.Equal(JsonValueKind.String, p.Value.ValueKind));
        }

        Assert.Contains("\"Height\":0.00001", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/agent/members", 200, """[{"Name":"n1","Addr":"127.0.0.1","Port":<port>,"Tags":{"acls":"0","build":"1.10.12:","dc":"dc1","id":"11111111-2222-3333-4444-555555555555","role":"node","segment":"","vsn":"2","vsn_max":"3","vsn_min":"2"},"Status":1,"ProtocolMin":1,"ProtocolMax":5,"ProtocolCur":2,"DelegateMin":2,"DelegateMax":5,"DelegateCur":4}]""")]
    [InlineData("/v1/agent/members?wan=1", 200, "null")]
    [InlineData("/v1/agent/members?segment=x", 500, "Network segments are not supported in this version of Consul")]
    [InlineData("/v1/agent/members?segment=x&wan=1", 400, "Cannot provide a segment with wan=true")]
    [InlineData("/v1/agent/monitor?loglevel=zzz", 400, "Bad request: Unknown log level: zzz")]
    [InlineData("/v1/agent/metrics?format=prometheus", 415, "Prometheus is not enabled since its retention time is not positive")]
    public async Task Reads(string target, int status, string body)
    {
        RawAnswer answer = await _api.GetAsync(target);
        Assert.Equal((status, WithPort(body)), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("/v1/agent/token/default", 401, "ACL support disabled")]
    [InlineData("/v1/agent/reload", 200, "")]
    [InlineData("/v1/agent/leave", 200, "")]
    [InlineData("/v1/agent/join/127.0.0.1:<port>", 200, "")]
    [InlineData("/v1/agent/join/127.0.0.1:8301?wan=1", 500, "Must be a server to join WAN cluster")]
    [InlineData("/v1/agent/join/127.0.0.1:1", 500, "1 error occurred:\n\t* Failed to join 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused\n\n")]
    [InlineData("/v1/agent/join/127.0.0.1:99999", 500, "1 error occurred:\n\t* Failed to resolve 127.0.0.1:99999: strconv.ParseUint: parsing \"99999\": value out of range\n\n")]
    [InlineData("/v1/agent/join/", 500, "1 error occurred:\n\t* Failed to resolve : lookup : no such host\n\n")]
    [InlineData("/v1/agent/force-leave/zz", 500, "agent: No node found with name 'zz'")]
    [InlineData("/v1/agent/maintenance", 400, "Missing value for enable")]
    [InlineData("/v1/agent/maintenance?enable", 400, "Invalid value for enable: \"\"")]
    [InlineData("/v1/agent/maintenance?enable=zz", 400, "Invalid value for enable: \"zz\"")]
    public async Task Writes(string target, int status, string body)
    {
        RawAnswer answer = await _api.PutAsync(WithPort(target));
        Assert.Equal((status, body), (answer.Status, answer.Body));
    }

    private string WithPort(string text) => text.Replace("<port>", $"{_api.Lan.Local.Port}", StringComparison.Ordinal);

    [Fact]
    public async Task Name_that_no_host_can_have_is_told()
    {
        string name = new('a', 300);
        RawAnswer answer = await _api.PutAsync($"/v1/agent/join/{name}");
        Assert.Equal((500, $"1 error occurred:\n\t* Failed to resolve {name}: lookup {name}: no such host\n\n"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Failed_reload_is_told()
    {
        _api.ReloadFault = "no good";
        RawAnswer answer = await _api.PutAsync("/v1/agent/reload");
        Assert.Equal((500, "no good"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Node_maintenance_is_a_critical_check()
    {
        Assert.Equal(200, (await _api.PutAsync("/v1/agent/maintenance?enable=true&reason=dinner")).Status);
        Assert.Equal("dinner", _api.Agent.Catalog.Checks["_node_maintenance"].Notes);
        Assert.Equal(200, (await _api.PutAsync("/v1/agent/maintenance?enable=false")).Status);
        Assert.Empty(_api.Agent.Catalog.Checks);
    }

    [Fact]
    public async Task Metrics_come_in_both_forms()
    {
        await using AgentApi api = await AgentApi.StartAsync(static config => config with
        {
            Telemetry = new TelemetryConfig { PrometheusRetentionTime = TimeSpan.FromHours(1), DisableHostname = true },
        });
        api.Metrics.IncrCounter("some.thing");
        RawAnswer json = await api.GetAsync("/v1/agent/metrics");
        Assert.Contains("consul.some.thing", json.Body, StringComparison.Ordinal);
        RawAnswer text = await api.GetAsync("/v1/agent/metrics", "Accept: text/plain;version=0.0.4");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", text.Header("Content-Type"));
        Assert.Contains("consul_some_thing", text.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Monitor_streams_lines_as_they_come()
    {
        ILogger logger = _api.Logging.CreateLogger("agent.test");
        using Socket socket = await _api.Server.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET /v1/agent/monitor?loglevel=debug HTTP/1.1\r\nHost: x\r\n\r\n"));
        var seen = new StringBuilder();
        await ReadUntilAsync(socket, seen, "\r\n\r\n");
        Assert.DoesNotContain("Content-Type", seen.ToString(), StringComparison.Ordinal);
        Hello(logger, "world");
        await ReadUntilAsync(socket, seen, "agent.test: hello: name=world\n");
    }

    [Fact]
    public async Task Host_has_the_members_that_tools_read()
    {
        using JsonDocument document = JsonDocument.Parse((await _api.GetAsync("/v1/agent/host")).Body);
        JsonElement host = document.RootElement;
        Assert.Equal("Memory CPU Host Disk CollectionTime Errors", Names(host));
        Assert.Equal(
            "total available used usedPercent free active inactive wired laundry buffers cached writeBack dirty writeBackTmp shared slab "
            + "sreclaimable sunreclaim pageTables swapCached commitLimit committedAS highTotal highFree lowTotal lowFree swapTotal swapFree "
            + "mapped vmallocTotal vmallocUsed vmallocChunk hugePagesTotal hugePagesFree hugePageSize",
            Names(host.GetProperty("Memory")));
        Assert.Equal(
            "cpu vendorId family model stepping physicalId coreId cores modelName mhz cacheSize flags microcode", Names(host.GetProperty("CPU")[0]));
        Assert.Equal(
            "hostname uptime bootTime procs os platform platformFamily platformVersion kernelVersion kernelArch virtualizationSystem "
            + "virtualizationRole hostId",
            Names(host.GetProperty("Host")));
        Assert.Equal(
            "path fstype total free used usedPercent inodesTotal inodesUsed inodesFree inodesUsedPercent", Names(host.GetProperty("Disk")));
        Assert.Equal(JsonValueKind.Null, host.GetProperty("Errors").ValueKind);
        Assert.InRange(host.GetProperty("Memory").GetProperty("available").GetInt64(), 1, host.GetProperty("Memory").GetProperty("total").GetInt64());
        Assert.InRange(host.GetProperty("Disk").GetProperty("inodesUsedPercent").GetDouble(), 0, 100);
        Assert.InRange(host.GetProperty("Host").GetProperty("procs").GetInt32(), 1, int.MaxValue);
        Assert.True(host.GetProperty("CollectionTime").GetInt64() > 1_600_000_000_000_000_000);

        static string Names(JsonElement value) => string.Join(' ', value.EnumerateObject().Select(static p => p.Name));
    }

    private static async Task ReadUntilAsync(Socket socket, StringBuilder seen, string text)
    {
        var buffer = new byte[4096];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            int read = await socket.ReceiveAsync(buffer, deadline.Token);
            Assert.NotEqual(0, read);
            seen.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "hello: name={Name}")]
    private static partial void Hello(ILogger logger, string name);
}
