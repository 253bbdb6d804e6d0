using Consul.Fast.Daemon.Config;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Config;

public sealed class DefaultsTests
{
    [Fact]
    public void Server_gets_the_documented_defaults()
    {
        AgentConfig config = ConfigSetup.Server().Config;
        Assert.Equal(("host", "dc1", "dc1", "consul."), (config.Node.Name, config.Node.Datacenter, config.Node.PrimaryDatacenter, config.Dns.Domain));
        Assert.Equal(
            (8600, 8500, -1, -1, 8301, 8302, 8300),
            (config.Ports.Dns, config.Ports.Http, config.Ports.Https, config.Ports.Grpc, config.Ports.SerfLan, config.Ports.SerfWan,
                config.Ports.Server));
        Assert.Equal((false, true), (config.Node.LeaveOnTerminate, config.Node.SkipLeaveOnInterrupt));
        Assert.Equal((5, 16384L), (config.Raft.Multiplier, config.Raft.SnapshotThreshold));
        Assert.Equal(TimeSpan.FromSeconds(10), config.Server.SessionTtlMin);
        Assert.Equal(("127.0.0.1:8500", "127.0.0.1:8600"), (config.Addresses.Http[0].ToString(), config.Addresses.Dns[0].ToString()));
        Assert.Equal(["lan=127.0.0.1", "lan_ipv4=127.0.0.1", "wan=127.0.0.1", "wan_ipv4=127.0.0.1"], Pairs(config.Addresses.Tagged));
        Assert.Equal(
            (524288L, 200, -1.0), (config.Limits.KvMaxValueSize, config.Limits.HttpMaxConnectionsPerClient, config.Limits.RpcRate));
        Assert.Equal("INFO", config.Logging.Level);
        Assert.False(config.Acl.Enabled);
    }

    [Fact]
    public void Client_leaves_on_terminate()
    {
        AgentConfig config = ConfigSetup.Server("server = false").Config;
        Assert.Equal((true, false), (config.Node.LeaveOnTerminate, config.Node.SkipLeaveOnInterrupt));
    }

    [Fact]
    public void Dev_mode_has_its_own_defaults()
    {
        AgentConfig config = new ConfigSetup().Load("-dev").Config;
        Assert.True(config.Server.Enabled);
        Assert.False(config.Server.Bootstrap);
        Assert.Equal(("127.0.0.1", 8502, "DEBUG", ""), (config.Addresses.Bind.ToString(), config.Ports.Grpc, config.Logging.Level, config.Node.DataDir));
        Assert.Equal(1, config.Raft.Multiplier);
        Assert.True(config.Ui.Enabled && config.Node.EnableDebug && config.Gossip.DisableKeyringFile && config.Node.DisableUpdateCheck);
        Assert.Equal((100.0, 3), (config.Gossip.Lan.ProbeInterval.TotalMilliseconds, config.Gossip.Wan.SuspicionMult));
        AgentConfig changed = new ConfigSetup().Load("-dev", "-log-level=warn", "-hcl=bind_addr = \"10.0.0.1\"").Config;
        Assert.Equal(("warn", "10.0.0.1"), (changed.Logging.Level, changed.Addresses.Bind.ToString()));
    }

    [Fact]
    public void Expecting_one_server_is_bootstrap_mode()
    {
        AgentConfig config = ConfigSetup.Server("bootstrap_expect = 1").Config;
        Assert.Equal((true, 0), (config.Server.Bootstrap, config.Server.BootstrapExpect));
    }

    [Fact]
    public void Dependent_values_follow()
    {
        AgentConfig config = ConfigSetup.Server(
            "datacenter = \"EAST\"", "acl_datacenter = \"Main\"", "enable_script_checks = true", "verify_server_hostname = true",
            "acl_default_policy = \"deny\"", "acl { default_policy = \"allow\" }", "domain = \"x.\"", "node_name = \" n \"").Config;
        Assert.Equal(("east", "main", "x.", "n"), (config.Node.Datacenter, config.Node.PrimaryDatacenter, config.Dns.Domain, config.Node.Name));
        Assert.True(config.Acl.Enabled && config.Checks.EnableLocalScripts && config.Tls.VerifyOutgoing);
        Assert.Equal("allow", config.Acl.DefaultPolicy);
    }

    [Fact]
    public void Listeners_follow_addresses_and_ports()
    {
        AgentConfig config = ConfigSetup.Server(
            "client_addr = \"127.0.0.1 127.0.0.2\"", "addresses { http = \"unix:///s 0.0.0.0\" }", "ports { dns = 0, serf_wan = -1, https = 8501 }").Config;
        Assert.Equal(["/s", "0.0.0.0:8500"], config.Addresses.Http.Select(static a => a.ToString()));
        Assert.Equal(["127.0.0.1:8501", "127.0.0.2:8501"], config.Addresses.Https.Select(static a => a.ToString()));
        Assert.Empty(config.Addresses.Dns);
        Assert.Equal(-1, config.Ports.Dns);
        Assert.Null(config.Addresses.SerfWanBind);
    }

    [Fact]
    public void Advertise_address_is_detected_when_one_candidate_exists()
    {
        var setup = new ConfigSetup();
        string[] flags = ["-server", "-data-dir=/tmp/consul-fast-none"];
        Assert.Equal("10.1.2.3", setup.Load(flags).Config.Addresses.AdvertiseLan.ToString());
        setup.Interfaces.Add(ConfigSetup.Address("eth1", "192.168.1.1", 24));
        Assert.Equal(
            "Multiple private IPv4 addresses found. Please configure one with 'bind' and/or 'advertise'.",
            Assert.Throws<ConfigException>(() => setup.Load(flags)).Message);
        setup.Interfaces.RemoveAll(static address => address.Name != "lo");
        Assert.Equal("127.0.0.1", setup.Load(flags).Config.Addresses.AdvertiseLan.ToString());
        setup.Interfaces.Clear();
        Assert.Equal("No private IPv4 address found", Assert.Throws<ConfigException>(() => setup.Load(flags)).Message);
        Assert.Equal("No public IPv6 address found", Assert.Throws<ConfigException>(() => setup.Load([.. flags, "-bind=::"])).Message);
    }

    [Fact]
    public void Recursors_lose_repeats_and_get_the_port()
    {
        AgentConfig config = ConfigSetup.Server("recursors = [\"8.8.8.8\", \"8.8.8.8:53\", \"host\", \"host:99\", \"::1\"]").Config;
        Assert.Equal(["8.8.8.8:53", "host:53", "host:99", "[::1]:53"], config.Dns.Recursors);
    }

    [Fact]
    public void Fixed_values_cannot_be_set()
    {
        LoadedConfig loaded = ConfigSetup.Server("ae_interval = \"1s\"", "check_reap_interval = \"1s\"", "version = \"9\"");
        Assert.Equal(TimeSpan.FromMinutes(1), loaded.Config.Checks.AntiEntropyInterval);
        Assert.Equal(TimeSpan.FromSeconds(30), loaded.Config.Checks.ReapInterval);
        Assert.Empty(loaded.Warnings);
        Assert.Empty(loaded.NotYetEffective);
    }

    /// <summary>A template may give several addresses; a text without one is kept whole, blanks and all.</summary>
    [Theory]
    [InlineData("start_join")]
    [InlineData("retry_join")]
    public void Addresses_to_join_come_from_templates(string key)
    {
        LoadedConfig loaded = ConfigSetup.Server(
            $"{key} = [\"{{{{ GetAllInterfaces | join \\\"address\\\" \\\" \\\" }}}}\", \"\", \"a b\", \"provider=aws tag_key=k\", \"{{{{ GetInterfaceIP \\\"eth0\\\" }}}}:99\"]");
        IReadOnlyList<string> addresses = key == "start_join" ? loaded.Config.Join.StartLan : loaded.Config.Join.RetryLan;
        Assert.Equal(["10.1.2.3", "127.0.0.1", "a b", "provider=aws tag_key=k", "10.1.2.3:99"], addresses.OrderBy(static a => a == "127.0.0.1" ? 1 : a == "10.1.2.3" ? 0 : 2));
    }

    [Fact]
    public void Key_of_a_missing_part_is_reported()
    {
        LoadedConfig loaded = ConfigSetup.Server("acl { enabled = true }", "dns_config { allow_stale = false }", "datacenter = \"x\"");
        Assert.Equal(["acl.enabled", "dns_config.allow_stale"], loaded.NotYetEffective);
    }

    private static IEnumerable<string> Pairs(SortedMap<string> map) => map.Select(static pair => $"{pair.Key}={pair.Value}");
}
