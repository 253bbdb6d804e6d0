namespace Consul.Fast.Daemon.Tests.Cli;

/// <summary><c>join</c>, <c>force-leave</c>, <c>leave</c>, <c>keygen</c>: output and exit codes of Consul 1.10.</summary>
public sealed class JoinCommandTests
{
    private const string Refused = "1 error occurred:\n\t* Failed to join 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused\n\n";

    [Fact]
    public async Task Join_counts_who_answered_and_names_who_did_not()
    {
        using StubAgent agent = new StubAgent()
            .Answer("PUT /v1/agent/join/a", "").Answer("PUT /v1/agent/join/b:7", "").Answer("PUT /v1/agent/join/127.0.0.1:1", Refused, 500);
        CliRun run = await agent.Run("join", "a", "127.0.0.1:1", "b:7");
        Assert.Equal(new CliRun(
            0,
            "Successfully joined cluster by contacting 2 nodes.\n",
            $"Error joining address '127.0.0.1:1': Unexpected response code: 500 ({Refused})\n"), run);
        Assert.Equal(3, agent.Requests.Count);
    }

    [Fact]
    public async Task Join_fails_when_nobody_answered()
    {
        using StubAgent agent = new StubAgent().Answer("PUT /v1/agent/join/127.0.0.1:1?wan=1", Refused, 500);
        Assert.Equal(
            new CliRun(1, "", $"Error joining address '127.0.0.1:1': Unexpected response code: 500 ({Refused})\nFailed to join any nodes.\n"),
            await agent.Run("join", "-wan", "127.0.0.1:1"));
    }

    [Fact]
    public async Task Join_keeps_the_name_of_the_member_and_brackets()
    {
        using StubAgent agent = new StubAgent().Answer("PUT /v1/agent/join/n2/%5B::1%5D:7", "");
        Assert.Equal("Successfully joined cluster by contacting 1 nodes.\n", (await agent.Run("join", "n2/[::1]:7")).Out);
    }

    [Theory]
    [InlineData("At least one address to join must be specified.", "join")]
    [InlineData("A single node name must be specified to force leave.", "force-leave")]
    [InlineData("A single node name must be specified to force leave.", "force-leave", "a", "b")]
    public async Task Missing_argument_brings_the_help(string message, params string[] words)
    {
        CliRun run = await CliRun.Of(words);
        Assert.Equal((1, ""), (run.Exit, run.Out));
        Assert.StartsWith($"{message}\n\nUsage: consul {words[0]} [options] ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Force_leave_says_nothing_on_success()
    {
        using StubAgent agent = new StubAgent()
            .Answer("PUT /v1/agent/force-leave/n2", "").Answer("PUT /v1/agent/force-leave/n2?prune=1", "")
            .Answer("PUT /v1/agent/force-leave/zz", "agent: No node found with name 'zz'", 500);
        Assert.Equal(new CliRun(0, "", ""), await agent.Run("force-leave", "n2"));
        Assert.Equal(new CliRun(0, "", ""), await agent.Run("force-leave", "-prune", "n2"));
        Assert.Equal(
            new CliRun(1, "", "Error force leaving: Unexpected response code: 500 (agent: No node found with name 'zz')\n"),
            await agent.Run("force-leave", "zz"));
    }

    [Fact]
    public async Task Leave_tells_when_it_is_done()
    {
        using StubAgent agent = new StubAgent().Answer("PUT /v1/agent/leave", "");
        Assert.Equal(new CliRun(0, "Graceful leave complete\n", ""), await agent.Run("leave"));
        CliRun run = await agent.Run("leave", "x", "y");
        Assert.Equal((1, "Error found unexpected args: [x y]\n"), (run.Exit, run.Error));
        Assert.StartsWith("Usage: consul leave [options]", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keygen_prints_a_key_of_32_bytes()
    {
        CliRun run = await CliRun.Of("keygen");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Equal(32, Convert.FromBase64String(run.Out.TrimEnd('\n')).Length);
        Assert.NotEqual(run.Out, (await CliRun.Of("keygen")).Out);
    }

    [Fact]
    public async Task Members_without_a_build_are_older_than_the_tag()
    {
        using StubAgent agent = new StubAgent().Answer("GET /v1/agent/members?wan=1", """
            [{"Name":"n1.dc1","Addr":"fd00::1","Port":8302,"Tags":{"role":"consul","vsn":"2","dc":"dc1"},"Status":4}]
            """);
        Assert.Equal(
            "Node    Address         Status  Type    Build  Protocol  DC   Segment\n"
            + "n1.dc1  [fd00::1]:8302  failed  server  < 0.3  2         dc1  <all>\n",
            (await agent.Run("members", "-wan")).Out);
    }
}
