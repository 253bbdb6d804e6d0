using System.Text;
using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests;

/// <summary>Agents of Consul and ours in one pool: events, and keys of gossip.</summary>
public sealed class ConsulPoolTests
{
    private const string Old = "zKNIY4HuiWCkeMxn4EAgmEMqlXAGJb1VsUQVHJRZgl8=";
    private const string New = "AAECAwQFBgcICQoLDA0ODw==";

    [PeerFact(ConsulAgent.Name)]
    public async Task Consul_client_and_our_server_share_events_and_keys()
    {
        using Agent server = await Agent.StartAsync(new AgentOptions { Flags = [$"-encrypt={Old}"] });
        using ConsulAgent client = await ConsulAgent.StartAsync(
            "peer", $"-encrypt={Old}", $"-retry-join={server.LanAddress}", "-retry-interval=1s");
        await Until.True(client.Api.HasLeader, "the client knows the server");
        await EventsCrossAsync(server.Api, client.Api, "peer");
        await RotateAsync(server.HttpAddress);
        await EventsCrossAsync(server.Api, client.Api, "peer");
    }

    [PeerFact(ConsulAgent.Name)]
    public async Task Our_client_and_a_Consul_server_share_events_and_keys()
    {
        using ConsulAgent server = await ConsulAgent.StartAsync("peer", "-server", "-bootstrap", $"-encrypt={Old}");
        await Until.True(server.Api.HasLeader, "their server leads");
        using Agent client = Agent.Launch(new AgentOptions
        {
            Server = false,
            NodeName = "c1",
            Flags =
            [
                "-node=c1", "-bind=127.0.0.1", $"-data-dir={Leftovers.NewFolder("c1")}", $"-encrypt={Old}",
                $"-retry-join={server.LanAddress}",
            ],
        });
        await client.WaitForLeader();
        await EventsCrossAsync(client.Api, server.Api, "peer");
        await RotateAsync(server.HttpAddress);
        await EventsCrossAsync(client.Api, server.Api, "peer");
    }

    /// <summary>Each side gets an event of the other one, and one event is for the peer alone.</summary>
    private static async Task EventsCrossAsync(Api ours, Api theirs, string peer)
    {
        string tag = Guid.NewGuid().ToString("N");
        (await theirs.Put($"/v1/event/fire/theirs-{tag}", "from Consul")).Expect(200);
        (await ours.Put($"/v1/event/fire/ours-{tag}", "from us")).Expect(200);
        (await ours.Put($"/v1/event/fire/narrow-{tag}?node=^{peer}$")).Expect(200);
        foreach ((string name, string payload) in ((string, string)[])[($"theirs-{tag}", "from Consul"), ($"ours-{tag}", "from us")])
        {
            JsonElement here = await SeenAsync(ours, name);
            Assert.Equal(payload, Encoding.UTF8.GetString(here.GetProperty("Payload").GetBytesFromBase64()));
            Assert.Equal(here.GetRawText(), (await SeenAsync(theirs, name)).GetRawText());
        }

        await SeenAsync(theirs, $"narrow-{tag}");
        Assert.Equal("[]", (await ours.Get($"/v1/event/list?name=narrow-{tag}")).Text);
    }

    private static async Task<JsonElement> SeenAsync(Api api, string name)
    {
        await Until.True(async () => (await api.Get($"/v1/event/list?name={name}")).Json.GetArrayLength() == 1, name);
        return (await api.Get($"/v1/event/list?name={name}")).Json[0];
    }

    /// <summary>A new key takes the place of the old one on both members.</summary>
    private static async Task RotateAsync(string address)
    {
        foreach (string step in (string[])[$"-install={New}", $"-use={New}", $"-remove={Old}"])
        {
            CommandResult done = await KeyringAsync(address, step, "-relay-factor=1");
            Assert.True(done.Exit == 0, done.Error);
        }

        Assert.Contains($"dc1 (LAN):\n  {New} [2/2]\n", (await KeyringAsync(address, "-list-primary")).Out, StringComparison.Ordinal);
        CommandResult refused = await KeyringAsync(address, $"-remove={New}");
        Assert.Equal(1, refused.Exit);
        Assert.Contains("* dc1 (LAN) error: 2/2 nodes reported failure\n", refused.Error, StringComparison.Ordinal);
        Assert.Contains("* peer: Removing the primary key is not allowed\n", refused.Error, StringComparison.Ordinal);
    }

    private static Task<CommandResult> KeyringAsync(string address, params string[] words) =>
        CommandResult.Of(["keyring", .. words], new() { ["CONSUL_HTTP_ADDR"] = address });
}
