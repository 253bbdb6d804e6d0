using System.Text;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Node;

/// <summary>A user's snapshot put into a cluster of several servers.</summary>
public class UserRestoreTests
{
    [Fact]
    public async Task Everybody_gets_the_restored_state_under_one_index()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string leader = await cluster.LeaderAsync();
        await cluster.ProposeAsync(leader, 100);
        Assert.Null(await RestoreAsync(cluster, leader, 5000, "r1\nr2"));
        // The restore counts only when a quorum has it.
        Assert.True(cluster.Ids.Count(id => cluster[id].Machine.Applied.SequenceEqual(["r1", "r2"])) >= 2);
        await cluster.ProposeAsync(leader, 10, "after");
        await cluster.ConvergeAsync(12);
        Assert.All(cluster.Ids, id => Assert.Equal(5001ul, cluster[id].Snapshots.List()[0].Index));
        await SingleServer.UntilAsync(() => cluster.Ids.All(id => cluster[id].Status.AppliedIndex == 5012));
        Assert.All(cluster.Ids, id => Assert.Equal(5002ul, cluster[id].Log.FirstIndex));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_loses_leadership_meanwhile_goes_back_to_what_the_log_says(bool whileStoring)
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string leader = await cluster.LeaderAsync();
        await cluster.ProposeAsync(leader, 100);
        await cluster.ConvergeAsync(100);
        TaskCompletionSource open = new();
        HeldStream held = new(new MemoryStream(Encoding.ASCII.GetBytes("r1\nr2")), whileStoring ? 100 : 2, open.Task);
        SnapshotMeta meta = new("", 5000, 1, cluster[leader].Node.Configuration.Configuration, 1, 5);
        ManualResetEventSlim storing = new();
        ManualResetEventSlim store = new(!whileStoring);
        cluster[leader].Snapshots.BeforeCommit = () =>
        {
            storing.Set();
            store.Wait();
        };
        if (whileStoring) open.SetResult();
        Task<string?> restore = Task.Run(() => cluster[leader].Node.RestoreAsync(meta, held).AsTask());
        await (whileStoring ? SingleServer.UntilAsync(() => storing.IsSet) : held.Reached);
        cluster.Network.CutOff(leader);
        string[] rest = [.. cluster.Ids.Where(id => id != leader)];
        string second = await cluster.LeaderAsync(rest);
        await cluster.ProposeAsync(second, 20, "second");
        await SingleServer.UntilAsync(() => cluster[leader].Status.Role != RaftRole.Leader);
        cluster.Network.Rejoin(leader);
        await SingleServer.UntilAsync(() => cluster[leader].Status.CommitIndex >= 120);
        open.TrySetResult();
        store.Set();
        Assert.Equal(RaftErrors.LeadershipLost, await restore);
        Assert.Empty(cluster[leader].Snapshots.List());
        await cluster.ConvergeAsync(120);
    }

    [Fact]
    public async Task Leadership_lost_before_the_restore_begins_leaves_the_node_usable()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string leader = await cluster.LeaderAsync();
        cluster.Network.CutOff(leader);
        cluster[leader].Log.HoldSyncs();
        ValueTask<ProposalResult> stuck = cluster[leader].Node.ProposeAsync(SingleServer.Command("stuck"));
        Assert.Equal(RaftErrors.LeadershipLost, await RestoreAsync(cluster, leader, 5000, "r1"));
        cluster[leader].Log.ReleaseSyncs();
        Assert.NotNull((await stuck).Error);
        string second = await cluster.LeaderAsync([.. cluster.Ids.Where(id => id != leader)]);
        await cluster.ProposeAsync(second, 5);
        cluster.Network.Rejoin(leader);
        await cluster.ConvergeAsync(5);
    }

    [Fact]
    public async Task A_restore_that_only_a_failed_leader_has_is_given_up_when_it_comes_back()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string leader = await cluster.LeaderAsync();
        await cluster.ProposeAsync(leader, 100);
        await cluster.ConvergeAsync(100);
        cluster.Network.Lose = (_, request) => request is SnapshotRequest;
        Task<string?> restore = RestoreAsync(cluster, leader, 5000, "r1");
        await SingleServer.UntilAsync(() => cluster[leader].Status.LastSnapshotIndex == 5001);
        Assert.False(restore.IsCompleted);
        cluster.Network.CutOff(leader);
        string[] rest = [.. cluster.Ids.Where(id => id != leader)];
        string second = await cluster.LeaderAsync(rest);
        Assert.Equal(RaftErrors.LeadershipLost, await restore);
        await cluster.ProposeAsync(second, 10, "second");
        cluster.Network.Lose = null;
        cluster.Network.Rejoin(leader);
        await cluster.ConvergeAsync(110);
        Assert.DoesNotContain(cluster[leader].Snapshots.List(), s => s.Index == 5001);
        // Also for good.
        await cluster.StopAsync(leader);
        await cluster.StartAsync(leader);
        await cluster.ProposeAsync(await cluster.LeaderAsync(), 1, "last");
        await cluster.ConvergeAsync(111);
    }

    private static async Task<string?> RestoreAsync(MemoryCluster cluster, string id, ulong index, string state)
    {
        SnapshotMeta meta = new("", index, 1, cluster[id].Node.Configuration.Configuration, 1, state.Length);
        return await cluster[id].Node.RestoreAsync(meta, new MemoryStream(Encoding.ASCII.GetBytes(state)));
    }
}
