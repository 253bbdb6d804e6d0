using System.Text;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Tests.Config;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

/// <summary>Keys of the pools in memory and on disk; texts and layout of files are those of Consul 1.10.</summary>
public sealed class PoolKeyringTests : IDisposable
{
    private const string First = "AAECAwQFBgcICQoLDA0ODw==";
    private const string Second = "AAAAAAAAAAAAAAAAAAAAAA==";

    private readonly string _folder = Directory.CreateTempSubdirectory("keyring").FullName;
    private readonly LogLines _log = new();

    private string LanFile => Path.Combine(_folder, "serf", "local.keyring");

    private string WanFile => Path.Combine(_folder, "serf", "remote.keyring");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Configured_key_makes_both_files()
    {
        (PoolKeyring? lan, PoolKeyring? wan) = Load($"encrypt = \"{First}\"");
        Assert.Equal([First], Keys(lan));
        Assert.Equal([First], Keys(wan));
        Assert.Equal($"[\"{First}\"]", File.ReadAllText(LanFile));
        Assert.Equal($"[\"{First}\"]", File.ReadAllText(WanFile));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(LanFile));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Client_has_no_file_for_the_wan()
    {
        Assert.Null(Load($"encrypt = \"{First}\"", "server = false").Wan);
        Assert.Null(Load($"encrypt = \"{First}\"", "ports { serf_wan = -1 }").Wan);
        Assert.False(File.Exists(WanFile));
    }

    [Fact]
    public void File_wins_over_the_configured_key_and_says_so()
    {
        Load($"encrypt = \"{First}\"");
        (PoolKeyring? lan, PoolKeyring? wan) = Load($"encrypt = \"{Second}\"");
        Assert.Equal([First], Keys(lan));
        Assert.Equal([First], Keys(wan));
        Assert.Equal(
            [
                "Warning:  keyring doesn't include key provided with -encrypt, using keyring: keyring=LAN",
                "Warning:  keyring doesn't include key provided with -encrypt, using keyring: keyring=WAN",
            ],
            _log.Lines);
    }

    [Fact]
    public void File_counts_without_a_configured_key()
    {
        Write(LanFile, $"[\n  \"{First}\",\n  \"{Second}\"\n]");
        (PoolKeyring? lan, PoolKeyring? wan) = Load();
        Assert.Equal([First, Second], Keys(lan));
        Assert.Null(wan);
    }

    [Fact]
    public void Without_key_and_file_nothing_is_encrypted()
    {
        Assert.Equal((null, null), Load());
        Assert.False(Directory.Exists(Path.Combine(_folder, "serf")));
    }

    [Fact]
    public void Disabled_file_keeps_the_key_in_memory()
    {
        Write(LanFile, $"[\"{Second}\"]");
        (PoolKeyring? lan, PoolKeyring? wan) = Load($"encrypt = \"{First}\"", "disable_keyring_file = true");
        Assert.Equal([First], Keys(lan));
        Assert.NotSame(lan!.Keys, wan!.Keys);
        Assert.Null(lan.Changed);
        Assert.False(File.Exists(WanFile));
        Assert.Equal((null, null), Load("disable_keyring_file = true"));
    }

    [Theory]
    [InlineData("[]", "no keys present in keyring: FILE")]
    [InlineData("null", "no keys present in keyring: FILE")]
    [InlineData("", "unexpected end of JSON input")]
    [InlineData("[\"!\"", "unexpected end of JSON input")]
    [InlineData("x", "invalid character 'x' looking for beginning of value")]
    [InlineData("{\"a\":1}", "json: cannot unmarshal object into Go value of type []string")]
    [InlineData("[1]", "json: cannot unmarshal number into Go value of type string")]
    [InlineData("[\"!\"]", "illegal base64 data at input byte 0")]
    [InlineData("[\"AAAA\"]", "key size must be 16, 24 or 32 bytes")]
    [InlineData("[\"AAECAwQFBgcICQoLDA0ODw==\",\"AAAA\"]", "key size must be 16, 24 or 32 bytes")]
    [InlineData("[null]", "key size must be 16, 24 or 32 bytes")]
    public void Damaged_file_is_refused(string content, string fault)
    {
        Write(LanFile, content);
        string expected = $"Failed to configure keyring: {fault.Replace("FILE", LanFile, StringComparison.Ordinal)}";
        Assert.Equal(expected, Assert.Throws<ConfigException>(() => Load()).Message);
        Assert.Equal(expected, Assert.Throws<ConfigException>(() => Load($"encrypt = \"{First}\"")).Message);
        Assert.Equal(content, File.ReadAllText(LanFile));
    }

    [Fact]
    public void Folder_in_place_of_the_file_is_refused()
    {
        Directory.CreateDirectory(LanFile);
        Assert.StartsWith("Failed to configure keyring: ", Assert.Throws<ConfigException>(() => Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_of_wrong_size_makes_no_file()
    {
        ConfigException fault = Assert.Throws<ConfigException>(() => Load("encrypt = \"AAAA\""));
        Assert.Equal("Failed to configure keyring: Invalid key: key size must be 16, 24 or 32 bytes", fault.Message);
        Assert.False(File.Exists(LanFile));
        fault = Assert.Throws<ConfigException>(() => Load("encrypt = \"AAAA\"", "disable_keyring_file = true"));
        Assert.Equal("Failed to configure keyring: key size must be 16, 24 or 32 bytes", fault.Message);
    }

    [Fact]
    public async Task Changes_are_written_indented_and_in_order()
    {
        PoolKeyring lan = Load($"encrypt = \"{First}\"").Lan!;
        for (int i = 0; i < 50; i++)
        {
            lan.Keys.Add(GossipKey.Generate(16 + (8 * (i % 3))) is var key ? Convert.FromBase64String(key.ToBase64()) : []);
            lan.Changed!(lan.Keys);
        }

        lan.Keys.Add(Convert.FromBase64String(Second));
        lan.Keys.Use(Convert.FromBase64String(Second));
        lan.Changed!(lan.Keys);
        await lan.DisposeAsync();
        string text = File.ReadAllText(LanFile);
        Assert.StartsWith($"[\n  \"{Second}\",\n  \"{First}\",\n  \"", text, StringComparison.Ordinal);
        Assert.EndsWith("\"\n]", text, StringComparison.Ordinal);
        Assert.Equal(Keys(lan), Keys(Load().Lan));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(LanFile));
    }

    [Fact]
    public async Task Failed_write_is_reported_and_made_up_for()
    {
        PoolKeyring lan = Load($"encrypt = \"{First}\"").Lan!;
        Directory.Move(Path.Combine(_folder, "serf"), Path.Combine(_folder, "moved"));
        lan.Keys.Add(Convert.FromBase64String(Second));
        lan.Changed!(lan.Keys);
        await Eventually.TrueAsync(() => _log.Lines.Any(static line => line.StartsWith("Error: Failed to write keyring file", StringComparison.Ordinal)), "a failed write");
        Directory.Move(Path.Combine(_folder, "moved"), Path.Combine(_folder, "serf"));
        await lan.DisposeAsync();
        Assert.Equal([First, Second], Keys(Load().Lan));
    }

    [Fact]
    public async Task Link_to_the_file_stays_a_link()
    {
        string real = Path.Combine(_folder, "real.keyring");
        Write(real, $"[\"{First}\"]");
        Directory.CreateDirectory(Path.GetDirectoryName(LanFile)!);
        File.CreateSymbolicLink(LanFile, real);
        PoolKeyring lan = Load().Lan!;
        lan.Keys.Add(Convert.FromBase64String(Second));
        lan.Changed!(lan.Keys);
        await lan.DisposeAsync();
        Assert.Equal($"[\n  \"{First}\",\n  \"{Second}\"\n]", File.ReadAllText(real));
        Assert.NotNull(new FileInfo(LanFile).LinkTarget);
    }

    private (PoolKeyring? Lan, PoolKeyring? Wan) Load(params string[] settings)
    {
        AgentConfig config = ConfigSetup.Server(settings).Config;
        return PoolKeyring.Load(config with { Node = config.Node with { DataDir = _folder } }, TimeProvider.System, _log);
    }

    private static string[] Keys(PoolKeyring? ring) => [.. ring!.Keys.Keys.Select(static key => key.ToBase64())];

    private static void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(content));
    }
}
