using Consul.Fast.Consensus.Autopilot;

namespace Consul.Fast.Consensus.Tests.Autopilot;

public sealed class HealthRulesTests
{
    private const long Millisecond = 1_000_000;

    [Theory]
    [InlineData("alive", 0, 5ul, 1000ul, true)]
    [InlineData("alive", 200, 5ul, 1000ul, true)]
    [InlineData("alive", 201, 5ul, 1000ul, false)]
    [InlineData("alive", -1, 5ul, 1000ul, false)]
    [InlineData("alive", 0, 4ul, 1000ul, false)]
    [InlineData("alive", 0, 6ul, 1000ul, false)]
    [InlineData("alive", 0, 5ul, 750ul, true)]
    [InlineData("alive", 0, 5ul, 749ul, false)]
    [InlineData("alive", 0, 5ul, 1001ul, true)]
    [InlineData("failed", 0, 5ul, 1000ul, false)]
    [InlineData("left", 0, 5ul, 1000ul, false)]
    [InlineData("unknown", 0, 5ul, 1000ul, false)]
    public void Verdict_needs_presence_contact_term_and_entries(string status, int contactMs, ulong term, ulong index, bool healthy)
    {
        AutopilotState state = Next(AutopilotState.None, "a! b+", $"a b:{status}", new()
        {
            ["a"] = new(0, 5, 1000),
            ["b"] = new(contactMs * Millisecond, term, index),
        });
        Assert.Equal(healthy, state.Find("b")!.Healthy);
        Assert.True(state.Find("a")!.Healthy);
        Assert.Equal(healthy, state.Healthy);
    }

    [Fact]
    public void Short_log_cannot_be_too_far_ahead()
    {
        AutopilotInputs inputs = Inputs("a! b+", "a b", new() { ["a"] = new(0, 5, 250), ["b"] = new(0, 5, 0) }) with { LastIndex = 250 };
        Assert.True(HealthRules.Next(AutopilotState.None, inputs).Find("b")!.Healthy);
        Assert.False(HealthRules.Next(AutopilotState.None, inputs with { LastIndex = 251 }).Find("b")!.Healthy);
    }

    [Theory]
    [InlineData("a!", "", 0)]
    [InlineData("a! b+", "", 0)]
    [InlineData("a! b+ c+", "", 1)]
    [InlineData("a! b+ c+", "c", 0)]
    [InlineData("a! b+ c+", "b c", 0)]
    [InlineData("a! b+ c+ d-", "d", 1)]
    [InlineData("a! b+ c+ d+ e+", "", 2)]
    [InlineData("a! b+ c+ d+ e+", "e", 1)]
    [InlineData("a! b+ c+ d+ e+ f+", "", 2)]
    public void Failure_tolerance_counts_healthy_voters_above_the_quorum(string servers, string failed, int tolerance)
    {
        AutopilotState state = Next(AutopilotState.None, servers, KnownText(servers, failed), Fresh(servers));
        Assert.Equal(tolerance, state.FailureTolerance);
        Assert.Equal(failed.Length == 0, state.Healthy);
        Assert.Equal("a", state.Leader);
    }

    [Fact]
    public void Standing_follows_the_configuration_and_the_leader()
    {
        AutopilotState state = Next(AutopilotState.None, "b+ a! d~ c-", "a b c d", Fresh("a! b+ c- d~"));
        Assert.Equal(["leader", "voter", "non-voter", "staging"], state.Servers.Select(static s => s.Standing));
        Assert.Equal([true, true, false, false], state.Servers.Select(static s => s.HasVote));
        Assert.Equal(["a", "b"], state.Voters);
    }

    [Fact]
    public void Leader_outside_the_configuration_leaves_the_state_without_one() =>
        Assert.Equal("", Next(AutopilotState.None, "b+ c+", "a b c", Fresh("b+ c+")).Leader);

    [Fact]
    public void Stability_counts_from_the_last_change_of_the_verdict()
    {
        AutopilotState state = At(AutopilotState.None, 0, "a b");
        Assert.Equal(Cluster.Start, state.Find("b")!.StableSince);
        state = At(state, 2, "a b");
        Assert.Equal(Cluster.Start, state.Find("b")!.StableSince);
        state = At(state, 4, "a b:failed");
        Assert.Equal(Cluster.Start.AddSeconds(4), state.Find("b")!.StableSince);
        state = At(state, 6, "a b:failed");
        Assert.Equal(Cluster.Start.AddSeconds(4), state.Find("b")!.StableSince);
        state = At(state, 8, "a b");
        Assert.Equal(Cluster.Start.AddSeconds(8), state.Find("b")!.StableSince);
        Assert.Equal(Cluster.Start, state.FirstStateTime);

        static AutopilotState At(AutopilotState previous, int seconds, string known) => HealthRules.Next(
            previous, Inputs("a! b+", known, Fresh("a! b+")) with { Now = Cluster.Start.AddSeconds(seconds) });
    }

    [Fact]
    public void Silent_server_keeps_what_it_told_last()
    {
        AutopilotState state = Next(AutopilotState.None, "a! b+", "a b", new() { ["a"] = new(0, 5, 1000), ["b"] = new(7, 5, 990) });
        state = Next(state, "a! b+", "a b", new() { ["a"] = new(0, 5, 1000) });
        Assert.Equal(new ServerProgress(7, 5, 990), state.Find("b")!.Stats);
        Assert.True(state.Find("b")!.Healthy);
    }

    [Fact]
    public void Server_that_never_answered_is_unhealthy()
    {
        AutopilotState state = Next(AutopilotState.None, "a! b+", "a b", new() { ["a"] = new(0, 5, 1000) });
        Assert.Equal(default, state.Find("b")!.Stats);
        Assert.False(state.Find("b")!.Healthy);
    }

    [Fact]
    public void Forgotten_server_keeps_its_name_and_counts_as_left()
    {
        AutopilotState state = Next(AutopilotState.None, "a! b+", "a b", Fresh("a! b+"));
        state = Next(state, "a! b+", "a", Fresh("a! b+"));
        Assert.Equal(("node-b", NodeStatus.Left, false), Told(state.Find("b")!));
        state = Next(AutopilotState.None, "a! b+", "a", Fresh("a! b+"));
        Assert.Equal(("", NodeStatus.Left, false), Told(state.Find("b")!));

        static (string Name, string Status, bool Healthy) Told(ServerState server) => (server.Server.Name, server.Server.Status, server.Healthy);
    }

    [Fact]
    public void Address_is_that_of_the_configuration()
    {
        AutopilotInputs inputs = Inputs("a! b+", "a", Fresh("a! b+")) with
        {
            Known = new Dictionary<string, KnownServer> { ["b"] = new("b", "node-b", "10.9.9.9:8300", NodeStatus.Alive) },
        };
        Assert.Equal(Cluster.Address("b"), HealthRules.Next(AutopilotState.None, inputs).Find("b")!.Server.Address);
    }

    /// <summary>The leader, then healthy before unhealthy; among those the longer stable, among these the later ill; then by id.</summary>
    [Fact]
    public void Voters_are_sorted_by_worth()
    {
        const string servers = "a+ b+ c+ d+ e+ f+ z!";
        AutopilotState state = AutopilotState.None;
        string[] looks = ["b c d", "b c", "a b", "a b"];
        for (int i = 0; i < looks.Length; i++)
        {
            AutopilotInputs inputs = Inputs(servers, KnownText(servers, looks[i]), Fresh(servers)) with { Now = Cluster.Start.AddSeconds(i) };
            state = HealthRules.Next(state, inputs with { LeaderId = "z" });
        }

        // c fell ill at 0 and recovered at 2, d fell ill at 0 and recovered at 1, a fell ill at 2, b at 0.
        Assert.Equal(["z", "e", "f", "d", "c", "a", "b"], state.Voters);
    }

    private static AutopilotState Next(AutopilotState previous, string servers, string known, Dictionary<string, ServerProgress> stats) =>
        HealthRules.Next(previous, Inputs(servers, known, stats));

    private static AutopilotInputs Inputs(string servers, string known, Dictionary<string, ServerProgress> stats) => new(
        Cluster.Start, new AutopilotPolicy(), Cluster.Configuration(servers), "a", 1000, 5, Cluster.Known(known), stats);

    private static Dictionary<string, ServerProgress> Fresh(string servers) =>
        Cluster.Configuration(servers).Servers.ToDictionary(static s => s.Id, static _ => new ServerProgress(0, 5, 1000));

    private static string KnownText(string servers, string failed) => string.Join(' ', Cluster.Configuration(servers).Servers
        .Select(s => failed.Split(' ').Contains(s.Id) ? s.Id + ":failed" : s.Id));
}
