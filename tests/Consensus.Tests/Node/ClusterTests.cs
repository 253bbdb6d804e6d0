using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Node;

public class ClusterTests
{
    [Fact]
    public async Task Three_nodes_agree_and_go_on_without_their_leader()
    {
        await using MemoryCluster cluster = await MemoryCluster.StartAsync("a", "b", "c");
        string first = await cluster.LeaderAsync();
        await cluster.ProposeAsync(first, 200);
        Assert.Null(await cluster[first].Node.VerifyLeaderAsync());
        await cluster.ConvergeAsync(200);

        cluster.Network.CutOff(first);
        // A write that only the old leader has is lost with its leadership.
        ValueTask<ProposalResult> lost = cluster[first].Node.ProposeAsync(SingleServer.Command("lost"));
        string[] rest = [.. cluster.Ids.Where(id => id != first)];
        string second = await cluster.LeaderAsync(rest);
        Assert.Null((await cluster[second].Node.ProposeAsync(SingleServer.Command("after"))).Error);
        await cluster.ConvergeAsync(201, rest);
        Assert.Equal(RaftErrors.LeadershipLost, (await lost).Error);
        Assert.Equal(RaftErrors.NotLeader, await cluster[first].Node.VerifyLeaderAsync());
        Assert.NotNull(cluster[first].Node.Status.LastContact);
        Assert.DoesNotContain("lost", cluster[second].Machine.Applied);
    }
}
