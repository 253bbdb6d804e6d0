using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Agents that find each other by gossip: joining, failing, leaving, coming back.</summary>
public sealed class ClusterTests : IDisposable
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODw==";
    private const string OtherKey = "DwECAwQFBgcICQoLDA0ODw==";

    private readonly Cluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Clients_find_the_server_through_any_member_and_work_through_it()
    {
        Agent server = await _cluster.ServerAsync("s1");
        Agent first = await _cluster.JoinedClientAsync("c1", server);
        Agent second = await _cluster.JoinedClientAsync("c2", first);
        foreach (Agent agent in new[] { server, first, second })
        {
            foreach (string member in new[] { "s1", "c1", "c2" }) await Cluster.Sees(agent, member, status: 1);
        }

        await Until.True(async () => (await second.Api.Put("/v1/kv/a", "1")).Status == 200, "a write through the server");
        Assert.Equal("1", (await first.Api.Get("/v1/kv/a?raw")).Text);
        await Cluster.Health(second, "c1", "passing");
        await Cluster.Health(first, "c2", "passing");
        await first.Api.Put("/v1/agent/service/register", """{"Name":"web","Port":80}""");
        await Until.True(
            async () => (await second.Api.Get("/v1/health/service/web?passing")).Json.GetArrayLength() == 1, "the service in the catalog");
        CommandResult members = await first.Run("members");
        Assert.Equal(3, members.Out.Split('\n').Count(static line => line.Contains("  alive   ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Killed_client_is_failed_and_critical_until_it_is_forced_out()
    {
        Agent server = await _cluster.ServerAsync("s1");
        Agent client = await _cluster.JoinedClientAsync("c1", server);
        Agent other = await _cluster.JoinedClientAsync("c2", server);
        await Cluster.Health(server, "c1", "passing");
        await client.KillAsync();
        await Cluster.Sees(other, "c1", status: 4);
        await Cluster.Health(server, "c1", "critical");
        Assert.Equal(200, (await other.Api.Put("/v1/agent/force-leave/c1")).Status);
        await Cluster.Sees(server, "c1", status: 3);
        await Cluster.Sees(other, "c1", status: 3);
        await Cluster.Health(server, "c1", null);
        Assert.Equal("null", (await server.Api.Get("/v1/catalog/node/c1")).Text.Trim());
        Assert.Equal(200, (await server.Api.Put("/v1/agent/force-leave/c1?prune")).Status);
        await Cluster.Sees(server, "c1", status: 0);
        Answer unknown = await server.Api.Put("/v1/agent/force-leave/nobody");
        Assert.Equal((500, "agent: No node found with name 'nobody'"), (unknown.Status, unknown.Text));
    }

    [Fact]
    public async Task Killed_client_comes_back_by_its_snapshot()
    {
        Agent server = await _cluster.ServerAsync("s1");
        Agent client = await _cluster.JoinedClientAsync("c1", server);
        await Cluster.Health(server, "c1", "passing");
        await Until.True(
            () => File.ReadAllText(Path.Combine(client.DataDir, "serf", "local.snapshot")).Contains("alive: s1 ", StringComparison.Ordinal),
            "the server in the snapshot");
        await client.KillAsync();
        await Cluster.Sees(server, "c1", status: 4);
        client.Start();
        await Cluster.Sees(server, "c1", status: 1);
        await Cluster.Sees(client, "s1", status: 1);
        await Cluster.Health(client, "c1", "passing");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-rejoin")]
    public async Task Client_that_left_comes_back_only_if_it_was_told_to(string flag)
    {
        Agent server = await _cluster.ServerAsync("s1");
        Agent client = await _cluster.ClientAsync("c1", "", flag.Length > 0 ? [flag] : []);
        Assert.Equal(200, (await client.Api.Put($"/v1/agent/join/{server.LanAddress}")).Status);
        await Cluster.Health(server, "c1", "passing");
        Assert.Equal(200, (await client.Api.Put("/v1/agent/leave")).Status);
        Assert.Equal(0, await client.WaitForExit());
        await Cluster.Sees(server, "c1", status: 3);
        await Cluster.Health(server, "c1", null);
        client.Start();
        await Cluster.Running(client);
        await Cluster.Sees(client, "c1", status: 1);
        if (flag.Length > 0)
        {
            await Cluster.Sees(server, "c1", status: 1);
            await Cluster.Health(server, "c1", "passing");
        }
        else
        {
            await Cluster.Sees(client, "s1", status: 0);
            await Cluster.Sees(server, "c1", status: 3);
        }
    }

    [Theory]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    public async Task Signal_makes_a_client_leave(int signal)
    {
        Agent server = await _cluster.ServerAsync("s1");
        Agent client = await _cluster.JoinedClientAsync("c1", server);
        await Cluster.Health(server, "c1", "passing");
        client.Send(signal);
        Assert.Equal(0, await client.WaitForExit());
        Assert.True(client.Output.Contains("Graceful exit completed"));
        await Cluster.Sees(server, "c1", status: 3);
        await Cluster.Health(server, "c1", null);
    }

    [Fact]
    public async Task Server_leaves_in_order_and_its_clients_forget_it()
    {
        Agent server = await _cluster.ServerAsync("s1");
        Agent client = await _cluster.JoinedClientAsync("c1", server);
        await Until.True(async () => (await client.Api.Put("/v1/kv/a", "1")).Status == 200, "a write through the server");
        Assert.Equal(200, (await server.Api.Put("/v1/agent/leave")).Status);
        Assert.Equal(0, await server.WaitForExit());
        await Cluster.Sees(client, "s1", status: 3);
        Answer answer = await client.Api.Get("/v1/kv/a");
        Assert.Equal((500, "No known Consul servers"), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Agent_of_another_datacenter_is_refused()
    {
        Agent server = await _cluster.ServerAsync("s1");
        Agent client = await _cluster.ClientAsync("c1", "\"datacenter\":\"dc2\"");
        Answer answer = await client.Api.Put($"/v1/agent/join/{server.LanAddress}");
        Assert.Equal(
            (500, $"1 error occurred:\n\t* Failed to join {server.LanAddress}: Member 's1' part of wrong datacenter 'dc1'\n\n"),
            (answer.Status, answer.Text));
        await Cluster.Sees(client, "s1", status: 0);
        await Cluster.Sees(server, "c1", status: 0);
    }

    [Theory]
    [InlineData(Key, Key, true)]
    [InlineData(Key, OtherKey, false)]
    [InlineData(Key, null, false)]
    [InlineData(null, Key, false)]
    public async Task Only_agents_with_the_key_are_let_in(string? theirs, string? ours, bool joins)
    {
        Agent server = await _cluster.ServerAsync("s1", theirs is null ? "" : $"\"encrypt\":\"{theirs}\"");
        Agent client = await _cluster.ClientAsync("c1", ours is null ? "" : $"\"encrypt\":\"{ours}\"");
        Assert.Equal(ours is not null, client.Output.Contains("Encrypt: Gossip: true"));
        Answer answer = await client.Api.Put($"/v1/agent/join/{server.LanAddress}");
        Assert.Equal(joins ? 200 : 500, answer.Status);
        await Cluster.Sees(client, "s1", joins ? 1 : 0);
        await Cluster.Sees(server, "c1", joins ? 1 : 0);
        if (!joins) Assert.StartsWith($"1 error occurred:\n\t* Failed to join {server.LanAddress}: ", answer.Text, StringComparison.Ordinal);
        Assert.Equal(
            theirs is null ? "false" : "true",
            (await server.Api.Get("/v1/agent/self")).Json.GetProperty("Stats").GetProperty("serf_lan").GetProperty("encrypted").GetString());
    }

    [Theory]
    [InlineData("lan", "LAN Serf: Failed to create memberlist: Could not set up network transport: failed to obtain an address: ")]
    [InlineData("wan", "WAN Serf: ")]
    public async Task Port_that_is_taken_is_told_in_the_words_of_consul(string pool, string head)
    {
        Agent server = await _cluster.ServerAsync("s1");
        int port = pool == "lan" ? server.LanPort : server.WanPort;
        using Agent second = Agent.Launch(new AgentOptions { NodeName = "s2", Flags = [$"-serf-{pool}-port={port}"] });
        Assert.Equal(1, await second.WaitForExit());
        Assert.True(second.Output.Contains(
            $"Failed to start Consul server: Failed to start {head}Failed to start TCP listener on \"127.0.0.1\" port {port}: "
            + $"listen tcp 127.0.0.1:{port}: bind: address already in use"));
    }

    [Fact]
    public async Task Servers_of_two_datacenters_know_each_other_in_the_wan_pool()
    {
        Agent here = await _cluster.ServerAsync("s1");
        Agent there = await _cluster.ServerAsync("s2", "\"datacenter\":\"dc2\"");
        Assert.Equal(200, (await here.Api.Put($"/v1/agent/join/127.0.0.1:{there.WanPort}?wan=1")).Status);
        await Cluster.Sees(there, "s1.dc1", status: 1, "?wan=1");
        await Cluster.Sees(here, "s2.dc2", status: 1, "?wan=1");
        Assert.Equal("[\"dc1\",\"dc2\"]", (await here.Api.Get("/v1/catalog/datacenters")).Text.Trim());
        Assert.Equal("[\"dc2\",\"dc1\"]", (await there.Api.Get("/v1/catalog/datacenters")).Text.Trim());
        await Cluster.Sees(here, "s2", status: 0);
        Agent client = await _cluster.JoinedClientAsync("c1", here);
        Answer refused = await client.Api.Put($"/v1/agent/join/127.0.0.1:{there.WanPort}?wan=1");
        Assert.Equal((500, "Must be a server to join WAN cluster"), (refused.Status, refused.Text));
    }
}
