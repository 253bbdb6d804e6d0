using System.Text;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Node;

/// <summary>A follower whose log ends below the leader's gets the state as a snapshot.</summary>
public class InstallTests
{
    [Fact]
    public async Task A_follower_that_missed_the_log_gets_the_snapshot_and_then_the_tail()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        (string leader, string behind) = await LeaveBehindAsync(cluster);
        await cluster.ProposeAsync(leader, 50, "tail");
        cluster.Network.Rejoin(behind);
        await cluster.ConvergeAsync(250);
        RaftStatus status = cluster[behind].Status;
        SnapshotMeta stored = cluster[behind].Snapshots.List()[0];
        Assert.Equal(cluster[leader].Snapshots.List()[0].Index, stored.Index);
        Assert.Equal(stored.Index, status.LastSnapshotIndex);
        Assert.Equal(stored.Index + 1, cluster[behind].Log.FirstIndex);
        Assert.Equal(cluster[leader].Status.Term, status.Term);
        // What it holds now is enough to start from.
        await cluster.StopAsync(behind);
        await cluster.StartAsync(behind);
        await cluster.ConvergeAsync(250);
        Assert.Equal(leader, await cluster.LeaderAsync());
    }

    [Theory]
    [InlineData("short read")]
    [InlineData("connection reset by peer")]
    public async Task A_broken_stream_leaves_nothing_behind_and_the_next_attempt_works(string fault)
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        (_, string behind) = await LeaveBehindAsync(cluster);
        List<string> before = [.. cluster[behind].Machine.Applied];
        int attempts = 0;
        TaskCompletionSource open = new();
        Exception exception = fault == "short read" ? new EndOfStreamException() : new IOException(fault);
        cluster.Network.WrapSnapshot = state =>
        {
            if (Interlocked.Increment(ref attempts) == 1) return new HeldStream(state, 20, Task.CompletedTask, exception);
            Assert.Empty(cluster[behind].Snapshots.List());
            Assert.Equal(before, cluster[behind].Machine.Applied);
            return new HeldStream(state, 20, open.Task);
        };
        cluster.Network.Rejoin(behind);
        await SingleServer.UntilAsync(() => Volatile.Read(ref attempts) == 2);
        Assert.Contains(fault, cluster.Network.Errors);
        open.SetResult();
        await cluster.ConvergeAsync(200);
        await SingleServer.UntilAsync(() => cluster[behind].Snapshots.List().Count == 1);
    }

    [Fact]
    public async Task A_state_that_cannot_be_restored_or_stored_leaves_the_old_one()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        (_, string behind) = await LeaveBehindAsync(cluster);
        List<string> before = [.. cluster[behind].Machine.Applied];
        ulong applied = cluster[behind].Status.AppliedIndex;
        int attempts = 0;
        cluster.Network.WrapSnapshot = state =>
        {
            switch (Interlocked.Increment(ref attempts))
            {
                case 1:
                    return new MemoryStream(Encoding.ASCII.GetBytes("!damaged"));
                case 2:
                    cluster[behind].Snapshots.CommitFault = "no space left on device";
                    break;
                default:
                    Assert.Equal(before, cluster[behind].Machine.Applied);
                    Assert.Equal(applied, cluster[behind].Status.AppliedIndex);
                    Assert.Empty(cluster[behind].Snapshots.List());
                    cluster[behind].Snapshots.CommitFault = null;
                    break;
            }

            return state;
        };
        cluster.Network.Rejoin(behind);
        await cluster.ConvergeAsync(200);
        Assert.Contains("!damaged", cluster.Network.Errors);
        Assert.Contains("no space left on device", cluster.Network.Errors);
    }

    [Fact]
    public async Task Heartbeats_are_answered_and_nobody_stands_while_a_snapshot_streams_in()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        (string leader, string behind) = await LeaveBehindAsync(cluster);
        ulong term = cluster[leader].Status.Term;
        TaskCompletionSource open = new();
        HeldStream? held = null;
        cluster.Network.WrapSnapshot = state => held = new HeldStream(state, 20, open.Task);
        cluster.Network.Rejoin(behind);
        await SingleServer.UntilAsync(() => held is { Reached.IsCompleted: true });
        DateTimeOffset began = DateTimeOffset.UtcNow;
        // Three times as long as a follower waits for its leader.
        await SingleServer.UntilAsync(() => cluster[behind].Status.LastContact > began + TimeSpan.FromSeconds(3));
        await cluster.ProposeAsync(leader, 10, "meanwhile");
        RaftStatus status = cluster[behind].Status;
        Assert.Equal((term, RaftRole.Follower, leader), (status.Term, status.Role, status.LeaderId));
        open.SetResult();
        await cluster.ConvergeAsync(210);
        Assert.Equal(term, cluster[behind].Status.Term);
    }

    [Fact]
    public async Task A_snapshot_of_a_leader_that_is_gone_gives_way_to_the_next_leader()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        (string leader, string behind) = await LeaveBehindAsync(cluster);
        HeldStream? held = null;
        // Never ends by itself.
        cluster.Network.WrapSnapshot = state => held ??= new HeldStream(state, 20, new TaskCompletionSource().Task);
        cluster.Network.Rejoin(behind);
        await SingleServer.UntilAsync(() => held is { Reached.IsCompleted: true });
        cluster.Network.WrapSnapshot = null;
        cluster.Network.CutOff(leader);
        string[] rest = [.. cluster.Ids.Where(id => id != leader)];
        string second = await cluster.LeaderAsync(rest);
        Assert.NotEqual(behind, second);
        await cluster.ConvergeAsync(200, rest);
    }

    [Fact]
    public async Task A_node_stops_while_a_snapshot_streams_in()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        (_, string behind) = await LeaveBehindAsync(cluster);
        HeldStream? held = null;
        cluster.Network.WrapSnapshot = state => held = new HeldStream(state, 20, new TaskCompletionSource().Task);
        cluster.Network.Rejoin(behind);
        await SingleServer.UntilAsync(() => held is { Reached.IsCompleted: true });
        await cluster.StopAsync(behind).WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Empty(cluster[behind].Snapshots.List());
    }

    /// <summary>One follower misses everything up to a snapshot that compacts the leader's log.</summary>
    private static async Task<(string Leader, string Behind)> LeaveBehindAsync(MemoryCluster cluster)
    {
        string leader = await cluster.LeaderAsync();
        await cluster.ProposeAsync(leader, 100);
        await cluster.ConvergeAsync(100);
        string behind = cluster.Ids.First(id => id != leader);
        cluster.Network.CutOff(behind);
        await cluster.ProposeAsync(leader, 100, "missed");
        foreach (string id in cluster.Ids.Where(id => id != behind))
        {
            await SingleServer.UntilAsync(() => cluster[id].Machine.Applied.Count == 200);
            Assert.Null((await cluster[id].Node.SnapshotAsync()).Error);
        }

        await SingleServer.UntilAsync(() => cluster[leader].Log.FirstIndex is 0 or > 150);
        return (leader, behind);
    }
}
