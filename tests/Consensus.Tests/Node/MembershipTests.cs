using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Node;

/// <summary>Servers that come, go and move.</summary>
public class MembershipTests
{
    [Fact]
    public async Task A_server_joins_as_non_voter_is_promoted_moves_and_leaves()
    {
        await using MemoryCluster cluster = new("a", "b", "c") { First = CoreBed.Cluster("a", "b") };
        await cluster.StartAsync("a");
        await cluster.StartAsync("b");
        string leader = await cluster.LeaderAsync("a", "b");
        await cluster.ProposeAsync(leader, 50);
        await cluster.StartAsync("c", bootstrap: false);
        RaftNode node = cluster[leader].Node;
        Assert.Null((await node.ChangeConfigurationAsync(new(ConfigurationChangeKind.AddNonVoter, "c", "c:8300"))).Error);
        await cluster.ConvergeAsync(50);
        Assert.Null((await node.ChangeConfigurationAsync(new(ConfigurationChangeKind.AddVoter, "c", "c:8300"))).Error);
        Assert.True(node.Configuration.Configuration.IsVoter("c"));

        // Another address under the same id: whoever sends is told the new one.
        ulong before = node.Configuration.Index;
        Assert.Null((await node.ChangeConfigurationAsync(new(ConfigurationChangeKind.AddVoter, "c", "c:9300", before))).Error);
        await cluster.ProposeAsync(leader, 10, "moved");
        await cluster.ConvergeAsync(60);
        await SingleServer.UntilAsync(() => cluster.Ids.All(
            id => cluster[id].Node.Configuration.Configuration.Servers.Any(s => s.Address == "c:9300")));
        ProposalResult late = await node.ChangeConfigurationAsync(new(ConfigurationChangeKind.Remove, "c", PreviousIndex: before));
        Assert.Equal($"configuration changed since {before} (latest is {node.Configuration.Index})", late.Error);

        Assert.Null((await node.ChangeConfigurationAsync(new(ConfigurationChangeKind.Remove, "c"))).Error);
        int sent = cluster.Network.Sent.Count;
        await cluster.ProposeAsync(leader, 10, "without");
        await cluster.ConvergeAsync(70, "a", "b");
        // It may or may not have learned of it; either way the others stay undisturbed.
        ulong term = cluster[leader].Status.Term;
        await SingleServer.UntilAsync(() => cluster.Network.Sent.Count > sent + 60);
        Assert.Equal((RaftRole.Leader, term), (cluster[leader].Status.Role, cluster[leader].Status.Term));
        Assert.DoesNotContain(cluster.Network.Sent.Skip(sent), s => s.To == "c" && s.Request is AppendRequest);
    }

    [Fact]
    public async Task A_leader_that_removes_itself_leads_until_that_is_committed()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string leader = await cluster.LeaderAsync();
        await cluster.ProposeAsync(leader, 10);
        Assert.Null((await cluster[leader].Node.ChangeConfigurationAsync(new(ConfigurationChangeKind.Remove, leader))).Error);
        await SingleServer.UntilAsync(() => cluster[leader].Status.Role == RaftRole.Follower);
        string[] rest = [.. cluster.Ids.Where(id => id != leader)];
        string second = await cluster.LeaderAsync(rest);
        await cluster.ProposeAsync(second, 10, "second");
        await cluster.ConvergeAsync(20, rest);
        Assert.Equal(RaftRole.Follower, cluster[leader].Status.Role);
    }

    [Fact]
    public async Task A_barrier_waits_for_everything_before_it()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string leader = await cluster.LeaderAsync();
        RaftNode node = cluster[leader].Node;
        Task[] writes = [.. Enumerable.Range(0, 100).Select(i => node.ProposeAsync(SingleServer.Command($"w{i}")).AsTask())];
        ProposalResult barrier = await cluster[leader].Node.BarrierAsync();
        Assert.Null(barrier.Error);
        Assert.Equal(100, cluster[leader].Machine.Applied.Count);
        Assert.True(cluster[leader].Status.AppliedIndex >= barrier.Index);
        await Task.WhenAll(writes);
        string other = cluster.Ids.First(id => id != leader);
        Assert.Equal(RaftErrors.NotLeader, (await cluster[other].Node.BarrierAsync()).Error);
    }

    [Fact]
    public async Task Two_of_three_recover_by_peers_file_and_the_third_comes_back_into_the_new_cluster()
    {
        string root = Directory.CreateTempSubdirectory("consul-fast-peers-").FullName;
        await using MemoryCluster cluster = new("a", "b", "c")
        {
            Configure = options => options with { PeersDirectory = Path.Combine(root, options.ServerId) },
        };
        await cluster.StartAllAsync();
        string leader = await cluster.LeaderAsync();
        await cluster.ProposeAsync(leader, 30);
        await cluster.ConvergeAsync(30);
        string[] kept = [leader, cluster.Ids.First(id => id != leader)];
        string lost = cluster.Ids.Single(id => !kept.Contains(id));
        cluster.Network.CutOff(lost);
        await cluster.ProposeAsync(leader, 5, "without");
        await cluster.ConvergeAsync(35, kept);
        foreach (string id in cluster.Ids) await cluster.StopAsync(id);
        string servers = string.Join(',', kept.Select(id => $$"""{"id": "{{id}}", "address": "{{id}}:8300"}"""));
        foreach (string id in kept) await File.WriteAllTextAsync(Path.Combine(root, id, "peers.json"), $"[{servers}]");
        foreach (string id in kept) await cluster.StartAsync(id);
        string second = await cluster.LeaderAsync(kept);
        Assert.Equal(kept.Order(), cluster[second].Node.Configuration.Configuration.Servers.Select(s => s.Id).Order());
        await cluster.ProposeAsync(second, 5, "recovered");
        await cluster.ConvergeAsync(40, kept);
        Assert.All(kept, id => Assert.False(File.Exists(Path.Combine(root, id, "peers.json"))));

        cluster.Network.Rejoin(lost);
        await cluster.StartAsync(lost);
        ConfigurationChange addition = new(ConfigurationChangeKind.AddNonVoter, lost, $"{lost}:8300");
        Assert.Null((await cluster[second].Node.ChangeConfigurationAsync(addition)).Error);
        await cluster.ConvergeAsync(40);
        Directory.Delete(root, recursive: true);
    }
}
