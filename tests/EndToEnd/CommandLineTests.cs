using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>The commands against a running agent.</summary>
public sealed class CommandLineTests(SharedAgent shared) : IClassFixture<SharedAgent>
{
    private readonly Agent _agent = shared.Agent;

    [Fact]
    public async Task Keys_make_the_round_trip_through_export_and_import()
    {
        await _agent.Run("kv", "put", "exp/a", "hello");
        await _agent.Run("kv", "put", "-flags=42", "exp/b/c", "");
        CommandResult export = await _agent.Run("kv", "export", "exp/");
        Assert.Equal(0, export.Exit);
        string file = Path.Combine(_agent.Folder, "export.json");
        await File.WriteAllTextAsync(file, export.Out);
        await _agent.Run("kv", "delete", "-recurse", "exp/");
        Assert.Equal("[]\n", (await _agent.Run("kv", "export", "exp/")).Out);
        Assert.Equal("Imported: exp/a\nImported: exp/b/c\n", (await _agent.Run("kv", "import", "@" + file)).Out);
        Assert.Equal(export.Out, (await _agent.Run("kv", "export", "exp/")).Out);
        Assert.Equal("hello\n", (await _agent.Run("kv", "get", "exp/a")).Out);
    }

    [Fact]
    public async Task Check_and_set_and_locks_report()
    {
        Assert.Equal(0, (await _agent.Run("kv", "put", "-cas", "cli/cas", "1")).Exit);
        Assert.Equal("Error! Did not write to cli/cas: CAS performed with index=0 and key already exists.\n",
            (await _agent.Run("kv", "put", "-cas", "cli/cas", "2")).Error);
        const string unknown = "11111111-1111-1111-1111-111111111111";
        Assert.Equal($"Error! Failed writing data: Unexpected response code: 500 (raft apply failed: invalid session \"{unknown}\")\n",
            (await _agent.Run("kv", "put", "-acquire", $"-session={unknown}", "cli/l", "2")).Error);
        Assert.Equal("Error! No key exists at: cli/none\n", (await _agent.Run("kv", "get", "cli/none")).Error);
    }

    [Fact]
    public async Task Snapshot_is_saved_inspected_and_restored()
    {
        await _agent.Run("kv", "put", "snap/k", "1");
        string file = Path.Combine(_agent.Folder, "backup.snap");
        CommandResult save = await _agent.Run("snapshot", "save", file);
        Assert.StartsWith("Saved and verified snapshot to index ", save.Out);
        Assert.False(File.Exists(file + ".unverified"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        CommandResult inspect = await _agent.Run("snapshot", "inspect", file);
        Assert.Equal(0, inspect.Exit);
        Assert.StartsWith(" ID           ", inspect.Out);
        Assert.Contains("\n KVS ", inspect.Out);
        CommandResult json = await _agent.Run("snapshot", "inspect", "-format=json", file);
        using (JsonDocument document = JsonDocument.Parse(json.Out))
        {
            Assert.Equal(1, document.RootElement.GetProperty("Meta").GetProperty("Version").GetInt32());
        }

        await _agent.Run("kv", "delete", "snap/k");
        Assert.Equal("Restored snapshot\n", (await _agent.Run("snapshot", "restore", file)).Out);
        Assert.Equal("1\n", (await _agent.Run("kv", "get", "snap/k")).Out);
        Assert.Equal("Error opening snapshot file: open nope: no such file or directory\n", (await _agent.Run("snapshot", "restore", "nope")).Error);
        Assert.Equal("Missing FILE argument\n", (await _agent.Run("snapshot", "save")).Error);
    }

    [Fact]
    public async Task Maintenance_is_switched_and_listed()
    {
        Assert.Equal("Node maintenance is now enabled\n", (await _agent.Run("maint", "-enable", "-reason=disk swap")).Out);
        Assert.Equal("Node:\n  Name:   n1\n  Reason: disk swap\n\n", (await _agent.Run("maint")).Out);
        Assert.Equal("Node maintenance is now disabled\n", (await _agent.Run("maint", "-disable")).Out);
        Assert.Equal("", (await _agent.Run("maint")).Out);
        Assert.Equal("Error enabling service maintenance: Unexpected response code: 404 (No service registered with ID \"zz\")\n",
            (await _agent.Run("maint", "-enable", "-service=zz")).Error);
    }

    [Fact]
    public async Task Services_are_registered_from_flags_and_files()
    {
        Assert.Equal("Registered service: cliweb\n", (await _agent.Run("services", "register", "-name=cliweb", "-port=80", "-tag=a", "-tag=b")).Out);
        await Until.True(async () => (await _agent.Run("catalog", "services", "-tags")).Out.Contains("cliweb", StringComparison.Ordinal), "cliweb");
        string file = Path.Combine(_agent.Folder, "service.json");
        await File.WriteAllTextAsync(file, """{"services":[{"name":"fromfile","id":"f1","port":81}]}""");
        Assert.Equal("Registered service: fromfile\n", (await _agent.Run("services", "register", file)).Out);
        Assert.Equal(81, (await _agent.Api.Get("/v1/agent/service/f1")).Json.GetProperty("Port").GetInt32());
        Assert.Equal("Deregistered service: f1\n", (await _agent.Run("services", "deregister", file)).Out);
        Assert.Equal("Deregistered service: cliweb\n", (await _agent.Run("services", "deregister", "-id=cliweb")).Out);
        Assert.Equal("Service registration requires at least one argument or flags.\n", (await _agent.Run("services", "register")).Error);
    }

    [Fact]
    public async Task Cluster_is_shown()
    {
        Assert.StartsWith("Node  ID ", (await _agent.Run("catalog", "nodes")).Out);
        Assert.Equal("dc1\n", (await _agent.Run("catalog", "datacenters")).Out);
        Assert.Contains("leader  true   3\n", (await _agent.Run("operator", "raft", "list-peers")).Out);
        CommandResult info = await _agent.Run("info");
        Assert.Contains("consul:\n\tacl = disabled\n\tbootstrap = true\n", info.Out);
        Assert.Contains("\tstate = Leader\n", info.Out);
        Assert.Equal("Configuration reload triggered\n", (await _agent.Run("reload")).Out);
        Assert.Contains("  alive   server  1.10.12  2         dc1  <all>\n", (await _agent.Run("members")).Out);
    }

    [Fact]
    public async Task Configuration_is_validated()
    {
        string good = Path.Combine(_agent.Folder, "good.hcl");
        await File.WriteAllTextAsync(good, "bind_addr = \"127.0.0.1\"\ndata_dir = \"/var/lib/consul\"\n");
        Assert.Equal("Configuration is valid!\n", (await _agent.Run("validate", good)).Out);
        string bad = Path.Combine(_agent.Folder, "bad.json");
        await File.WriteAllTextAsync(bad, """{"data_dir":"x","bogus":1}""");
        CommandResult invalid = await _agent.Run("validate", bad);
        Assert.Equal(1, invalid.Exit);
        Assert.StartsWith("Config validation failed: ", invalid.Error);
        Assert.Equal("Must specify at least one config file or directory\n", (await _agent.Run("validate")).Error);
    }

    [Fact]
    public async Task Version_is_printed()
    {
        CommandResult version = await CommandResult.Of(["version"]);
        Assert.StartsWith("Consul v1.10.12\n", version.Out);
        Assert.Equal(version, await CommandResult.Of(["--version"]));
        using JsonDocument json = JsonDocument.Parse((await CommandResult.Of(["version", "-format=json"])).Out);
        Assert.Equal("1.10.12", json.RootElement.GetProperty("Version").GetString());
    }

    [Fact]
    public async Task Missing_agent_is_named()
    {
        CommandResult result = await CommandResult.Of(["kv", "get", "-http-addr=127.0.0.1:1", "x"]);
        Assert.Equal(new CommandResult(1, "", "Error querying Consul agent: Get \"http://127.0.0.1:1/v1/kv/x\": "
            + "dial tcp 127.0.0.1:1: connect: connection refused\n"), result);
    }
}
