using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Server;

/// <summary>What operators reach over HTTP, in the words of a real server.</summary>
public sealed class OperatorTests
{
    private const string Configuration = "/v1/operator/autopilot/configuration";

    [Fact]
    public async Task Settings_are_shown_as_stored()
    {
        await using TestServer server = await TestServer.StartAsync();
        Reply none = await server.GetAsync(Configuration);
        Assert.Equal((500, "autopilot config not initialized yet"), (none.Status, none.Body));
        await StoreAsync(server);
        Reply reply = await server.GetAsync(Configuration + "?stale");
        Assert.Equal(
            """
            {"CleanupDeadServers":true,"LastContactThreshold":"200ms","MaxTrailingLogs":250,"MinQuorum":2,"ServerStabilizationTime":"10s",
            "RedundancyZoneTag":"z","DisableUpgradeMigration":false,"UpgradeVersionTag":"","CreateIndex":2,"ModifyIndex":2}
            """.ReplaceLineEndings(""),
            reply.Body);
        Assert.Null(reply.Header("X-Consul-Index"));
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("{", "unexpected EOF")]
    [InlineData("[]", "json: cannot unmarshal array into Go value of type api.AutopilotConfiguration")]
    [InlineData("\"x\"", "json: cannot unmarshal string into Go value of type api.AutopilotConfiguration")]
    [InlineData("{\"Foo\":1}", "json: unknown field \"Foo\"")]
    [InlineData("{\"LastContactThreshold\":\"abc\"}", "time: invalid duration \"abc\"")]
    [InlineData("{\"LastContactThreshold\":\"\"}", "time: invalid duration \"\"")]
    [InlineData("{\"LastContactThreshold\":\"10\"}", "time: missing unit in duration \"10\"")]
    [InlineData("{\"LastContactThreshold\":true}", "strconv.ParseFloat: parsing \"true\": invalid syntax")]
    [InlineData("{\"LastContactThreshold\":{}}", "strconv.ParseFloat: parsing \"{}\": invalid syntax")]
    [InlineData("{\"LastContactThreshold\":[1]}", "strconv.ParseFloat: parsing \"[1]\": invalid syntax")]
    [InlineData("{\"MaxTrailingLogs\":-1}", "json: cannot unmarshal number -1 into Go struct field AutopilotConfiguration.MaxTrailingLogs of type uint64")]
    [InlineData("{\"MaxTrailingLogs\":\"5\"}", "json: cannot unmarshal string into Go struct field AutopilotConfiguration.MaxTrailingLogs of type uint64")]
    [InlineData("{\"MinQuorum\":1.5}", "json: cannot unmarshal number 1.5 into Go struct field AutopilotConfiguration.MinQuorum of type uint")]
    [InlineData("{\"MinQuorum\":\"a\"}", "json: cannot unmarshal string into Go struct field AutopilotConfiguration.MinQuorum of type uint")]
    [InlineData("{\"CleanupDeadServers\":\"yes\"}", "json: cannot unmarshal string into Go struct field AutopilotConfiguration.CleanupDeadServers of type bool")]
    [InlineData("{\"RedundancyZoneTag\":5}", "json: cannot unmarshal number into Go struct field AutopilotConfiguration.RedundancyZoneTag of type string")]
    [InlineData("{\"ModifyIndex\":\"x\"}", "json: cannot unmarshal string into Go struct field AutopilotConfiguration.ModifyIndex of type uint64")]
    public async Task Bad_settings_are_refused(string body, string reason)
    {
        await using TestServer server = await TestServer.StartAsync();
        Reply reply = await server.PutAsync(Configuration, body);
        Assert.Equal((400, "Bad request: Error parsing autopilot config: " + reason), (reply.Status, reply.Body));
        Assert.Null(server.Store.Current.Autopilot);
    }

    [Theory]
    [InlineData("null", 0, 0)]
    [InlineData("{\"LastContactThreshold\":5000000,\"minquorum\":4}", 5_000_000, 4)]
    [InlineData("{\"LastContactThreshold\":1.5e9,\"CreateIndex\":77,\"ModifyIndex\":88} trailing", 1_500_000_000, 0)]
    [InlineData("{\"LastContactThreshold\":null,\"MinQuorum\":1}", 0, 1)]
    [InlineData("{\"LastContactThreshold\":\"1m\"}", 60_000_000_000, 0)]
    public async Task Settings_are_replaced_as_a_whole(string body, long contactNs, int quorum)
    {
        await using TestServer server = await TestServer.StartAsync();
        await StoreAsync(server);
        Reply reply = await server.PutAsync(Configuration, body);
        Assert.Equal((200, "true"), (reply.Status, reply.Body));
        AutopilotConfiguration stored = server.Store.Current.Autopilot!;
        Assert.Equal(
            new AutopilotConfiguration { LastContactThresholdNs = contactNs, MinQuorum = (ulong)quorum, CreateIndex = 2, ModifyIndex = 3 }, stored);
    }

    [Theory]
    [InlineData("cas", "parsing \"\": invalid syntax")]
    [InlineData("cas=abc", "parsing \"abc\": invalid syntax")]
    [InlineData("cas=-1", "parsing \"-1\": invalid syntax")]
    [InlineData("cas=99999999999999999999", "parsing \"99999999999999999999\": value out of range")]
    public async Task Index_of_a_conditional_change_must_be_one(string query, string reason)
    {
        await using TestServer server = await TestServer.StartAsync();
        Reply reply = await server.PutAsync($"{Configuration}?{query}", "{}");
        Assert.Equal((400, "Bad request: Error parsing cas value: strconv.ParseUint: " + reason), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Conditional_change_tells_whether_it_applied()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal("false", (await server.PutAsync(Configuration + "?cas=0", "{}")).Body);
        await StoreAsync(server);
        ulong index = server.Store.Current.Autopilot!.ModifyIndex;
        Assert.Equal("false", (await server.PutAsync($"{Configuration}?cas={index + 1}", "{}")).Body);
        Assert.Equal("true", (await server.PutAsync($"{Configuration}?cas={index}", "{}")).Body);
        Assert.Equal("false", (await server.PutAsync($"{Configuration}?cas={index}", "{}")).Body);
    }

    [Fact]
    public async Task Other_datacenters_are_out_of_reach()
    {
        await using TestServer server = await TestServer.StartAsync();
        foreach (string path in (string[])[Configuration, "/v1/operator/autopilot/health", "/v1/operator/autopilot/state"])
            Assert.Equal("No path to datacenter", (await server.GetAsync(path + "?dc=dc9")).Body);
        Assert.Equal("No path to datacenter", (await server.PutAsync(Configuration + "?dc=dc9", "{}")).Body);
        Assert.Equal("No path to datacenter", (await server.DeleteAsync("/v1/operator/raft/peer?id=a&dc=dc9")).Body);
    }

    [Fact]
    public async Task Unhealthy_cluster_has_its_own_status()
    {
        await using TestServer server = await TestServer.StartAsync();
        Reply reply = await server.GetAsync("/v1/operator/autopilot/health");
        Assert.Equal((429, "{\"Healthy\":false,\"FailureTolerance\":0,\"Servers\":null}"), (reply.Status, reply.Body));
        server.Autopilot.State = State(healthy: false);
        Assert.Equal(429, (await server.GetAsync("/v1/operator/autopilot/health")).Status);
        Assert.Equal(200, (await server.GetAsync("/v1/operator/autopilot/state")).Status);
    }

    [Fact]
    public async Task Health_is_shown_in_the_older_form()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Autopilot.State = State(healthy: true);
        Reply reply = await server.GetAsync("/v1/operator/autopilot/health");
        Assert.Equal(200, reply.Status);
        Assert.Equal(
            """
            {"Healthy":true,"FailureTolerance":1,"Servers":[
            {"ID":"a","Name":"n1","Address":"10.0.0.1:8300","SerfStatus":"alive","Version":"1.10.12","Leader":true,"LastContact":"0s",
            "LastTerm":2,"LastIndex":7,"Healthy":true,"Voter":true,"StableSince":"2026-11-24T14:53:50Z"},
            {"ID":"b","Name":"","Address":"10.0.0.2:8300","SerfStatus":"left","Version":"","Leader":false,"LastContact":"1.5ms",
            "LastTerm":2,"LastIndex":6,"Healthy":false,"Voter":false,"StableSince":"2026-11-24T14:53:49Z"}]}
            """.ReplaceLineEndings(""),
            reply.Body);
    }

    [Fact]
    public async Task State_is_shown_by_id()
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.Equal(
            "{\"Healthy\":false,\"FailureTolerance\":0,\"OptimisticFailureTolerance\":0,\"Servers\":{},\"Leader\":\"\",\"Voters\":[]}",
            (await server.GetAsync("/v1/operator/autopilot/state")).Body);
        server.Autopilot.State = State(healthy: true);
        Assert.Equal(
            """
            {"Healthy":true,"FailureTolerance":1,"OptimisticFailureTolerance":0,"Servers":{
            "a":{"ID":"a","Name":"n1","Address":"10.0.0.1:8300","NodeStatus":"alive","Version":"1.10.12","LastContact":"0s","LastTerm":2,
            "LastIndex":7,"Healthy":true,"StableSince":"2026-11-24T14:53:49.5Z","ReadReplica":false,"Status":"leader",
            "Meta":{"consul-network-segment":""},"NodeType":"voter"},
            "b":{"ID":"b","Name":"","Address":"10.0.0.2:8300","NodeStatus":"left","Version":"","LastContact":"1.5ms","LastTerm":2,
            "LastIndex":6,"Healthy":false,"StableSince":"2026-11-24T14:53:49.4999999Z","ReadReplica":false,"Status":"non-voter",
            "Meta":null,"NodeType":"voter"}},"Leader":"a","Voters":["a"]}
            """.ReplaceLineEndings(""),
            (await server.GetAsync("/v1/operator/autopilot/state")).Body);
    }

    [Theory]
    [InlineData("", 400, "Bad request: Must specify either ?id with the server's ID or ?address with IP:port of peer to remove")]
    [InlineData("?id=a&address=b", 400, "Bad request: Must specify only one of ?id or ?address")]
    [InlineData("?id=a", 500, "id \"a\" was not found in the Raft configuration")]
    [InlineData("?id=", 500, "id \"\" was not found in the Raft configuration")]
    [InlineData("?address=a:1", 500, "address \"a:1\" was not found in the Raft configuration")]
    [InlineData("?address=%22x%0a", 500, "address \"\\\"x\\n\" was not found in the Raft configuration")]
    [InlineData("?address=" + FakeConsensus.LeaderAddress, 200, "")]
    [InlineData("?id=" + FakeConsensus.ServerId, 200, "")]
    public async Task Server_is_taken_out_of_raft(string query, int status, string body)
    {
        await using TestServer server = await TestServer.StartAsync();
        Reply reply = await server.DeleteAsync("/v1/operator/raft/peer" + query);
        Assert.Equal((status, body), (reply.Status, reply.Body));
        Assert.Equal(status == 200 ? [FakeConsensus.ServerId] : [], server.Autopilot.Removed);
    }

    [Fact]
    public async Task Refused_removal_says_why()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Autopilot.Refusal = "need at least one voter in configuration: {[]}";
        Reply reply = await server.DeleteAsync("/v1/operator/raft/peer?id=" + FakeConsensus.ServerId);
        Assert.Equal((500, "need at least one voter in configuration: {[]}"), (reply.Status, reply.Body));
        reply = await server.DeleteAsync("/v1/operator/raft/peer?address=" + FakeConsensus.LeaderAddress);
        Assert.Equal((500, "need at least one voter in configuration: {[]}"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Calls_need_a_leader()
    {
        await using TestServer server = await TestServer.StartAsync();
        await StoreAsync(server);
        server.Autopilot.State = State(healthy: true);
        Assert.Equal(200, (await server.GetAsync(Configuration)).Status);
        server.Raft.Role = Consensus.RaftRole.Follower;
        Assert.Equal(200, (await server.GetAsync(Configuration + "?stale")).Status);
        foreach (string path in (string[])[Configuration, "/v1/operator/autopilot/health?stale", "/v1/operator/autopilot/state?stale"])
            Assert.Equal("No cluster leader", (await server.GetAsync(path)).Body);
        Assert.Equal("No cluster leader", (await server.PutAsync(Configuration, "{}")).Body);
        Assert.Equal("No cluster leader", (await server.DeleteAsync("/v1/operator/raft/peer?id=a")).Body);
    }

    private static async Task StoreAsync(TestServer server)
    {
        var configuration = new AutopilotConfiguration
        {
            CleanupDeadServers = true,
            LastContactThresholdNs = 200_000_000,
            MaxTrailingLogs = 250,
            MinQuorum = 2,
            ServerStabilizationTimeNs = 10_000_000_000,
            RedundancyZoneTag = "z",
        };
        Assert.Null((await server.Commands.ProposeAsync(new AutopilotRequest { Configuration = configuration })).Error);
    }

    private static AutopilotState State(bool healthy)
    {
        var since = new DateTimeOffset(2026, 11, 24, 14, 53, 49, 500, TimeSpan.Zero);
        KeyValuePair<string, string>[] meta = [new("consul-network-segment", "")];
        return new AutopilotState
        {
            Healthy = healthy,
            FailureTolerance = 1,
            Leader = "a",
            Voters = ["a"],
            Servers =
            [
                new ServerState(
                    new KnownServer("a", "n1", "10.0.0.1:8300", NodeStatus.Alive, "1.10.12", 3, meta), ServerStanding.Leader,
                    new ServerProgress(0, 2, 7), healthy, since),
                new ServerState(
                    new KnownServer("b", "", "10.0.0.2:8300", NodeStatus.Left), ServerStanding.NonVoter,
                    new ServerProgress(1_500_000, 2, 6), Healthy: false, since.AddTicks(-1)),
            ],
        };
    }
}
