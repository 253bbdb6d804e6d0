using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>Our agent and a real Consul agent in one cluster.</summary>
public sealed class ConsulAgentTests
{
    private const string Config = """
        {
          "gossip_lan":{"gossip_interval":"20ms","probe_interval":"200ms","probe_timeout":"100ms","suspicion_mult":2},
          "performance":{"raft_multiplier":1,"leave_drain_time":"10ms"}
        }
        """;

    [PeerTheory(ConsulAgent.Name)]
    [InlineData("")]
    [InlineData("AAECAwQFBgcICQoLDA0ODw==")]
    public async Task Their_client_works_through_our_server(string key)
    {
        string[] encrypt = key.Length > 0 ? [$"-encrypt={key}"] : [];
        using Agent server = await Agent.StartAsync(new AgentOptions { NodeName = "ours", Config = Config, Flags = encrypt });
        using ConsulAgent client = await ConsulAgent.StartAsync(
            "theirs", [$"-retry-join={server.LanAddress}", "-retry-interval=1s", .. encrypt]);
        await Sees(client.Api, "ours", status: 1);
        await Sees(server.Api, "theirs", status: 1);
        await WorksThrough(client.Api, server.Api, "theirs");
        client.Kill();
        await Sees(server.Api, "theirs", status: 4);
        await Health(server.Api, "theirs", "critical");
        Assert.Equal(200, (await server.Api.Put("/v1/agent/force-leave/theirs")).Status);
        await Sees(server.Api, "theirs", status: 3);
        await Health(server.Api, "theirs", null);
    }

    [PeerFact(ConsulAgent.Name)]
    public async Task Their_client_leaves_our_server()
    {
        using Agent server = await Agent.StartAsync(new AgentOptions { NodeName = "ours", Config = Config });
        using ConsulAgent client = await ConsulAgent.StartAsync("theirs", $"-retry-join={server.LanAddress}", "-retry-interval=1s");
        await Health(server.Api, "theirs", "passing");
        Assert.Equal(200, (await client.Api.Put("/v1/agent/leave")).Status);
        await Sees(server.Api, "theirs", status: 3);
        await Health(server.Api, "theirs", null);
    }

    [PeerFact(ConsulAgent.Name)]
    public async Task Our_client_works_through_their_server()
    {
        using ConsulAgent server = await ConsulAgent.StartAsync("theirs", "-server", "-bootstrap");
        await Until.True(server.Api.HasLeader, "their server leads");
        string data = Path.Combine(Leftovers.NewFolder("ours"), "data");
        using Agent client = Agent.Launch(new AgentOptions
        {
            NodeName = "ours",
            Server = false,
            DataDir = data,
            Config = Config,
            Flags = ["-node=ours", "-bind=127.0.0.1", "-client=127.0.0.1", $"-data-dir={data}"],
        });
        await Until.True(() => client.Output.Contains("Consul agent running!"), "our client runs");
        Answer joined = await client.Api.Put($"/v1/agent/join/{server.LanAddress}");
        Assert.Equal((200, ""), (joined.Status, joined.Text));
        await Sees(client.Api, "theirs", status: 1);
        await Sees(server.Api, "ours", status: 1);
        await WorksThrough(client.Api, server.Api, "ours");
        client.Send(Signal.Terminate);
        Assert.Equal(0, await client.WaitForExit());
        await Sees(server.Api, "ours", status: 3);
        await Health(server.Api, "ours", null);
    }

    [PeerFact(ConsulAgent.Name)]
    public async Task Servers_meet_in_the_wan_pool()
    {
        using ConsulAgent theirs = await ConsulAgent.StartAsync("theirs", "-server", "-bootstrap", "-datacenter=dc2");
        using Agent ours = await Agent.StartAsync(new AgentOptions { NodeName = "ours", Config = Config });
        Assert.Equal(200, (await ours.Api.Put($"/v1/agent/join/127.0.0.1:{theirs.WanPort}?wan=1")).Status);
        await Sees(ours.Api, "theirs.dc2", status: 1, "?wan=1");
        await Sees(theirs.Api, "ours.dc1", status: 1, "?wan=1");
        Assert.Equal("[\"dc1\",\"dc2\"]", (await ours.Api.Get("/v1/catalog/datacenters")).Text.Trim());
        Answer refused = await ours.Api.Put($"/v1/agent/join/{theirs.LanAddress}");
        Assert.Equal(
            (500, $"1 error occurred:\n\t* Failed to join {theirs.LanAddress}: Member 'theirs' part of wrong datacenter 'dc2'\n\n"),
            (refused.Status, refused.Text));
    }

    /// <summary>The client writes and reads through the server, and what it registers reaches the catalog.</summary>
    private static async Task WorksThrough(Api client, Api server, string node)
    {
        await Health(server, node, "passing");
        await Until.True(async () => (await client.Put("/v1/kv/key", "value")).Text.Trim() == "true", "a write through the server");
        Assert.Equal("value", (await server.Get("/v1/kv/key?raw")).Text);
        Assert.Equal("value", (await client.Get("/v1/kv/key?raw")).Text);
        await client.Put("/v1/agent/service/register", """{"Name":"web","Port":80,"Check":{"TTL":"60s","Status":"passing"}}""");
        await Until.True(
            async () => (await server.Get("/v1/health/service/web?passing")).Json.GetArrayLength() == 1, "the service in the catalog");
        Assert.Equal(1, (await client.Get("/v1/health/service/web?passing")).Json.GetArrayLength());
    }

    /// <param name="status">The number of the API: 1 alive, 3 left, 4 failed.</param>
    private static Task Sees(Api agent, string member, int status, string query = "") => Until.True(
        async () => (await agent.Get($"/v1/agent/members{query}")).Json.EnumerateArray().Any(each =>
            each.GetProperty("Name").GetString() == member && each.GetProperty("Status").GetInt32() == status),
        $"{member} has the status {status}");

    /// <param name="status">Null when the node is gone from the catalog.</param>
    private static Task Health(Api agent, string node, string? status) => Until.True(
        async () => SerfHealth((await agent.Get($"/v1/health/node/{node}")).Json) == status, $"the health of {node} is {status ?? "gone"}");

    private static string? SerfHealth(JsonElement checks) => checks.EnumerateArray()
        .Where(static check => check.GetProperty("CheckID").GetString() == "serfHealth")
        .Select(static check => check.GetProperty("Status").GetString()).FirstOrDefault();
}
