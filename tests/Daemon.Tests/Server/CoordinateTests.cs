using System.Globalization;
using System.Text.Json;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Server;

public sealed class CoordinateTests : IAsyncLifetime
{
    /// <summary>Distances are cut to whole nanoseconds.</summary>
    private const double Tolerance = 2e-9;

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Without_coordinates_lists_are_empty_and_a_node_is_not_found()
    {
        Reply nodes = await _server.GetAsync("/v1/coordinate/nodes");
        Assert.Equal((200, "[]", 1UL), (nodes.Status, nodes.Body, nodes.Index));
        Reply node = await _server.GetAsync("/v1/coordinate/node/n1");
        Assert.Equal((404, ""), (node.Status, node.Body));
        Assert.False(node.Headers.Contains("X-Consul-Index"));
        Assert.Equal((200, "[]"), Of(await _server.GetAsync("/v1/coordinate/datacenters")));
    }

    [Fact]
    public async Task A_report_is_written_with_the_next_batch()
    {
        Assert.Equal((200, ""), Of(await _server.PutAsync("/v1/coordinate/update", Report("n1", 0.5))));
        Assert.Equal("[]", (await _server.GetAsync("/v1/coordinate/nodes")).Body);
        await _server.Coordinates.FlushAsync();
        const string Written = """[{"Node":"n1","Segment":"","Coord":{"Vec":[0.5,0,0,0,0,0,0,0],"Error":1.5,"Adjustment":0,"Height":0.00001}}]""";
        Reply nodes = await _server.GetAsync("/v1/coordinate/nodes");
        Assert.Equal((200, Written), Of(nodes));
        Assert.True(nodes.Index > 1);
        Assert.Equal((200, Written.Replace("n1", "N1", StringComparison.Ordinal)), Of(await _server.GetAsync("/v1/coordinate/node/N1")));
        Assert.Contains("\"Vec\": [\n                0.5,\n                0,\n", (await _server.GetAsync("/v1/coordinate/nodes?pretty")).Body, StringComparison.Ordinal);
        Assert.Equal("[]", (await _server.GetAsync("/v1/coordinate/nodes?segment=other")).Body);
        Assert.Equal(Written, (await _server.GetAsync("/v1/coordinate/nodes?segment=")).Body);
        Assert.Equal(404, (await _server.GetAsync("/v1/coordinate/node/n1?segment=other")).Status);
    }

    [Theory]
    [InlineData("{}", 500, "invalid coordinate")]
    [InlineData("""{"Node":"n1","Coord":{"Vec":[1,2]}}""", 500, "incompatible coordinate")]
    [InlineData("""{"Node":"n1","Coord":{}}""", 500, "incompatible coordinate")]
    [InlineData("", 400, "Request decode failed: EOF")]
    [InlineData("""{"Nothing":1}""", 400, "Request decode failed: json: unknown field \"Nothing\"")]
    [InlineData("""{"Node":1}""", 400, "Request decode failed: json: cannot unmarshal number into Go struct field CoordinateUpdateRequest.Node of type string")]
    [InlineData("""{"Coord":{"Vec":["a"]}}""", 400, "Request decode failed: json: cannot unmarshal string into Go struct field Coordinate.Coord.Vec of type float64")]
    [InlineData("""{"Coord":{"Error":"a"}}""", 400, "Request decode failed: json: cannot unmarshal string into Go struct field Coordinate.Coord.Error of type float64")]
    [InlineData("""{"Coord":{"Vec":"a"}}""", 400, "Request decode failed: json: cannot unmarshal string into Go struct field Coordinate.Coord.Vec of type []float64")]
    [InlineData("""{"Coord":{"Vec":[1e400]}}""", 400, "Request decode failed: json: cannot unmarshal number 1e400 into Go struct field Coordinate.Coord.Vec of type float64")]
    [InlineData("""{"Coord":[]}""", 400, "Request decode failed: json: cannot unmarshal array into Go struct field CoordinateUpdateRequest.Coord of type coordinate.Coordinate")]
    [InlineData("[]", 400, "Request decode failed: json: cannot unmarshal array into Go value of type structs.CoordinateUpdateRequest")]
    [InlineData("""{"Datacenter":"dc9","Coord":{}}""", 500, "No path to datacenter")]
    public async Task A_bad_report_is_refused(string body, int status, string text) =>
        Assert.Equal((status, text), Of(await _server.PutAsync("/v1/coordinate/update", body)));

    [Fact]
    public async Task Agents_without_coordinates_refuse_all()
    {
        _server.CoordinatesDisabled = true;
        foreach (string path in (string[])["datacenters", "nodes?index=x", "node/n1"])
            Assert.Equal((401, "Coordinate support disabled"), Of(await _server.GetAsync("/v1/coordinate/" + path)));
        Assert.Equal((401, "Coordinate support disabled"), Of(await _server.PutAsync("/v1/coordinate/update", "{}")));
    }

    [Fact]
    public async Task A_waiting_read_of_a_node_sleeps_while_others_move()
    {
        await RegisterAsync("n2");
        await ReportAsync(("n1", 1));
        ulong index = (await _server.GetAsync("/v1/coordinate/node/n1")).Index;
        Task<Reply> watch = _server.GetAsync($"/v1/coordinate/node/n1?index={index}&wait=60s");
        await SleepingAsync(1);
        await ReportAsync(("n2", 1));
        Assert.Equal(1, _server.Store.Watches.Sleeping);
        await ReportAsync(("n1", 2));
        Reply woken = await watch.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(woken.Index > index);
        Assert.Equal(2, woken.Json[0].GetProperty("Coord").GetProperty("Vec")[0].GetDouble());
    }

    [Fact]
    public async Task The_end_of_a_node_ends_its_coordinates_and_wakes_who_waits()
    {
        await RegisterAsync("n2");
        await ReportAsync(("n2", 1));
        ulong index = (await _server.GetAsync("/v1/coordinate/nodes")).Index;
        Task<Reply> watch = _server.GetAsync($"/v1/coordinate/nodes?index={index}&wait=60s");
        await SleepingAsync(1);
        await _server.Commands.ProposeAsync(new DeregisterRequest { Node = "n2" });
        Assert.Equal("[]", (await watch.WaitAsync(TimeSpan.FromSeconds(10))).Body);
    }

    [Fact]
    public async Task Lists_are_sorted_by_distance_from_a_node()
    {
        await RegisterAsync("a", "b", "c", "far");
        await ReportAsync(("far", 9), ("b", 1), ("n1", 0));
        await ReportAsync(("c", 3));
        Assert.Equal(["n1", "b", "c", "far", "a"], await NodesAsync("/v1/catalog/nodes?near=n1"));
        Assert.Equal(["n1", "b", "c", "far", "a"], await NodesAsync("/v1/catalog/nodes?near=_agent"));
        Assert.Equal(["far", "c", "b", "n1", "a"], await NodesAsync("/v1/catalog/nodes?near=FAR"));
        Assert.Equal(["a", "b", "c", "far", "n1"], await NodesAsync("/v1/catalog/nodes?near=a"));
        Assert.Equal(["a", "b", "c", "far", "n1"], await NodesAsync("/v1/catalog/nodes?near=nobody"));
        Assert.Equal(["a", "b", "c", "far", "n1"], await NodesAsync("/v1/catalog/nodes?near="));
        Assert.Equal(["b", "c", "far", "a"], await NodesAsync("/v1/catalog/service/web?near=n1"));
        Assert.Equal(["b", "c", "far", "a"], await NodesAsync("/v1/health/checks/web?near=n1"));
        Assert.Equal(["b", "c", "far", "a"], await NodesAsync("/v1/health/state/critical?near=n1"));
        Assert.Equal(["b", "c", "far", "a"], await NodesAsync("/v1/health/service/web?near=n1"));
        Assert.Equal(["a", "b", "c", "far"], await NodesAsync("/v1/health/service/web"));
        Assert.Equal(["c", "far"], await NodesAsync("/v1/catalog/service/web?near=n1&filter=Node+!%3D+a+and+Node+!%3D+b"));
    }

    [Fact]
    public async Task A_period_has_so_many_reports_and_the_newest_of_each_node()
    {
        var point = new CoordinatePoint([0, 0, 0, 0, 0, 0, 0, 0], 1, 0, 0);
        ulong before = _server.Raft.Status.LastLogIndex;
        for (int i = 0; i < 700; i++) _server.Coordinates.Add(new Coordinate($"x{i}", "", point));
        _server.Coordinates.Add(new Coordinate("x0", "", point with { Error = 0.5 }));
        await _server.Coordinates.FlushAsync();
        await _server.Coordinates.FlushAsync();
        Assert.Equal(before + CoordinateBatcher.BatchesMax, _server.Raft.Status.LastLogIndex);
    }

    [Fact]
    public void Distance_is_that_of_the_peers()
    {
        var here = new CoordinatePoint([0, 0, 0], 1.5, 0, 0.00001);
        var there = new CoordinatePoint([0.003, 0.004, 0], 1.5, 0, 0.00001);
        Assert.Equal(0.00502, CoordinateDistance.Seconds(here, there), Tolerance);
        Assert.Equal(0.00402, CoordinateDistance.Seconds(here, there with { Adjustment = -0.001 }), Tolerance);
        Assert.Equal(0.00502, CoordinateDistance.Seconds(here, there with { Adjustment = -1 }), Tolerance);
        Assert.Equal(double.PositiveInfinity, CoordinateDistance.Seconds(here, null));
        Assert.Equal(double.PositiveInfinity, CoordinateDistance.Seconds(here, there with { Vec = [1] }));
    }

    [Fact]
    public void Places_are_compared_within_a_segment()
    {
        var one = new CoordinatePoint([1], 1, 0, 0);
        var two = new CoordinatePoint([2], 1, 0, 0);
        Coordinate[] client = [new("c", "alpha", one)];
        Coordinate[] server = [new("s", "", one), new("s", "alpha", two)];
        Assert.Equal((one, two), CoordinateDistance.Intersect(client, server));
        Assert.Equal((two, one), CoordinateDistance.Intersect(server, client));
        Assert.Equal((null, one), CoordinateDistance.Intersect(client, [new Coordinate("d", "", one)]));
        Assert.Equal((one, one), CoordinateDistance.Intersect(server, server));
    }

    private static (int Status, string Body) Of(Reply reply) => (reply.Status, reply.Body);

    private static string Report(string node, double x)
    {
        string first = x.ToString(CultureInfo.InvariantCulture);
        return $$$"""{"Node":"{{{node}}}","Coord":{"Vec":[{{{first}}},0,0,0,0,0,0,0],"Error":1.5,"Adjustment":0,"Height":0.00001}}""";
    }

    private async Task ReportAsync(params (string Node, double X)[] reports)
    {
        foreach ((string node, double x) in reports)
            Assert.Equal(200, (await _server.PutAsync("/v1/coordinate/update", Report(node, x))).Status);
        await _server.Coordinates.FlushAsync();
    }

    private async Task RegisterAsync(params string[] nodes)
    {
        foreach (string node in nodes)
        {
            var check = new HealthCheck { Node = node, CheckId = "web", ServiceId = "web", ServiceName = "web", Status = CheckStatus.Critical };
            var request = new RegisterRequest { Node = node, Address = "10.0.0.1", Service = new NodeService { Id = "web", Service = "web" }, Check = check };
            Assert.Null(ProposalError.Of(await _server.Commands.ProposeAsync(request)));
        }
    }

    /// <summary>The names of the nodes in a list, whatever its rows are.</summary>
    private async Task<string[]> NodesAsync(string target)
    {
        Reply reply = await _server.GetAsync(target);
        Assert.Equal(200, reply.Status);
        return [.. reply.Json.EnumerateArray().Select(static row => row.GetProperty("Node"))
            .Select(static node => node.ValueKind == JsonValueKind.String ? node.GetString()! : node.GetProperty("Node").GetString()!)];
    }

    private async Task SleepingAsync(int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (_server.Store.Watches.Sleeping < count)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
