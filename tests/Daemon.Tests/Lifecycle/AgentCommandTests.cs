using Consul.Fast.Daemon.Agent.Lifecycle;
using Consul.Fast.Daemon.Cli;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Tests.Lifecycle;

public sealed class AgentCommandTests
{
    [Theory]
    [InlineData("-bogus", "flag provided but not defined: -bogus\nUsage:\n")]
    [InlineData("-bootstrap-expect=x", "invalid value \"x\" for flag -bootstrap-expect: strconv.Atoi: parsing \"x\": invalid syntax\nUsage:\n")]
    [InlineData("-dev=zz", "invalid boolean value \"zz\" for -dev: strconv.ParseBool: parsing \"zz\": invalid syntax\nUsage:\n")]
    public async Task Wrong_flag_is_followed_by_the_flags(string flag, string expected)
    {
        (int exitCode, _, string error) = await RunAsync(flag);
        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.EndsWith($"==> error parsing flags: {expected.Split('\n')[0]}\n", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "x", "-dev" }, "==> Unexpected extra arguments: [x -dev]\n")]
    [InlineData(new[] { "-bind=127.0.0.1" }, "==> data_dir cannot be empty\n")]
    [InlineData(new[] { "-dev", "-log-level=zz" }, "==> Invalid log level: zz. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]\n")]
    [InlineData(new[] { "-dev", "-hcl=acl { default_policy = \"zz\" }" }, "==> unexpected ACL default policy value of \"zz\"\n")]
    [InlineData(new[] { "-dev", "-hcl=verify_outgoing = true" }, "==> VerifyOutgoing set, and no CA certificate provided!\n")]
    [InlineData(new[] { "-dev", "-hcl=ca_file = \"/none/ca.pem\"" }, "==> Error loading from /none/ca.pem: open /none/ca.pem: no such file or directory\n")]
    [InlineData(new[] { "-dev", "-protocol=4" }, "==> Protocol version '4' too high. Must be in range: [2, 3]\n")]
    [InlineData(new[] { "-dev", "-node-id=zz" }, "==> failed to setup node ID: specified NodeID is invalid: zz\n")]
    public async Task Unusable_configuration_ends_with_the_text(string[] flags, string expected)
    {
        (int exitCode, _, string error) = await RunAsync(flags);
        Assert.Equal((1, expected), (exitCode, error));
    }

    [Fact]
    public void Banner_has_the_documented_lines()
    {
        var config = new AgentConfig
        {
            Node = new NodeConfig { Id = "82161e1c-f6ee-10f4-4995-173320092809", Name = "s1" },
            Server = new ServerConfig { Enabled = true, Bootstrap = true },
            Gossip = new GossipConfig { EncryptKey = "x" },
        };
        Assert.Equal(
            """
            ==> Starting Consul agent...
                       Version: '1.10.12'
                       Node ID: '82161e1c-f6ee-10f4-4995-173320092809'
                     Node name: 's1'
                    Datacenter: 'dc1' (Segment: '<all>')
                        Server: true (Bootstrap: true)
                   Client Addr: [127.0.0.1] (HTTP: 8500, HTTPS: -1, gRPC: -1, DNS: 8600)
                  Cluster Addr: 127.0.0.1 (LAN: 8301, WAN: 8302)
                       Encrypt: Gossip: true, TLS-Outgoing: false, TLS-Incoming: false, Auto-Encrypt-TLS: false

            ==> Log data will now stream in as it occurs:


            """,
            Banner.Format(config));
    }

    [Fact]
    public async Task Validate_reports_as_documented()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("consul-fast-validate-").FullName, "a.hcl");
        await File.WriteAllTextAsync(file, "data_dir = \"/tmp/consul-fast-none\"\nbind_addr = \"127.0.0.1\"\nui = true");
        const string Warning = "The 'ui' field is deprecated. Use the 'ui_config.enabled' field instead.\n";
        Assert.Equal((0, "Configuration is valid!\n", Warning), await RunAsync(new ValidateCommand(), file));
        Assert.Equal((0, "", ""), await RunAsync(new ValidateCommand(), "-quiet", file));
        await File.WriteAllTextAsync(file, "service { name = \"x\" }\nbind_addr = \"127.0.0.1\"");
        Assert.Equal((1, "", "Config validation failed: data_dir cannot be empty\n"), await RunAsync(new ValidateCommand(), file));
        Assert.Equal((1, "", "Must specify at least one config file or directory\n"), await RunAsync(new ValidateCommand()));
        Assert.Equal((1, "", "-config-format must be either 'hcl' or 'json\n"), await RunAsync(new ValidateCommand(), "-config-format=x", file));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task Version_prints_the_api_level()
    {
        (int exitCode, string output, _) = await RunAsync(new VersionCommand());
        Assert.Equal(0, exitCode);
        Assert.StartsWith("Consul v1.10.12\nProtocol 2 spoken by default, understands 2 to 3 (", output, StringComparison.Ordinal);
        Assert.EndsWith(")\n\n", output, StringComparison.Ordinal);
        Assert.StartsWith("{\n   \"Version\": \"1.10.12\",\n", (await RunAsync(new VersionCommand(), "-format=json")).Output, StringComparison.Ordinal);
        Assert.Equal((1, "", "Unknown format: zz\n"), await RunAsync(new VersionCommand(), "-format=zz"));
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] flags) =>
        RunAsync(new AgentCommand(static _ => throw new InvalidOperationException("nothing must be started")), flags);

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(ICommand command, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var context = new CommandContext
        {
            Out = output,
            RawOut = Stream.Null,
            Error = error,
            In = Stream.Null,
            Environment = static _ => null,
        };
        int exitCode = await command.RunAsync(args, context);
        return (exitCode, output.ToString(), error.ToString());
    }
}
