namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class ClusterCommandTests
{
    [Fact]
    public async Task Catalog_nodes_prints_a_table()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/catalog/nodes", """
            [{"ID":"8a301d9d-313a-1bdf-0d21-8ad8eb0355bf","Node":"n1","Address":"127.0.0.1","Datacenter":"dc1",
              "TaggedAddresses":{"wan":"127.0.0.1","lan":"127.0.0.1"},"Meta":{"consul-network-segment":""}}]
            """);
        Assert.Equal("Node  ID        Address    DC\nn1    8a301d9d  127.0.0.1  dc1\n", (await agent.Run("catalog", "nodes")).Out);
        Assert.Equal("""
            Node  ID                                    Address    DC   TaggedAddresses                Meta
            n1    8a301d9d-313a-1bdf-0d21-8ad8eb0355bf  127.0.0.1  dc1  lan=127.0.0.1, wan=127.0.0.1  consul-network-segment=

            """.Replace("Addresses                Meta", "Addresses               Meta", StringComparison.Ordinal),
            (await agent.Run("catalog", "nodes", "-detailed")).Out);
    }

    [Fact]
    public async Task Catalog_commands_report_no_match_and_errors()
    {
        using StubAgent agent = new StubAgent()
            .Answer("GET /v1/catalog/service/web?near=_agent&node-meta=k%3Av", "[]")
            .Answer("GET /v1/catalog/nodes?dc=zz", "No path to datacenter", 500)
            .Answer("GET /v1/catalog/services", "{}");
        Assert.Equal(new CliRun(0, "", "No nodes match the given query - try expanding your search.\n"),
            await agent.Run("catalog", "nodes", "-service=web", "-near=_agent", "-node-meta=k=v"));
        Assert.Equal(new CliRun(1, "", "Error listing nodes: Unexpected response code: 500 (No path to datacenter)\n"),
            await agent.Run("catalog", "nodes", "-datacenter=zz"));
        Assert.Equal(new CliRun(0, "", "No services match the given query - try expanding your search.\n"), await agent.Run("catalog", "services"));
        Assert.Equal(new CliRun(1, "", "Too many arguments (expected 0, got 1)\n"), await agent.Run("catalog", "datacenters", "x"));
    }

    [Fact]
    public async Task Catalog_services_lists_names_and_tags()
    {
        using StubAgent agent = new StubAgent()
            .Answer("GET /v1/catalog/services", """{"web":["b","a"],"consul":[]}""")
            .Answer("GET /v1/catalog/node/n1", """{"Services":{"web1":{"Service":"web","Tags":["a"]}}}""");
        Assert.Equal("consul\nweb\n", (await agent.Run("catalog", "services")).Out);
        Assert.Equal("consul      \nweb         a,b\n", (await agent.Run("catalog", "services", "-tags")).Out);
        Assert.Equal("web\n", (await agent.Run("catalog", "services", "-node=n1")).Out);
    }

    [Fact]
    public async Task Info_prints_sections()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/agent/self", """{"Stats":{"raft":{"term":"2"},"agent":{"checks":"0","b":""}}}""");
        Assert.Equal("agent:\n\tb = \n\tchecks = 0\nraft:\n\tterm = 2\n", (await agent.Run("info")).Out);
    }

    [Fact]
    public async Task Members_in_detail_show_all_tags_and_the_segment()
    {
        const string List = """
            [{"Name":"n1","Addr":"127.0.0.1","Port":8301,"Tags":{"role":"consul","vsn":"2","segment":""},"Status":1},
             {"Name":"n2","Addr":"127.0.0.1","Port":8302,"Tags":{"role":"other","dc":"dc1"},"Status":1}]
            """;
        using StubAgent agent = new StubAgent().Answer("GET /v1/agent/members?segment=_all", List).Answer("GET /v1/agent/members?segment=", List);
        Assert.Equal("""
            Node  Address         Status  Tags
            n1    127.0.0.1:8301  alive   role=consul,segment=<all>,vsn=2
            n2    127.0.0.1:8302  alive   dc1

            """.Replace("dc1", "dc=dc1,role=other,segment=<default>", StringComparison.Ordinal), (await agent.Run("members", "-detailed")).Out);
        Assert.Contains("segment=<default>,vsn=2\n", (await agent.Run("members", "-detailed", "-segment=")).Out, StringComparison.Ordinal);
        Assert.Contains("n2    127.0.0.1:8302  alive   unknown", (await agent.Run("members")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_prints_columns_sorted_by_segment_and_name()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/agent/members?segment=_all", """
            [{"Name":"n2","Addr":"10.0.0.2","Port":8301,"Tags":{"role":"node","build":"1.10.12:","vsn":"2","dc":"dc1"},"Status":4},
             {"Name":"n1","Addr":"127.0.0.1","Port":8301,"Tags":{"role":"consul","build":"1.10.12:","vsn":"2","dc":"dc1"},"Status":1}]
            """);
        Assert.Equal("""
            Node  Address         Status  Type    Build    Protocol  DC   Segment
            n1    127.0.0.1:8301  alive   server  1.10.12  2         dc1  <all>
            n2    10.0.0.2:8301   failed  client  1.10.12  2         dc1  <default>

            """, (await agent.Run("members")).Out);
        Assert.Equal(2, (await agent.Run("members", "-status=left")).Exit);
        Assert.Equal(
            "Failed to compile status regexp: error parsing regexp: missing closing ): `(`\n", (await agent.Run("members", "-status=(")).Error);
    }

    [Fact]
    public async Task Maint_switches_and_lists()
    {
        using StubAgent agent = new StubAgent()
            .Answer("PUT /v1/agent/maintenance?enable=true&reason=disk%20swap", "")
            .Answer("PUT /v1/agent/service/maintenance/web1?enable=false", "")
            .Answer("PUT /v1/agent/service/maintenance/zz?enable=true&reason=", "No service registered with ID \"zz\"", 404)
            .Answer("GET /v1/agent/self", """{"Config":{"NodeName":"n1"}}""")
            .Answer("GET /v1/agent/checks", """
                {"_service_maintenance:web1":{"CheckID":"_service_maintenance:web1","ServiceID":"web1","Notes":"why"},
                 "_node_maintenance":{"CheckID":"_node_maintenance","Notes":"disk swap"},"other":{"CheckID":"other"}}
                """);
        Assert.Equal("Node maintenance is now enabled\n", (await agent.Run("maint", "-enable", "-reason=disk swap")).Out);
        Assert.Equal("Service maintenance is now disabled for \"web1\"\n", (await agent.Run("maint", "-disable", "-service=web1")).Out);
        Assert.Equal("Error enabling service maintenance: Unexpected response code: 404 (No service registered with ID \"zz\")\n",
            (await agent.Run("maint", "-enable", "-service=zz")).Error);
        Assert.Equal("Node:\n  Name:   n1\n  Reason: disk swap\n\nService:\n  ID:     web1\n  Reason: why\n\n", (await agent.Run("maint")).Out);
        Assert.Equal("Only one of -enable or -disable may be provided\n", (await agent.Run("maint", "-enable", "-disable")).Error);
        Assert.Equal("Reason may only be provided with -enable\n", (await agent.Run("maint", "-reason=x")).Error);
        Assert.Equal("Service requires either -enable or -disable\n", (await agent.Run("maint", "-service=x")).Error);
    }

    [Fact]
    public async Task Raft_peers_are_listed()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/operator/raft/configuration?stale=", """
            {"Servers":[{"ID":"id1","Node":"n1","Address":"127.0.0.1:8300","Leader":true,"ProtocolVersion":"3","Voter":true}]}
            """);
        Assert.Equal("Node  ID   Address         State   Voter  RaftProtocol\nn1    id1  127.0.0.1:8300  leader  true   3\n",
            (await agent.Run("operator", "raft", "list-peers", "-stale")).Out);
        CliRun wrong = await agent.Run("operator", "raft", "list-peers", "-bogus");
        Assert.EndsWith("Failed to parse args: flag provided but not defined: -bogus\n", wrong.Error);
    }

    [Fact]
    public async Task Leave_and_reload_report()
    {
        using StubAgent agent = new StubAgent().Answer("PUT /v1/agent/leave", "").Answer("PUT /v1/agent/reload", "");
        Assert.Equal(new CliRun(0, "Graceful leave complete\n", ""), await agent.Run("leave"));
        Assert.Equal(new CliRun(0, "Configuration reload triggered\n", ""), await agent.Run("reload"));
        CliRun wrong = await agent.Run("leave", "x");
        Assert.Equal((1, "Error found unexpected args: [x]\n"), (wrong.Exit, wrong.Error));
        Assert.StartsWith("Usage: consul leave", wrong.Out);
    }

    [Fact]
    public async Task A_missing_agent_and_wrong_settings_are_named()
    {
        Assert.Equal("Error listing datacenters: Get \"http://127.0.0.1:1/v1/catalog/datacenters\": "
            + "dial tcp 127.0.0.1:1: connect: connection refused\n", (await CliRun.Of("catalog", "datacenters", "-http-addr=127.0.0.1:1")).Error);
        Assert.Equal("Error connecting to Consul agent: Unknown protocol scheme: zz\n", (await CliRun.Of("info", "-http-addr=zz://x")).Error);
        Assert.Equal("Error connecting to Consul agent: Error loading token file: open /no/f: no such file or directory\n",
            (await CliRun.Of("info", "-token-file=/no/f")).Error);
        Assert.Equal("Error connecting to Consul agent: Error loading CA File: open /no/f: no such file or directory\n",
            (await CliRun.Of("info", "-ca-file=/no/f")).Error);
        Assert.Equal("Error initializing client: Unknown protocol scheme: zz\n",
            (await CliRun.Of(["operator", "raft", "list-peers"], new() { ["CONSUL_HTTP_ADDR"] = "zz://x" })).Error);
    }
}
