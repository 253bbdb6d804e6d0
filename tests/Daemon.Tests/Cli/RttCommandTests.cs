namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class RttCommandTests
{
    private const string Lan = """
        [{"Node":"n1","Segment":"","Coord":{"Vec":[0,0,0,0,0,0,0,0],"Error":1.5,"Adjustment":0,"Height":0.00001}},
         {"Node":"n2","Segment":"","Coord":{"Vec":[0.003,0.004,0,0,0,0,0,0],"Error":1.5,"Adjustment":0,"Height":0.00001}}]
        """;

    private const string Wan = """
        [{"Datacenter":"dc1","AreaID":"wan","Coordinates":[{"Node":"n1","Segment":"","Coord":{"Vec":[0,0],"Height":0.1}}]},
         {"Datacenter":"dc2","AreaID":"wan","Coordinates":[{"Node":"n1","Segment":"","Coord":{"Vec":[0,1],"Height":0.1}}]}]
        """;

    [Fact]
    public async Task Lan_distance_between_two_nodes_or_to_the_agent()
    {
        using StubAgent agent = new StubAgent()
            .Answer("GET /v1/coordinate/nodes", Lan)
            .Answer("GET /v1/agent/self", """{"Config":{"NodeName":"n2","Datacenter":"dc1"}}""");
        var expected = new CliRun(0, "Estimated n1 <-> n2 rtt: 5.020 ms (using LAN coordinates)\n", "");
        Assert.Equal(expected, await agent.Run("rtt", "n1", "n2"));
        Assert.Equal(expected, await agent.Run("rtt", "n1"));
    }

    [Fact]
    public async Task Wan_distance_between_servers()
    {
        using StubAgent agent = new StubAgent()
            .Answer("GET /v1/coordinate/datacenters", Wan)
            .Answer("GET /v1/agent/self", """{"Config":{"NodeName":"n1","Datacenter":"dc2"}}""");
        var expected = new CliRun(0, "Estimated n1.dc1 <-> n1.dc2 rtt: 1200.000 ms (using WAN coordinates)\n", "");
        Assert.Equal(expected, await agent.Run("rtt", "-wan", "n1.dc1", "n1.dc2"));
        Assert.Equal(expected, await agent.Run("rtt", "-wan", "n1.dc1"));
        Assert.Equal(new CliRun(1, "", "Could not find a coordinate for node \"n1.dc1\"\n"), await agent.Run("rtt", "-wan", "n1.dc1", "n9.dc2"));
        Assert.Equal(new CliRun(1, "", "Node names must be specified as <node name>.<datacenter> with -wan\n"),
            await agent.Run("rtt", "-wan", "n1", "n2.dc1"));
    }

    [Fact]
    public async Task Errors_name_what_is_missing()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/coordinate/nodes", Lan).Answer("GET /v1/agent/self", "down", 500);
        CliRun none = await agent.Run("rtt");
        Assert.Equal(1, none.Exit);
        Assert.StartsWith("One or two node names must be specified\n\nUsage: consul rtt", none.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await agent.Run("rtt", "a", "b", "c")).Exit);
        Assert.Equal(new CliRun(1, "", "Could not find a coordinate for node \"zz\"\n"), await agent.Run("rtt", "zz", "n1"));
        Assert.Equal(new CliRun(1, "", "Could not find a coordinate for node \"zz\"\n"), await agent.Run("rtt", "n1", "zz"));
        Assert.Equal(new CliRun(1, "", "Unable to look up agent info: Unexpected response code: 500 (down)\n"), await agent.Run("rtt", "n1"));
        using StubAgent disabled = new StubAgent().Answer("GET /v1/coordinate/nodes", "Coordinate support disabled", 401);
        Assert.Equal(new CliRun(1, "", "Error getting coordinates: Unexpected response code: 401 (Coordinate support disabled)\n"),
            await disabled.Run("rtt", "n1", "n2"));
    }
}
