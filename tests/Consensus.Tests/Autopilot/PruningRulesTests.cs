using Consul.Fast.Consensus.Autopilot;

namespace Consul.Fast.Consensus.Tests.Autopilot;

public sealed class PruningRulesTests
{
    /// <summary>Steps are <c>force-leave:x</c>, <c>remove:x</c>, <c>quorum:x</c> (kept for the policy) and <c>majority:x</c>.</summary>
    [Theory]
    [InlineData("a! b+ c+", "a b c", 0, "")]
    [InlineData("a! b+ c+", "a b c:failed", 0, "force-leave:c")]
    [InlineData("a! b+ c+", "a b c:left", 0, "force-leave:c")]
    [InlineData("a! b+ c+", "a b c:unknown", 0, "force-leave:c")]
    [InlineData("a! b+ c+", "a b", 0, "remove:c")]
    // Half or more of the voters are never removed at once.
    [InlineData("a! b+", "a b:failed", 0, "majority:b")]
    [InlineData("a! b+", "a", 0, "majority:b")]
    [InlineData("a! b+ c+", "a b:failed c:failed", 0, "force-leave:b majority:c")]
    [InlineData("a! b+ c+ d+", "a b c:failed d:failed", 0, "force-leave:c majority:d")]
    [InlineData("a! b+ c+ d+ e+", "a b c:failed d:failed e:failed", 0, "force-leave:c force-leave:d majority:e")]
    // Stale voters count first.
    [InlineData("a! b+ c+", "a b:failed", 0, "remove:c majority:b")]
    [InlineData("a! b+ c+ d+ e+", "a b:failed c:failed e", 0, "remove:d force-leave:b majority:c")]
    // Servers without a vote cost nothing and go first, the failed before the stale.
    [InlineData("a! b- c-", "a b:failed", 0, "force-leave:b remove:c")]
    [InlineData("a! b- c-", "a c:failed", 9, "force-leave:c remove:b")]
    [InlineData("a! b~", "a", 0, "remove:b")]
    [InlineData("a! e+ d+ c- b-", "a b:failed d:failed", 0, "force-leave:b remove:c remove:e majority:d")]
    // The policy's bound.
    [InlineData("a! b+ c+", "a b c:failed", 2, "force-leave:c")]
    [InlineData("a! b+ c+", "a b c:failed", 3, "quorum:c")]
    [InlineData("a! b+ c+", "a b", 3, "quorum:c")]
    [InlineData("a! b+ c+ d+ e+", "a b c d:failed e:failed", 4, "force-leave:d quorum:e")]
    [InlineData("a! b+", "a b:failed", 3, "quorum:b")]
    public void Plan_is_safe_and_in_order(string servers, string known, int minQuorum, string expected)
    {
        IReadOnlyList<PruningStep> plan = PruningRules.Plan(
            Cluster.Configuration(servers), Cluster.Known(known), new AutopilotPolicy { MinQuorum = (ulong)minQuorum });
        Assert.Equal(expected, string.Join(' ', plan.Select(Text)));
        Assert.All(plan, step => Assert.Equal(step.Failed is not null, Cluster.Known(known).ContainsKey(step.Id)));
    }

    [Fact]
    public void Nothing_is_removed_when_the_policy_forbids_it() => Assert.Empty(PruningRules.Plan(
        Cluster.Configuration("a! b+ c+ d-"), Cluster.Known("a b:failed"), new AutopilotPolicy { CleanupDeadServers = false }));

    [Fact]
    public void Dead_server_outside_the_configuration_is_none_of_its_business() => Assert.Empty(PruningRules.Plan(
        Cluster.Configuration("a! b+ c+"), Cluster.Known("a b c x:failed"), new AutopilotPolicy()));

    /// <summary>Whatever dies, at least as many voters stay as a majority of those that were needs.</summary>
    [Fact]
    public void A_majority_stays()
    {
        for (int voters = 1; voters <= 7; voters++)
        {
            string ids = "abcdefg"[..voters];
            ClusterConfiguration configuration = Cluster.Configuration(string.Join(' ', ids.Select(static c => c + "+")));
            for (int alive = 0; alive < 1 << voters; alive++)
            {
                string known = string.Join(' ', ids.Where((_, i) => (alive >> i & 1) == 1));
                int removed = PruningRules.Plan(configuration, Cluster.Known(known), new AutopilotPolicy())
                    .Count(static s => s.Action == PruningAction.Remove);
                Assert.True(voters - removed >= (voters / 2) + 1, $"{removed} of {voters}");
            }
        }
    }

    private static string Text(PruningStep step) => step.Action switch
    {
        PruningAction.ForceLeave => "force-leave:",
        PruningAction.Remove => "remove:",
        PruningAction.KeepForMinQuorum => "quorum:",
        _ => "majority:",
    } + step.Id;
}
