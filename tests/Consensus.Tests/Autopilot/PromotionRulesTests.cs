using Consul.Fast.Consensus.Autopilot;

namespace Consul.Fast.Consensus.Tests.Autopilot;

public sealed class PromotionRulesTests
{
    /// <summary>The requirement is ten seconds; it is waived until the first look is longer ago than that.</summary>
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(10, 0, true)]
    [InlineData(10, 10, true)]
    [InlineData(11, 11, true)]
    [InlineData(11, 10, true)]
    [InlineData(11, 9, false)]
    [InlineData(60, 0, false)]
    [InlineData(60, 10, true)]
    public void Healthy_server_is_promoted_once_stable(int runningSeconds, int stableSeconds, bool promoted)
    {
        AutopilotState state = State(runningSeconds, new Candidate("b", ServerStanding.NonVoter, Healthy: true, stableSeconds));
        Assert.Equal(promoted ? ["b"] : [], Promoted(state));
    }

    [Theory]
    [InlineData(ServerStanding.Leader)]
    [InlineData(ServerStanding.Voter)]
    [InlineData(ServerStanding.Staging)]
    [InlineData(ServerStanding.None)]
    public void Only_servers_without_a_vote_are_promoted(string standing) =>
        Assert.Empty(Promoted(State(60, new Candidate("b", standing, Healthy: true, 30))));

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void Unhealthy_server_is_never_promoted(int runningSeconds) =>
        Assert.Empty(Promoted(State(runningSeconds, new Candidate("b", ServerStanding.NonVoter, Healthy: false, 30))));

    [Fact]
    public void All_that_are_due_come_at_once()
    {
        AutopilotState state = State(
            60,
            new Candidate("b", ServerStanding.NonVoter, Healthy: true, 30),
            new Candidate("c", ServerStanding.NonVoter, Healthy: true, 5),
            new Candidate("d", ServerStanding.NonVoter, Healthy: true, 10));
        Assert.Equal(["b", "d"], Promoted(state));
    }

    [Fact]
    public void Nobody_is_promoted_before_the_first_look() =>
        Assert.Empty(PromotionRules.Due(AutopilotState.None, new AutopilotPolicy(), Cluster.Start));

    private static IEnumerable<string> Promoted(AutopilotState state) =>
        PromotionRules.Due(state, new AutopilotPolicy(), Cluster.Start).Select(static s => s.Server.Id);

    /// <param name="runningSeconds">How long ago the first look was.</param>
    private static AutopilotState State(int runningSeconds, params Candidate[] servers) => new()
    {
        FirstStateTime = Cluster.Start.AddSeconds(-runningSeconds),
        Servers =
        [
            .. servers.Select(static s => new ServerState(
                new KnownServer(s.Id, s.Id, Cluster.Address(s.Id), NodeStatus.Alive), s.Standing, default, s.Healthy,
                Cluster.Start.AddSeconds(-s.StableSeconds))),
        ],
    };

    private sealed record Candidate(string Id, string Standing, bool Healthy, int StableSeconds);
}
