using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>What the leader does for its servers by itself, and what operators may tell it.</summary>
public sealed class AutopilotTests
{
    private const string Health = "/v1/operator/autopilot/health";

    /// <summary>Dead servers are looked for every ten seconds, after the pool has noticed.</summary>
    private static readonly TimeSpan s_pruning = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Dead_server_is_removed_once_enough_others_stay()
    {
        using ServerGroup group = await ServerGroup.FoundAsync(3, autopilot: "\"min_quorum\":3");
        Agent leader = await group.AgreesAsync(3);
        await Until.True(async () => (await leader.Api.Get(Health)).Status == 200, "all servers are healthy");
        Assert.Equal(1, (await leader.Api.Get(Health)).Json.GetProperty("FailureTolerance").GetInt32());
        Agent dead = group.Follower(leader);
        await group.KillAsync(dead);
        await Until.True(async () => (await leader.Api.Get(Health)).Status == 429, "a server is unhealthy");
        JsonElement state = (await group.Follower(leader).Api.Get("/v1/operator/autopilot/state")).Expect(200).Json;
        Assert.Equal((false, 0), (state.GetProperty("Healthy").GetBoolean(), state.GetProperty("FailureTolerance").GetInt32()));
        Assert.Equal(3, state.GetProperty("Voters").GetArrayLength());
        Assert.Contains(dead.Name, await ServerGroup.ConfigurationAsync(leader));

        group.Launch("s4");
        await Until.True(async () => (await ServerGroup.ConfigurationAsync(leader)).ContainsKey("s4"), "another has come");
        await Until.True(async () => (await ServerGroup.ConfigurationAsync(leader)).Count == 3, "it is removed", s_pruning);
        Dictionary<string, JsonElement> servers = await ServerGroup.ConfigurationAsync(leader);
        Assert.DoesNotContain(dead.Name, servers);
        Assert.All(servers.Values, static server => Assert.True(server.GetProperty("Voter").GetBoolean()));
        await Until.True(async () => (await leader.Api.Get(Health)).Status == 200, "all servers are healthy again");
        Assert.Contains($"{dead.Name} ", (await leader.Run("members", "-status=left")).Out, StringComparison.Ordinal);
        await Cluster.Health(leader, dead.Name, null);
    }

    [Fact]
    public async Task Operator_decides_which_server_goes()
    {
        using ServerGroup group = await ServerGroup.FoundAsync(3);
        Agent leader = await group.AgreesAsync(3);
        Agent other = group.Follower(leader);
        CommandResult set = await other.Run("operator", "autopilot", "set-config", "-cleanup-dead-servers=false");
        Assert.Equal((0, "Configuration updated!\n"), (set.Exit, set.Out));
        Assert.StartsWith("CleanupDeadServers = false\n", (await leader.Run("operator", "autopilot", "get-config")).Out, StringComparison.Ordinal);
        await group.KillAsync(other);
        await Until.True(async () => (await leader.Api.Get(Health)).Status == 429, "a server is unhealthy");
        string id = (await ServerGroup.ConfigurationAsync(leader))[other.Name].GetProperty("ID").GetString()!;
        CommandResult removed = await group.Follower(leader).Run("operator", "raft", "remove-peer", $"-id={id}");
        Assert.Equal((0, $"Removed peer with id \"{id}\"\n"), (removed.Exit, removed.Out));
        Assert.DoesNotContain(other.Name, await ServerGroup.ConfigurationAsync(leader));

        group.Restart(other);
        await Until.True(
            async () => (await ServerGroup.ConfigurationAsync(leader)).GetValueOrDefault(other.Name) is { ValueKind: JsonValueKind.Object } server
                && server.GetProperty("Voter").GetBoolean(),
            "it is back with a vote",
            s_pruning);
    }
}
