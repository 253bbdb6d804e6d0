using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Node;

public class TimingTests
{
    [Fact]
    public async Task Three_servers_keep_their_leader_with_the_short_timeouts_of_development()
    {
        await using MemoryCluster cluster = new("a", "b", "c") { Timings = RaftTimings.Development };
        await cluster.StartAllAsync();
        // On a machine that is busy with something else a time-out of 35 ms may pass: some round without a change is enough.
        for (int round = 1; ; round++)
        {
            string leader = await cluster.LeaderAsync();
            ulong term = cluster[leader].Status.Term;
            for (int i = 0; i < 40; i++)
            {
                ProposalResult result = await cluster[leader].Node.ProposeAsync(SingleServer.Command($"{round}-{i}"));
                if (result.Error is not null) break;
                int beats = cluster.Network.Sent.Count;
                await SingleServer.UntilAsync(() => cluster.Network.Sent.Count > beats + 2);
            }

            if (cluster[leader].Status.Term == term && cluster[leader].Status.Role == RaftRole.Leader) return;
            Assert.True(round < 20, "no leader stays");
        }
    }
}
