using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Where settings come from, and listeners that settings make.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public async Task Flags_beat_files_and_later_files_beat_earlier_ones()
    {
        string folder = Path.Combine(Leftovers.NewFolder("config"), "conf.d");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "1.hcl"), "node_name = \"from-file\"\ndatacenter = \"first\"\nnode_meta { a = \"1\" }\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "2.json"), """{"datacenter":"second","node_meta":{"b":"2"}}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "ignored.txt"), "not = read");
        using Agent agent = await Agent.StartAsync(new AgentOptions { Flags = [$"-config-dir={folder}"], NodeName = "from-flag" });
        JsonElement self = (await agent.Api.Get("/v1/agent/self")).Json;
        Assert.Equal("from-flag", self.GetProperty("Config").GetProperty("NodeName").GetString());
        Assert.Equal("second", self.GetProperty("Config").GetProperty("Datacenter").GetString());
        Assert.Equal("1", self.GetProperty("Meta").GetProperty("a").GetString());
        Assert.Equal("2", self.GetProperty("Meta").GetProperty("b").GetString());
    }

    [Fact]
    public async Task Agent_ignores_the_variables_of_the_client()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { Environment = new() { ["CONSUL_HTTP_ADDR"] = "127.0.0.1:1" } });
        Assert.True(await agent.Api.HasLeader());
    }

    [Fact]
    public async Task Client_takes_its_settings_from_the_environment_and_flags_win()
    {
        using Agent agent = await Agent.StartAsync();
        var wrong = new Dictionary<string, string> { ["CONSUL_HTTP_ADDR"] = "127.0.0.1:1" };
        Assert.Equal(1, (await CommandResult.Of(["catalog", "datacenters"], wrong)).Exit);
        Assert.Equal("dc1\n", (await CommandResult.Of(["catalog", "datacenters", "-http-addr=" + agent.HttpAddress], wrong)).Out);
        Assert.Equal("dc1\n", (await agent.Run("catalog", "datacenters")).Out);
    }

    [Fact]
    public async Task Unix_socket_is_served_and_replaces_a_stale_file()
    {
        string socket = Path.Combine(Leftovers.NewFolder("unix"), "http.sock");
        await File.WriteAllTextAsync(socket, "stale");
        string config = $$"""{"addresses":{"http":"unix://{{socket}} 127.0.0.1" },"unix_sockets":{"mode":"0770" } }""";
        using Agent agent = await Agent.StartAsync(new AgentOptions { Config = config });
        using var api = new Api("http://unix.sock", socket);
        Assert.Equal("true", (await api.Put("/v1/kv/unix", "x")).Expect(200).Text);
        Assert.Equal("x", (await agent.Api.Get("/v1/kv/unix?raw")).Text);
        CommandResult get = await CommandResult.Of(["kv", "get", $"-http-addr=unix://{socket}", "unix"]);
        Assert.Equal(new CommandResult(0, "x\n", ""), get);
        Assert.Equal((UnixFileMode)0b111_111_000, File.GetUnixFileMode(socket));
    }

    [Fact]
    public async Task Response_headers_and_blocked_endpoints_apply()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions
        {
            Config = """{"http_config":{"response_headers":{"X-Own":"yes"},"block_endpoints":["/v1/catalog"]}}""",
        });
        Assert.Equal("yes", (await agent.Api.Get("/v1/status/leader")).Headers["X-Own"]);
        Assert.Equal("Endpoint is blocked by agent configuration", (await agent.Api.Get("/v1/catalog/nodes")).Expect(403).Text);
    }

    [Fact]
    public async Task Json_log_lines_are_objects()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { Flags = ["-log-json"] });
        await Until.True(() => agent.Output.Contains("Consul agent running!"), "the end of the start");
        foreach (string line in agent.Output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            Assert.True(entry.RootElement.TryGetProperty("@message", out _), line);
        }
    }
}
