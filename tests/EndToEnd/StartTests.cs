using System.Diagnostics;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Starting, and refusing to start.</summary>
public sealed class StartTests
{
    private static readonly TimeSpan s_publishedLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_builtLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Single_server_leads_within_its_budget()
    {
        TimeSpan best = TimeSpan.MaxValue;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            var watch = Stopwatch.StartNew();
            using Agent agent = await Agent.StartAsync();
            if (watch.Elapsed < best) best = watch.Elapsed;
        }

        Assert.True(best < (ProgramFile.IsPublished ? s_publishedLimit : s_builtLimit), $"start to leader took {best.TotalMilliseconds:F0} ms");
    }

    [Fact]
    public async Task Start_prints_the_banner_and_says_when_it_runs()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { NodeName = "banner" });
        await Until.True(() => agent.Output.Contains("Consul agent running!"), "the end of the start");
        string text = agent.Output.Text;
        Assert.StartsWith("==> Starting Consul agent...\n", text);
        Assert.Contains("         Node name: 'banner'\n", text);
        Assert.Contains("            Server: true (Bootstrap: true)\n", text);
        Assert.Contains($"(HTTP: {agent.HttpPort}, HTTPS: -1, gRPC: -1, DNS: ", text);
        Assert.Contains("==> Log data will now stream in as it occurs:\n", text);
    }

    [Fact]
    public async Task Node_id_and_state_survive_a_restart()
    {
        using Agent agent = await Agent.StartAsync();
        string id = NodeId(await agent.Api.Get("/v1/agent/self"));
        await agent.Api.Put("/v1/kv/kept", "value");
        await agent.KillAsync();
        await agent.RestartAsync();
        Assert.Equal(id, NodeId(await agent.Api.Get("/v1/agent/self")));
        Assert.Equal("value", (await agent.Api.Get("/v1/kv/kept?raw")).Text);
        Assert.Equal(id, File.ReadAllText(Path.Combine(agent.DataDir, "node-id")));
    }

    [Fact]
    public async Task Second_agent_on_a_data_dir_is_refused()
    {
        using Agent first = await Agent.StartAsync();
        using Agent second = Agent.Launch(new AgentOptions { DataDir = first.DataDir, NodeName = "n2" });
        Assert.Equal(1, await second.WaitForExit());
        Assert.Contains(first.DataDir, second.Output.Text);
        Assert.True(await first.Api.HasLeader());
    }

    [Fact]
    public async Task Data_dir_that_cannot_be_written_is_refused()
    {
        using Agent agent = Agent.Launch(new AgentOptions { DataDir = "/proc/consul-fast-data" });
        Assert.Equal(1, await agent.WaitForExit());
        Assert.Contains("/proc/consul-fast-data", agent.Output.Text);
        Assert.DoesNotContain("Unhandled exception", agent.Output.Text);
    }

    [Fact]
    public async Task Data_dir_that_is_a_file_is_refused()
    {
        string file = Path.Combine(Leftovers.NewFolder("file"), "data");
        File.WriteAllText(file, "");
        using Agent agent = Agent.Launch(new AgentOptions { DataDir = file });
        Assert.Equal(1, await agent.WaitForExit());
        Assert.Contains($"data_dir \"{file}\" is not a directory", agent.Output.Text);
    }

    [Fact]
    public async Task Occupied_port_is_named()
    {
        using Agent first = await Agent.StartAsync();
        using Agent second = Agent.Launch(new AgentOptions { Flags = [$"-http-port={first.HttpPort}"], NodeName = "n2" });
        Assert.Equal(1, await second.WaitForExit());
        Assert.Contains(first.HttpAddress, second.Output.Text);
        Assert.DoesNotContain("Unhandled exception", second.Output.Text);
    }

    [Theory]
    [InlineData("-bogus", "flag provided but not defined: -bogus")]
    [InlineData("extra", "==> Unexpected extra arguments: [extra]")]
    [InlineData("-log-level=zz", "==> Invalid log level: zz. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]")]
    public async Task Wrong_flags_are_refused(string flag, string message)
    {
        using Agent agent = Agent.Launch(new AgentOptions { Flags = [flag] });
        Assert.Equal(1, await agent.WaitForExit());
        Assert.Contains(message, agent.Output.Text);
    }

    [Fact]
    public async Task Missing_data_dir_is_refused()
    {
        using Agent agent = Agent.Launch(new AgentOptions { Server = false, Flags = ["-server", "-bind=127.0.0.1"] });
        Assert.Equal(1, await agent.WaitForExit());
        Assert.Contains("==> data_dir cannot be empty", agent.Output.Text);
    }

    [Fact]
    public async Task Dev_mode_needs_no_data_dir()
    {
        using Agent agent = Agent.Launch(new AgentOptions { Server = false, Flags = ["-dev", "-node=dev"] });
        await agent.WaitForLeader();
        Answer self = await agent.Api.Get("/v1/agent/self");
        Assert.Contains("\n    \"Config\": {", self.Text);
        Assert.Equal("dev", self.Json.GetProperty("Config").GetProperty("NodeName").GetString());
    }

    private static string NodeId(Answer self) => self.Expect(200).Json.GetProperty("Config").GetProperty("NodeID").GetString()!;
}
