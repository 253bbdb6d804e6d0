using Consul.Fast.Consensus.Autopilot;

namespace Consul.Fast.Consensus.Tests.Autopilot;

public sealed class AdditionRulesTests
{
    private const string New = "10.0.0.200:8300";

    [Theory]
    [InlineData("a! b+", "b")]
    [InlineData("a! b-", "b")]
    [InlineData("a!", "a")]
    public void Server_that_is_there_already_changes_nothing(string servers, string id) =>
        Assert.Equal(AdditionPlan.Nothing, AdditionRules.Decide(Cluster.Configuration(servers), id, Cluster.Address(id)));

    [Fact]
    public void New_server_gets_no_vote() =>
        Assert.Equal(Change(ConfigurationChangeKind.AddNonVoter, "c", New), AdditionRules.Decide(Cluster.Configuration("a! b+"), "c", New).Change);

    [Theory]
    [InlineData("a! b+", ConfigurationChangeKind.AddVoter)]
    [InlineData("a! b~", ConfigurationChangeKind.AddVoter)]
    [InlineData("a! b-", ConfigurationChangeKind.AddNonVoter)]
    public void Other_address_is_taken_in_place(string servers, ConfigurationChangeKind kind)
    {
        AdditionPlan plan = AdditionRules.Decide(Cluster.Configuration(servers), "b", New);
        Assert.Equal(Change(kind, "b", New), plan.Change);
        Assert.Empty(plan.Removals);
    }

    /// <summary>A server comes at the address of others: those go first, voters before the rest.</summary>
    [Theory]
    [InlineData("a! b+ c+", "c", "c")]
    [InlineData("a! b-", "b", "b")]
    [InlineData("a! b~", "b", "b")]
    [InlineData("a! b+ c+ d+ e+", "de", "d e")]
    [InlineData("a! b- c+ d+", "bc", "c b")]
    [InlineData("a! b+ c+ d+ e+", "cde", null)]
    [InlineData("a! b+ c+ d+", "cd", null)]
    [InlineData("a! b+", "b", null)]
    [InlineData("a!", "a", null)]
    public void Others_at_the_address_are_removed_first_while_a_majority_stays(string servers, string at, string? removals)
    {
        ClusterConfiguration configuration = new([.. Cluster.Configuration(servers).Servers
            .Select(s => at.Contains(s.Id, StringComparison.Ordinal) ? s with { Address = New } : s)]);
        AdditionPlan plan = AdditionRules.Decide(configuration, "x", New);
        if (removals is null)
        {
            Assert.Equal(
                "Preventing server addition that would require removal of too many servers and cause cluster instability", plan.Error);
            Assert.Null(plan.Change);
        }
        else
        {
            Assert.Null(plan.Error);
            Assert.Equal(Change(ConfigurationChangeKind.AddNonVoter, "x", New), plan.Change);
        }

        Assert.Equal(removals ?? "", string.Join(' ', plan.Removals));
    }

    [Fact]
    public void Voter_that_takes_over_an_address_keeps_its_vote_and_ousts_the_other()
    {
        AdditionPlan plan = AdditionRules.Decide(Cluster.Configuration("a! b+ c+"), "b", Cluster.Address("c"));
        Assert.Equal(Change(ConfigurationChangeKind.AddVoter, "b", Cluster.Address("c")), plan.Change);
        Assert.Equal(["c"], plan.Removals);
    }

    private static ConfigurationChange Change(ConfigurationChangeKind kind, string id, string address) => new(kind, id, address);
}
