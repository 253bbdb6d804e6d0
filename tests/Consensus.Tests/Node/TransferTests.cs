using System.Diagnostics;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Node;

/// <summary>Leadership that moves, and leadership that must not.</summary>
public class TransferTests
{
    [Fact]
    public async Task Leadership_goes_where_it_is_sent_and_nothing_is_lost()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string leader = await cluster.LeaderAsync();
        string target = cluster.Ids.Last(id => id != leader);
        await cluster.ProposeAsync(leader, 100);
        long start = Stopwatch.GetTimestamp();
        Assert.Null(await cluster[leader].Node.TransferLeadershipAsync(target));
        Assert.Equal(target, await cluster.LeaderAsync());
        // No time-out had to pass.
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1));
        await cluster.ProposeAsync(target, 10, "after");
        await cluster.ConvergeAsync(110);
        Assert.Equal(RaftErrors.NotLeader, await cluster[leader].Node.TransferLeadershipAsync());
    }

    [Fact]
    public async Task A_failed_attempt_leaves_a_leader_that_writes()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string leader = await cluster.LeaderAsync();
        TaskCompletionSource seen = new();
        cluster.Network.Lose = (_, request) => request is TimeoutNowRequest && seen.TrySetResult();
        string? error = await cluster[leader].Node.TransferLeadershipAsync();
        Assert.StartsWith("failed to make TimeoutNow RPC to ", error, StringComparison.Ordinal);
        await cluster.ProposeAsync(leader, 5);
        // While it is tried, writes are refused.
        string away = cluster.Ids.First(id => id != leader);
        cluster.Network.CutOff(away);
        await cluster.ProposeAsync(leader, 5, "missed");
        ValueTask<string?> attempt = cluster[leader].Node.TransferLeadershipAsync(away);
        Assert.Equal(RaftErrors.TransferInProgress, (await cluster[leader].Node.ProposeAsync(SingleServer.Command("x"))).Error);
        Assert.Equal(RaftErrors.TransferInProgress, (await cluster[leader].Node.BarrierAsync()).Error);
        Assert.Equal("leadership transfer timeout", await attempt);
        await cluster.ProposeAsync(leader, 5, "again");
        cluster.Network.Rejoin(away);
        await cluster.ConvergeAsync(15);
    }

    [Fact]
    public async Task A_leader_whose_disk_hangs_hands_over_and_comes_back_as_follower()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string leader = await cluster.LeaderAsync();
        await cluster.ProposeAsync(leader, 10);
        await cluster.ConvergeAsync(10);
        cluster[leader].Log.HoldSyncs();
        ValueTask<ProposalResult> hanging = cluster[leader].Node.ProposeAsync(SingleServer.Command("hanging"));
        string[] rest = [.. cluster.Ids.Where(id => id != leader)];
        string second = await cluster.LeaderAsync(rest);
        Assert.Equal(RaftErrors.LeadershipLost, (await hanging).Error);
        await cluster.ProposeAsync(second, 10, "second");
        Assert.Equal(RaftRole.Follower, cluster[leader].Status.Role);
        ulong term = cluster[second].Status.Term;
        cluster[leader].Log.ReleaseSyncs();
        // The others had the hanging write: it was not lost, only not confirmed.
        await cluster.ConvergeAsync(21);
        Assert.Equal(term, cluster[leader].Status.Term);
        Assert.Equal(second, await cluster.LeaderAsync());
    }

    [Fact]
    public async Task A_follower_that_was_away_or_starts_again_causes_no_election()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string leader = await cluster.LeaderAsync();
        ulong term = cluster[leader].Status.Term;
        string away = cluster.Ids.First(id => id != leader);
        cluster.Network.CutOff(away);
        await SingleServer.UntilAsync(() => cluster[away].Status.LeaderAddress.Length == 0);
        await cluster.ProposeAsync(leader, 5);
        int asked = cluster.Network.Sent.Count;
        await SingleServer.UntilAsync(() => cluster.Network.Sent.Skip(asked).Count(s => s.From == away) >= 6);
        cluster.Network.Rejoin(away);
        await cluster.ConvergeAsync(5);
        await cluster.StopAsync(away);
        await cluster.ProposeAsync(leader, 5, "stopped");
        await cluster.StartAsync(away);
        await cluster.ConvergeAsync(10);
        await SingleServer.UntilAsync(() => cluster[away].Status.LeaderId == leader);
        Assert.Equal(term, cluster[leader].Status.Term);
        Assert.Equal(RaftRole.Leader, cluster[leader].Status.Role);
        Assert.DoesNotContain(cluster.Network.Sent.Skip(asked), s => s.Request is VoteRequest);
    }

    [Fact]
    public async Task A_leader_that_dies_is_replaced_within_two_and_a_half_seconds()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        for (int round = 0; round < 3; round++)
        {
            string leader = await cluster.LeaderAsync();
            long start = Stopwatch.GetTimestamp();
            cluster.Network.CutOff(leader);
            await cluster.LeaderAsync([.. cluster.Ids.Where(id => id != leader)]);
            Assert.True(Stopwatch.GetElapsedTime(start) <= TimeSpan.FromSeconds(2.5), $"{Stopwatch.GetElapsedTime(start)}");
            await SingleServer.UntilAsync(() => cluster[leader].Status.Role != RaftRole.Leader);
            cluster.Network.Rejoin(leader);
            await SingleServer.UntilAsync(() => cluster[leader].Status.LeaderAddress.Length > 0);
        }
    }
}
