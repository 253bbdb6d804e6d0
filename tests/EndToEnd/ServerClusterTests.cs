using System.Diagnostics;
using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Several servers: founding, losing, joining, leaving and moving them.</summary>
public sealed class ServerClusterTests
{
    /// <summary>Without a published program the first call of everything is slow.</summary>
    private static readonly TimeSpan s_failOver = ProgramFile.IsPublished ? TimeSpan.FromSeconds(2.5) : TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Three_servers_survive_the_death_of_their_leader()
    {
        using ServerGroup group = await ServerGroup.FoundAsync(3);
        Agent leader = await group.AgreesAsync(3);
        await ServerGroup.PutAsync(group.Follower(leader), "before", "1");
        await group.HaveAsync("before", "1");
        await group.KillAsync(leader);
        long died = Stopwatch.GetTimestamp();
        Agent next = await group.AgreesAsync(3, s_failOver);
        Assert.True(Stopwatch.GetElapsedTime(died) <= s_failOver);
        await ServerGroup.PutAsync(group.Follower(next), "after", "2");
        await Cluster.Health(next, leader.Name, "critical");
        group.Restart(leader);
        Assert.Same(next, await group.AgreesAsync(3));
        await group.HaveAsync("after", "2");
        await group.HaveAsync("before", "1");
        await Cluster.Health(next, leader.Name, "passing");
    }

    [Fact]
    public async Task Follower_that_is_restarted_disturbs_nobody()
    {
        using ServerGroup group = await ServerGroup.FoundAsync(3);
        Agent leader = await group.AgreesAsync(3);
        string term = await ServerGroup.RaftAsync(leader, "term");
        Agent follower = group.Follower(leader);
        follower.Send(Signal.Terminate);
        group.Running.Remove(follower);
        Assert.Equal(1, await follower.WaitForExit());
        await ServerGroup.PutAsync(leader, "meanwhile", "1");
        group.Restart(follower);
        Assert.Same(leader, await group.AgreesAsync(3));
        await group.HaveAsync("meanwhile", "1");
        foreach (Agent agent in group.Running) Assert.Equal(term, await ServerGroup.RaftAsync(agent, "term"));
        Assert.Equal(("Leader", "2", "0"), await FiguresAsync(leader));
        (string state, string peers, string contact) = await FiguresAsync(follower);
        Assert.Equal(("Follower", "2"), (state, peers));
        Assert.Matches("^[0-9.]+(µs|ms|s)$", contact);
    }

    [Fact]
    public async Task Server_that_joins_gets_a_vote_and_one_that_leaves_takes_it_along()
    {
        using ServerGroup group = await ServerGroup.FoundAsync(3);
        Agent leader = await group.AgreesAsync(3);
        Agent fourth = group.Launch("s4");
        await group.AgreesAsync(4);
        await Until.True(async () => await VotesAsync(leader, "s4"), "s4 has a vote");
        CommandResult listed = await fourth.Run("operator", "raft", "list-peers");
        Assert.Equal(5, listed.Out.TrimEnd().Split('\n').Length);
        CommandResult left = await fourth.Run("leave");
        Assert.Equal((0, "Graceful leave complete\n"), (left.Exit, left.Out));
        group.Running.Remove(fourth);
        Assert.Equal(0, await fourth.WaitForExit());
        Assert.DoesNotContain("failed to leave raft configuration gracefully", fourth.Output.Text);
        await group.AgreesAsync(3);
        await Cluster.Health(leader, "s4", null);
        group.Restart(fourth);
        Assert.Equal(200, (await JoinAsync(fourth, leader)).Status);
        await group.AgreesAsync(4);
        await Until.True(async () => await VotesAsync(leader, "s4"), "s4 has a vote again");
    }

    [Fact]
    public async Task Leader_that_leaves_hands_over_first()
    {
        using ServerGroup group = await ServerGroup.FoundAsync(3);
        Agent leader = await group.AgreesAsync(3);
        await ServerGroup.PutAsync(leader, "before", "1");
        Assert.Equal(0, (await leader.Run("leave")).Exit);
        group.Running.Remove(leader);
        Assert.Equal(0, await leader.WaitForExit());
        Agent next = await group.AgreesAsync(2);
        await ServerGroup.PutAsync(group.Follower(next), "after", "2");
        await group.HaveAsync("before", "1");
        Assert.DoesNotContain("failed to transfer leadership", leader.Output.Text);
    }

    [Fact]
    public async Task Server_with_a_new_address_keeps_its_place()
    {
        using ServerGroup group = await ServerGroup.FoundAsync(3, autopilot: "\"cleanup_dead_servers\":false");
        Agent leader = await group.AgreesAsync(3);
        Agent old = group.Follower(leader);
        await group.KillAsync(old);
        Agent moved = group.Launch(old.Name, dataDir: old.DataDir, bind: "127.0.0.7");
        // The pools give a name to another address only when its owner has been dead for half a minute.
        await group.AgreesAsync(3, TimeSpan.FromSeconds(90));
        await Until.True(
            async () => (await ServerGroup.PeersAsync(leader)).Contains($"127.0.0.7:{ServerGroup.Number(moved.ServerPort)}"),
            "the configuration has the new address");
        Assert.True(await VotesAsync(leader, moved.Name));
        // Now it is needed for the majority.
        Agent third = group.Running.First(agent => agent != leader && agent != moved);
        await group.KillAsync(third);
        await ServerGroup.PutAsync(leader, "after", "1");
        await group.HaveAsync("after", "1");
    }

    [Fact]
    public async Task All_servers_killed_at_once_come_back_with_their_data()
    {
        using ServerGroup group = await ServerGroup.FoundAsync(3);
        await ServerGroup.PutAsync(group.Running[0], "before", "1");
        Agent[] all = [.. group.Running];
        await Task.WhenAll(all.Select(group.KillAsync));
        foreach (Agent agent in all) group.Restart(agent);
        await group.AgreesAsync(3);
        await ServerGroup.PutAsync(group.Running[1], "after", "2");
        await group.HaveAsync("before", "1");
        await group.HaveAsync("after", "2");
    }

    [Fact]
    public async Task Survivor_goes_on_alone_with_a_peers_file()
    {
        using ServerGroup group = await ServerGroup.FoundAsync(3);
        Agent leader = await group.AgreesAsync(3);
        await ServerGroup.PutAsync(leader, "before", "1");
        await group.HaveAsync("before", "1");
        Agent survivor = group.Follower(leader);
        string id = (await ServerGroup.ConfigurationAsync(survivor))[survivor.Name].GetProperty("ID").GetString()!;
        foreach (Agent agent in group.Running.ToArray()) await group.KillAsync(agent);
        string address = $"127.0.0.1:{ServerGroup.Number(survivor.ServerPort)}";
        await File.WriteAllTextAsync(
            Path.Combine(survivor.DataDir, "raft", "peers.json"), $$"""[{"id":"{{id}}","address":"{{address}}","non_voter":false}]""");
        group.Restart(survivor);
        await group.AgreesAsync(1);
        Assert.False(File.Exists(Path.Combine(survivor.DataDir, "raft", "peers.json")));
        await ServerGroup.PutAsync(survivor, "after", "2");
        await group.HaveAsync("before", "1");
    }

    [Fact]
    public async Task Snapshot_restored_by_a_user_replaces_the_state_of_all_servers()
    {
        using ServerGroup group = await ServerGroup.FoundAsync(3);
        Agent leader = await group.AgreesAsync(3);
        await ServerGroup.PutAsync(leader, "kept", "1");
        string archive = Path.Combine(leader.Folder, "backup.snap");
        CommandResult saved = await group.Follower(leader).Run("snapshot", "save", archive);
        Assert.True(saved.Exit == 0, saved.Error);
        await ServerGroup.PutAsync(leader, "kept", "2");
        await ServerGroup.PutAsync(leader, "added", "3");
        await group.HaveAsync("added", "3");
        CommandResult restored = await group.Follower(leader).Run("snapshot", "restore", archive);
        Assert.True(restored.Exit == 0, restored.Error + restored.Out);
        await group.HaveAsync("kept", "1");
        await group.HaveAsync("added", null);
        await ServerGroup.PutAsync(group.Follower(leader), "after", "4");
        await group.HaveAsync("after", "4");
    }

    [Fact]
    public async Task Server_without_its_data_is_sent_a_snapshot()
    {
        const string Eager = "\"raft_snapshot_threshold\":50,\"raft_snapshot_interval\":\"200ms\",\"raft_trailing_logs\":10";
        using ServerGroup group = await ServerGroup.FoundAsync(3, Eager);
        Agent leader = await group.AgreesAsync(3);
        Agent wiped = group.Follower(leader);
        await group.KillAsync(wiped);
        for (int n = 0; n < 300; n++) await ServerGroup.PutAsync(leader, $"many/{ServerGroup.Number(n)}", new string('x', 100));
        await Until.True(async () => await ServerGroup.RaftAsync(leader, "last_snapshot_index") != "0", "a snapshot of the leader");
        Directory.Delete(Path.Combine(wiped.DataDir, "raft"), recursive: true);
        group.Restart(wiped);
        await group.AgreesAsync(3);
        await ServerGroup.PutAsync(leader, "after", "1");
        await group.HaveAsync("after", "1");
        string here = (await wiped.Api.Get("/v1/kv/many?recurse&stale")).Expect(200).Text;
        Assert.Equal((await leader.Api.Get("/v1/kv/many?recurse&stale")).Text, here);
        Assert.Equal(300, JsonDocument.Parse(here).RootElement.GetArrayLength());
        Assert.NotEqual("0", await ServerGroup.RaftAsync(wiped, "last_snapshot_index"));
    }

    private static async Task<(string State, string Peers, string Contact)> FiguresAsync(Agent agent) => (
        await ServerGroup.RaftAsync(agent, "state"),
        await ServerGroup.RaftAsync(agent, "num_peers"),
        await ServerGroup.RaftAsync(agent, "last_contact"));

    private static async Task<bool> VotesAsync(Agent agent, string name) =>
        (await ServerGroup.ConfigurationAsync(agent)).TryGetValue(name, out JsonElement server) && server.GetProperty("Voter").GetBoolean();

    private static async Task<Answer> JoinAsync(Agent agent, Agent other)
    {
        await Cluster.Running(agent);
        return await agent.Api.Put($"/v1/agent/join/{other.LanAddress}");
    }
}
