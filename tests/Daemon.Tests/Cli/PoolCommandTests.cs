namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class PoolCommandTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODw==";

    [Fact]
    public async Task Event_is_fired_with_its_filters_and_payload()
    {
        using StubAgent agent = new StubAgent()
            .Answer("GET /v1/agent/self", """{"Config":{"NodeName":"n1"}}""")
            .Answer("PUT /v1/event/fire/a/b%3Fc?node=n.%2A&service=web&tag=v1", """{"ID":"8b5d45f0-99cd","LTime":0}""")
            .Answer("PUT /v1/event/fire/e", """{"ID":"x"}""");
        Assert.Equal(new CliRun(0, "Event ID: 8b5d45f0-99cd\n", ""),
            await agent.Run("event", "-name=a/b?c", "-node=n.*", "-service=web", "-tag=v1", "some payload"));
        Assert.Equal(new CliRun(0, "Event ID: x\n", ""), await agent.Run("event", "-name", "e"));
        Assert.Equal(
            ["GET /v1/agent/self", "PUT /v1/event/fire/a/b%3Fc?node=n.%2A&service=web&tag=v1 some payload", "GET /v1/agent/self", "PUT /v1/event/fire/e"],
            agent.Requests);
    }

    [Theory]
    [InlineData("Failed to compile node filter regexp: error parsing regexp: missing closing ]: `[`", "-node=[", "-service=(")]
    [InlineData("Failed to compile service filter regexp: error parsing regexp: missing closing ): `(`", "-service=(", "-tag=(")]
    [InlineData("Failed to compile tag filter regexp: error parsing regexp: missing closing ): `(`", "-tag=(", "")]
    [InlineData("Cannot provide tag filter without service filter.", "-tag=t", "a")]
    public async Task Event_with_wrong_filters_is_not_fired(string error, string first, string second)
    {
        using var agent = new StubAgent();
        Assert.Equal(new CliRun(1, "", error + "\n"), await agent.Run("event", "-name=e", first, second));
        Assert.Empty(agent.Requests);
    }

    [Fact]
    public async Task Event_needs_a_name_and_one_payload_at_most()
    {
        using var agent = new StubAgent();
        CliRun nameless = await agent.Run("event");
        Assert.Equal(1, nameless.Exit);
        Assert.StartsWith("Event name must be specified\n\nUsage: consul event", nameless.Error);
        CliRun crowded = await agent.Run("event", "-name=e", "a", "b");
        Assert.Equal(1, crowded.Exit);
        Assert.StartsWith("Too many command line arguments.\n\nUsage: consul event", crowded.Error);
    }

    [Fact]
    public async Task Event_reports_what_the_agent_says()
    {
        using (StubAgent agent = new StubAgent().Answer("GET /v1/agent/self", """{"Config":{"NodeName":"n1"}}""")
            .Answer("PUT /v1/event/fire/e", "No path to datacenter", 500))
        {
            Assert.Equal(new CliRun(1, "", "Error firing event: Unexpected response code: 500 (No path to datacenter)\n"),
                await agent.Run("event", "-name=e"));
        }

        using (StubAgent agent = new StubAgent().Answer("GET /v1/agent/self", "no", 403))
        {
            Assert.Equal(new CliRun(1, "", "Error querying Consul agent: Unexpected response code: 403 (no)\n"), await agent.Run("event", "-name=e"));
        }
    }

    [Fact]
    public async Task Keyring_lists_pools_and_keys()
    {
        const string Pools = """
            [{"WAN":true,"Datacenter":"dc1","Segment":"","Keys":{"k1":1},"PrimaryKeys":{"k1":1},"NumNodes":1},
             {"WAN":false,"Datacenter":"dc1","Segment":"","Messages":{"n2":"cut"},"Keys":{"k2":2,"k1":3},"PrimaryKeys":{"k1":3},"NumNodes":3},
             {"WAN":false,"Datacenter":"dc1","Segment":"s","Keys":{},"PrimaryKeys":{},"NumNodes":0}]
            """;
        using StubAgent agent = new StubAgent()
            .Answer("GET /v1/operator/keyring?local-only=true&relay-factor=3", Pools)
            .Answer("GET /v1/operator/keyring", Pools);
        Assert.Equal(new CliRun(0, """
            ==> Gathering installed encryption keys...

            WAN:
              k1 [1/1]

            dc1 (LAN):
              ===> n2: cut
              k1 [3/3]
              k2 [2/3]

            dc1 (LAN) [s]:

            """, ""), await agent.Run("keyring", "-list", "-local-only", "-relay-factor=3", "ignored"));
        Assert.Equal("""
            ==> Gathering installed primary encryption keys...

            WAN:
              k1 [1/1]

            dc1 (LAN):
              ===> n2: cut
              k1 [3/3]

            dc1 (LAN) [s]:

            """, (await agent.Run("keyring", "-list-primary")).Out);
    }

    [Theory]
    [InlineData("-install", "POST", "==> Installing new gossip encryption key...\n")]
    [InlineData("-use", "PUT", "==> Changing primary gossip encryption key...\n")]
    [InlineData("-remove", "DELETE", "==> Removing gossip encryption key...\n")]
    public async Task Keyring_changes_keys(string flag, string method, string first)
    {
        using (StubAgent agent = new StubAgent().Answer($"{method} /v1/operator/keyring?relay-factor=2", ""))
        {
            Assert.Equal(new CliRun(0, first, ""), await agent.Run("keyring", $"{flag}={Key}", "-relay-factor=2"));
            Assert.Equal([$"{method} /v1/operator/keyring?relay-factor=2 {{\"Key\":\"{Key}\"}}"], agent.Requests);
        }

        using (StubAgent agent = new StubAgent().Answer($"{method} /v1/operator/keyring", "1 error occurred:\n\t* x\n\n", 500))
        {
            Assert.Equal(new CliRun(1, first, "error: Unexpected response code: 500 (1 error occurred:\n\t* x\n\n)\n"),
                await agent.Run("keyring", $"{flag}={Key}"));
        }
    }

    [Theory]
    [InlineData("Only a single action is allowed", "-list", "-install=x")]
    [InlineData("Only a single action is allowed", "-list", "-list-primary")]
    [InlineData("Error parsing relay factor: Relay factor must be in range: [0, 5]", "-list", "-relay-factor=6")]
    [InlineData("Error parsing relay factor: Relay factor must be in range: [0, 5]", "-use=x", "-relay-factor=-1")]
    [InlineData("Error validating local-only: local-only can only be set for list requests", "-use=x", "-local-only")]
    [InlineData("Error validating local-only: local-only can only be set for list requests", "-list-primary", "-local-only")]
    public async Task Keyring_refuses_what_makes_no_sense(string error, string first, string second)
    {
        using var agent = new StubAgent();
        Assert.Equal(new CliRun(1, "", error + "\n"), await agent.Run("keyring", first, second));
        Assert.Empty(agent.Requests);
    }

    [Fact]
    public async Task Keyring_without_an_action_shows_its_help()
    {
        CliRun run = await CliRun.Of("keyring");
        Assert.Equal((1, ""), (run.Exit, run.Out));
        Assert.StartsWith("Usage: consul keyring", run.Error);
    }
}
