using Consul.Fast.Consensus;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// Seeded runs of whole clusters. A failure names its seed; <c>RAFT_SEED=n</c> in the environment runs that one alone,
/// <c>RAFT_SEEDS=n</c> runs more of them.
/// </summary>
public class RaftSimulationTests
{
    private const int SeedsPerShape = 80;

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(3, 0, false)]
    [InlineData(3, 2, true)]
    [InlineData(5, 0, false)]
    public void Clusters_stay_correct_through_faults_and_recover(int voters, int spares, bool changeMembers)
    {
        foreach (ulong seed in Seeds())
        {
            SimCluster cluster = new(seed, voters, spares);
            try
            {
                Run(cluster, changeMembers);
            }
            catch (Exception e)
            {
                Assert.Fail($"RAFT_SEED={seed} voters={voters} spares={spares}: {e}\n{cluster}");
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(Run(new SimCluster(7, 3, 0), changeMembers: false), Run(new SimCluster(7, 3, 0), changeMembers: false));
        Assert.NotEqual(Run(new SimCluster(7, 3, 0), changeMembers: false), Run(new SimCluster(8, 3, 0), changeMembers: false));
    }

    private static IEnumerable<ulong> Seeds()
    {
        if (Environment.GetEnvironmentVariable("RAFT_SEED") is { } one) return [ulong.Parse(one)];
        int count = Environment.GetEnvironmentVariable("RAFT_SEEDS") is { } many ? int.Parse(many) : SeedsPerShape;
        return Enumerable.Range(1, count).Select(i => (ulong)i);
    }

    /// <returns>What the run came to: events, applied index, state.</returns>
    private static (long Events, ulong Applied, ulong State) Run(SimCluster cluster, bool changeMembers)
    {
        Chaos chaos = new(cluster, changeMembers);
        cluster.Bootstrap();
        // The first configuration is given to servers whose disks work.
        cluster.Run(TimeSpan.FromSeconds(5));
        chaos.Start();
        cluster.Run(TimeSpan.FromSeconds(20));
        ulong before = cluster.Invariants.AppliedIndex;
        chaos.Heal();
        cluster.Run(TimeSpan.FromSeconds(30));
        SimServer leader = cluster.Leader ?? throw new InvariantException("no leader after everything was repaired");
        cluster.Propose();
        cluster.Run(TimeSpan.FromSeconds(5));
        CheckConverged(cluster, leader, before);
        return (cluster.Time.EventsRun, cluster.Invariants.AppliedIndex, leader.Machine.State);
    }

    private static void CheckConverged(SimCluster cluster, SimServer leader, ulong before)
    {
        if (leader.Core.Role != RaftRole.Leader) throw new InvariantException("leadership changed in a quiet cluster");
        if (cluster.Invariants.AppliedIndex <= before) throw new InvariantException($"nothing was committed after {before}");
        if (leader.AppliedIndex != leader.Core.LastIndex) throw new InvariantException("the leader has entries that do not commit");
        foreach (RaftServer member in leader.Core.Latest.Configuration.Servers)
        {
            SimServer server = cluster.Servers.Single(s => s.Id == member.Id);
            if (server.AppliedIndex != leader.AppliedIndex)
            {
                throw new InvariantException($"{server.Id} is at {server.AppliedIndex}, the leader at {leader.AppliedIndex}");
            }
        }
    }
}
