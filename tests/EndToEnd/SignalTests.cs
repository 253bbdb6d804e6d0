using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>How the agent ends and reloads.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    public async Task Server_ends_at_once_by_default(int signal)
    {
        using Agent agent = await Agent.StartAsync();
        agent.Send(signal);
        Assert.Equal(1, await agent.WaitForExit(TimeSpan.FromSeconds(5)));
        await Until.True(() => agent.Output.Contains("Exit code: code=1"), "the last log line");
        Assert.True(agent.Output.Contains("Graceful shutdown disabled. Exiting"));
    }

    [Theory]
    [InlineData(Signal.Terminate, """{"leave_on_terminate":true,"performance":{"leave_drain_time":"10ms"}}""")]
    [InlineData(Signal.Interrupt, """{"skip_leave_on_interrupt":false,"performance":{"leave_drain_time":"10ms"}}""")]
    public async Task Server_leaves_gracefully_when_configured(int signal, string config)
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { Config = config });
        agent.Send(signal);
        Assert.Equal(0, await agent.WaitForExit(TimeSpan.FromSeconds(20)));
        await Until.True(() => agent.Output.Contains("Exit code: code=0"), "the last log line");
        Assert.True(agent.Output.Contains("Gracefully shutting down agent..."));
        Assert.True(agent.Output.Contains("Graceful exit completed"));
    }

    [Fact]
    public async Task Blocked_queries_do_not_hold_up_the_end()
    {
        using Agent agent = await Agent.StartAsync();
        await agent.Api.Put("/v1/kv/k", "1");
        ulong index = (await agent.Api.Get("/v1/kv/k")).Index;
        Task<Answer>[] blocked = [.. Enumerable.Range(0, 50).Select(_ => agent.Api.Get($"/v1/kv/k?index={index}&wait=5m"))];
        await agent.Api.Put("/v1/kv/other", "1");
        agent.Send(Signal.Terminate);
        await agent.WaitForExit(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(blocked).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.All(blocked, task => Assert.True(task.IsCompleted));
    }

    [Fact]
    public async Task Hangup_reloads_services_of_the_configuration()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { Config = """{"service":{"name":"one"}}""" });
        await Until.True(async () => (await agent.Api.Get("/v1/catalog/service/one")).Json.GetArrayLength() == 1, "service one");
        await File.WriteAllTextAsync(agent.ConfigFile, """{"service":{"name":"two"}}""");
        agent.Send(Signal.Hangup);
        await Until.True(async () => (await agent.Api.Get("/v1/catalog/service/two")).Json.GetArrayLength() == 1, "service two");
        await Until.True(async () => (await agent.Api.Get("/v1/catalog/service/one")).Text == "[]", "service one gone");
    }

    [Fact]
    public async Task Hangup_with_a_wrong_configuration_changes_nothing()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { Config = """{"service":{"name":"one"}}""" });
        await Until.True(async () => (await agent.Api.Get("/v1/catalog/service/one")).Json.GetArrayLength() == 1, "service one");
        await File.WriteAllTextAsync(agent.ConfigFile, """{"service":""");
        agent.Send(Signal.Hangup);
        await Until.True(() => agent.Output.Contains("Reload config failed"), "the log line");
        Assert.Equal(1, (await agent.Api.Get("/v1/catalog/service/one")).Json.GetArrayLength());
    }

    /// <summary>What nohup does, and a shell with what it runs in the background.</summary>
    private static readonly string[] Ignoring = ["sh", "-c", "trap '' HUP INT TERM; exec \"$@\"", "sh"];

    [Theory]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    public async Task Signal_that_the_parent_ignores_ends_the_server(int signal)
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { Wrapper = Ignoring });
        agent.Send(signal);
        Assert.Equal(1, await agent.WaitForExit(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Hangup_that_the_parent_ignores_reloads()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { Wrapper = Ignoring, Config = """{"service":{"name":"one"}}""" });
        await File.WriteAllTextAsync(agent.ConfigFile, """{"service":{"name":"two"}}""");
        agent.Send(Signal.Hangup);
        await Until.True(async () => (await agent.Api.Get("/v1/catalog/service/two")).Json.GetArrayLength() == 1, "service two");
    }

    [Fact]
    public async Task Leave_command_ends_the_agent_with_success()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { Config = """{"performance":{"leave_drain_time":"10ms"}}""" });
        CommandResult leave = await agent.Run("leave");
        Assert.Equal(new CommandResult(0, "Graceful leave complete\n", ""), leave);
        Assert.Equal(0, await agent.WaitForExit());
    }

    [Fact]
    public async Task Pid_file_lives_as_long_as_the_agent()
    {
        string file = Path.Combine(Leftovers.NewFolder("pid"), "agent.pid");
        using Agent agent = await Agent.StartAsync(new AgentOptions { Flags = [$"-pid-file={file}"] });
        Assert.Equal(agent.ProcessId.ToString(), File.ReadAllText(file).Trim());
        agent.Send(Signal.Terminate);
        await agent.WaitForExit();
        Assert.False(File.Exists(file));
    }
}
