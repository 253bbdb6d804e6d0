using System.Globalization;
using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>User events and the keys of gossip, in pools of running agents.</summary>
public sealed class PoolOperationTests
{
    private const string Old = "zKNIY4HuiWCkeMxn4EAgmEMqlXAGJb1VsUQVHJRZgl8=";
    private const string New = "AAECAwQFBgcICQoLDA0ODw==";

    [Fact]
    public async Task Events_reach_the_agents_that_they_are_for()
    {
        using Agent server = await Agent.StartAsync();
        using Agent client = await ClientOf(server);
        await client.Api.Put("/v1/agent/service/register", """{"Name":"web","Tags":["v1"]}""");
        Answer before = await client.Api.Get("/v1/event/list");
        Assert.Equal((1UL, "[]"), (before.Index, before.Text));
        Task<Answer> waiting = client.Api.Get("/v1/event/list?name=deploy&index=1&wait=60s");

        // From a client agent it goes through a server.
        Answer fired = (await client.Api.Put("/v1/event/fire/deploy?service=web&tag=v1", "rev-42")).Expect(200);
        string id = fired.Json.GetProperty("ID").GetString()!;
        Answer seen = await waiting.WaitAsync(Until.Deadline);
        JsonElement received = Assert.Single(seen.Json.EnumerateArray());
        Assert.Equal(id, received.GetProperty("ID").GetString());
        Assert.Equal("rev-42"u8.ToArray(), received.GetProperty("Payload").GetBytesFromBase64());
        Assert.True(received.GetProperty("LTime").GetInt32() > 0);
        Assert.NotEqual(1UL, seen.Index);

        // From the server to everybody, by the command line; the first event is for the client alone.
        CommandResult run = await server.Run("event", "-name=all", "payload");
        Assert.StartsWith("Event ID: ", run.Out);
        foreach (Agent agent in (Agent[])[server, client])
            await Until.True(async () => (await Names(agent)).Contains("all"), "the event for all");
        Assert.Equal(["all"], await Names(server));
        Assert.Equal(["all", "deploy"], await Names(client));
    }

    [Fact]
    public async Task Faults_of_events_come_from_the_server_too()
    {
        using Agent server = await Agent.StartAsync();
        using Agent client = await ClientOf(server);
        const string TooLarge = "1 error occurred:\n\t* error broadcasting event to segment \"\": "
            + "user event exceeds configured limit of 512 bytes before encoding\n\n";
        string payload = new('x', 513);
        Assert.Equal(TooLarge, (await server.Api.Put("/v1/event/fire/e", payload)).Expect(500).Text);
        Assert.Equal("rpc error making call: " + TooLarge, (await client.Api.Put("/v1/event/fire/e", payload)).Expect(500).Text);
        Assert.Equal("No path to datacenter", (await server.Api.Put("/v1/event/fire/e?dc=dc9")).Expect(500).Text);
        Assert.Equal("rpc error making call: No path to datacenter", (await client.Api.Put("/v1/event/fire/e?dc=dc9")).Expect(500).Text);
        CommandResult run = await client.Run("event", "-name=e", "-node=(");
        Assert.Equal((1, "Failed to compile node filter regexp: error parsing regexp: missing closing ): `(`\n"), (run.Exit, run.Error));
    }

    [Fact]
    public async Task Keys_are_rotated_and_outlive_a_restart()
    {
        using Agent server = await Agent.StartAsync(new AgentOptions { Flags = [$"-encrypt={Old}"] });
        using Agent client = await ClientOf(server, $"-encrypt={Old}");
        Assert.Equal(Pools("installed", ("WAN", 1), ("dc1 (LAN)", 2))(Old), (await server.Run("keyring", "-list")).Out);
        await Done(server, "-install", New, "Installing new");
        await Done(server, "-use", New, "Changing primary");
        CommandResult refused = await server.Run("keyring", $"-remove={New}");
        Assert.Equal(1, refused.Exit);
        Assert.Equal(
            "error: Unexpected response code: 500 (5 errors occurred:\n\t* WAN error: 1/1 nodes reported failure\n"
                + "\t* n1.dc1: Removing the primary key is not allowed\n\t* dc1 (LAN) error: 2/2 nodes reported failure\n"
                + "\t* c1: Removing the primary key is not allowed\n\t* n1: Removing the primary key is not allowed\n\n)\n",
            refused.Error);
        await Done(server, "-remove", Old, "Removing");
        string expected = Pools("installed primary", ("WAN", 1), ("dc1 (LAN)", 2))(New);
        Assert.Equal(expected, (await server.Run("keyring", "-list-primary", "-relay-factor=2")).Out);

        await server.KillAsync();
        await server.RestartAsync();
        await client.Api.Put($"/v1/agent/join/127.0.0.1:{Text(server.LanPort)}");
        await Until.True(async () => (await server.Run("keyring", "-list-primary")).Out == expected, "both members with the new key");
    }

    [Fact]
    public async Task Keys_need_encryption_and_a_server()
    {
        using Agent server = await Agent.StartAsync();
        using Agent client = await ClientOf(server);
        const string Empty = "Keyring is empty (encryption not enabled)";
        Assert.Equal(
            $"5 errors occurred:\n\t* WAN error: 1/1 nodes reported failure\n\t* n1.dc1: {Empty}\n"
                + $"\t* dc1 (LAN) error: 2/2 nodes reported failure\n\t* c1: {Empty}\n\t* n1: {Empty}\n\n",
            (await server.Api.Get("/v1/operator/keyring")).Expect(500).Text);
        const string NoServer = "keyring operations must run against a server node";
        Assert.Equal(NoServer, (await client.Api.Get("/v1/operator/keyring")).Expect(500).Text);
        CommandResult run = await client.Run("keyring", $"-install={New}");
        Assert.Equal(1, run.Exit);
        Assert.Equal($"error: Unexpected response code: 500 ({NoServer})\n", run.Error);
    }

    private static async Task<Agent> ClientOf(Agent server, params string[] flags)
    {
        Agent client = Agent.Launch(new AgentOptions
        {
            Server = false,
            NodeName = "c1",
            Flags =
            [
                "-node=c1", "-bind=127.0.0.1", $"-data-dir={Leftovers.NewFolder("c1")}", $"-retry-join=127.0.0.1:{Text(server.LanPort)}", .. flags,
            ],
        });
        try
        {
            await client.WaitForLeader();
            await Until.True(async () => (await server.Api.Get("/v1/agent/members")).Json.GetArrayLength() == 2, "the client in the pool");
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task<string[]> Names(Agent agent) =>
        [.. (await agent.Api.Get("/v1/event/list")).Json.EnumerateArray().Select(static e => e.GetProperty("Name").GetString()!).Order()];

    private static async Task Done(Agent agent, string flag, string key, string doing)
    {
        CommandResult run = await agent.Run("keyring", $"{flag}={key}");
        Assert.Equal((0, $"==> {doing} gossip encryption key...\n", ""), (run.Exit, run.Out, run.Error));
    }

    /// <summary>What a list of keys prints when all members of the pools have one key.</summary>
    private static Func<string, string> Pools(string kind, params (string Name, int Members)[] pools) => key =>
        $"==> Gathering {kind} encryption keys...\n"
        + string.Concat(pools.Select(pool => $"\n{pool.Name}:\n  {key} [{pool.Members}/{pool.Members}]\n"));

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
