namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>
/// Seeded runs of whole clusters. A failure names its seed and shape; <c>RAFT_SEED=n</c> in the environment runs that one alone,
/// <c>RAFT_SEEDS=n</c> runs more of them. See docs/raft-simulation.md.
/// </summary>
public class RaftSimulationTests
{
    private const int SeedsPerShape = 80;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Clusters_stay_correct_through_faults_and_recover(string shape)
    {
        foreach (ulong seed in Seeds())
        {
            if (new SimRun(seed, SimShape.Parse(shape)).Execute() is { } failure) Assert.Fail(failure);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(Trace(7), Trace(7));
        Assert.NotEqual(Trace(7), Trace(8));
    }

    public static TheoryData<string> Shapes() => [.. SimShape.Chosen];

    private static (long Events, ulong Committed) Trace(ulong seed)
    {
        SimRun run = new(seed, new SimShape(3));
        Assert.Null(run.Execute());
        return (run.Events, run.Committed);
    }

    private static IEnumerable<ulong> Seeds()
    {
        if (Environment.GetEnvironmentVariable("RAFT_SEED") is { } one) return [ulong.Parse(one)];
        int count = Environment.GetEnvironmentVariable("RAFT_SEEDS") is { } many ? int.Parse(many) : SeedsPerShape;
        return Enumerable.Range(1, count).Select(i => (ulong)i);
    }
}
