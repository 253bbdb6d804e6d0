using Consul.Fast.Daemon.Agent.Lifecycle;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Tests.Lifecycle;

public sealed class NodeIdTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("consul-fast-id-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void New_id_is_kept_in_the_data_dir()
    {
        var node = new NodeConfig { DataDir = _folder };
        string id = NodeIdFile.Resolve(node);
        Assert.True(Guid.TryParseExact(id, "D", out _));
        Assert.Equal(id, File.ReadAllText(Path.Combine(_folder, "node-id")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "node-id")));
        Assert.Equal(id, NodeIdFile.Resolve(node));
    }

    [Fact]
    public void Configured_id_wins_and_is_not_kept()
    {
        var node = new NodeConfig { DataDir = _folder, Id = "82161E1C-F6EE-10F4-4995-173320092809" };
        Assert.Equal("82161e1c-f6ee-10f4-4995-173320092809", NodeIdFile.Resolve(node));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Wrong_ids_are_refused()
    {
        Assert.Equal(
            "failed to setup node ID: specified NodeID is invalid: zz",
            Assert.Throws<ConfigException>(() => NodeIdFile.Resolve(new NodeConfig { Id = "zz" })).Message);
        string file = Path.Combine(_folder, "node-id");
        File.WriteAllText(file, "zz\n");
        Assert.Equal(
            $"failed to setup node ID: NodeID in {file} is invalid: zz",
            Assert.Throws<ConfigException>(() => NodeIdFile.Resolve(new NodeConfig { DataDir = _folder })).Message);
    }

    [Fact]
    public void Host_id_gives_the_same_id_again()
    {
        var node = new NodeConfig { DisableHostNodeId = false };
        Assert.True(Guid.TryParseExact(NodeIdFile.Resolve(node), "D", out _));
    }

    [Fact]
    public void Unusable_data_dir_is_named()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.Equal($"data_dir \"{file}\" is not a directory", Assert.Throws<ConfigException>(() => DataDirectory.Prepare(file)).Message);
        Assert.Contains("/proc/consul-fast-data", Assert.Throws<ConfigException>(() => DataDirectory.Prepare("/proc/consul-fast-data")).Message, StringComparison.Ordinal);
        string fresh = Path.Combine(_folder, "a", "b");
        DataDirectory.Prepare(fresh);
        Assert.Empty(Directory.GetFileSystemEntries(fresh));
    }
}
