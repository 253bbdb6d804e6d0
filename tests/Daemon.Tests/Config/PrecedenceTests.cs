using Consul.Fast.Daemon.Config;

namespace Consul.Fast.Daemon.Tests.Config;

public sealed class PrecedenceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("consul-fast-config-").FullName;
    private readonly ConfigSetup _setup = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Later_files_beat_earlier_ones_in_byte_order_of_names()
    {
        Write("b.hcl", "datacenter = \"b\"\nnode_meta { x = \"b\", z = \"b\" }\nretry_join = [\"b\"]");
        Write("B.json", """{"datacenter":"B","node_meta":{"x":"B","y":"B"},"retry_join":["B"]}""");
        Write("empty.hcl", "");
        Write("skip.txt", "not read");
        Directory.CreateDirectory(Path.Combine(_folder, "sub.hcl"));
        LoadedConfig loaded = Load($"-config-dir={_folder}");
        Assert.Equal("b", loaded.Config.Node.Datacenter);
        Assert.Equal(["x=b", "y=B", "z=b"], loaded.Config.Node.Meta.Select(static pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(["B", "b"], loaded.Config.Join.RetryLan);
        string skipped = Path.Combine(_folder, "skip.txt");
        Assert.Contains($"skipping file {skipped}, extension must be .hcl or .json, or config format must be set", loaded.Warnings);
    }

    [Fact]
    public void Flags_beat_the_environment_and_the_environment_beats_files()
    {
        Write("a.hcl", "datacenter = \"file\"\ndomain = \"file\"\nlog_level = \"TRACE\"\nports { http = 1 }\nperformance { raft_multiplier = 2 }");
        _setup.Variables["CONSUL_FAST_DATACENTER"] = "env";
        _setup.Variables["CONSUL_FAST_DOMAIN"] = "env";
        _setup.Variables["CONSUL_FAST_PORTS__HTTP"] = "2";
        _setup.Variables["CONSUL_FAST_PERFORMANCE__RAFT_MULTIPLIER"] = "1";
        AgentConfig config = Load($"-config-file={_folder}", "-datacenter=flag").Config;
        Assert.Equal(("flag", "env.", "TRACE", 2, 1), (config.Node.Datacenter, config.Dns.Domain, config.Logging.Level, config.Ports.Http, config.Raft.Multiplier));
    }

    [Fact]
    public void Fragments_beat_flags() => Assert.Equal("hcl", Load("-datacenter=flag", "-hcl=datacenter = \"hcl\"").Config.Node.Datacenter);

    [Fact]
    public void Lists_join_flags_first_and_lists_in_blocks_last()
    {
        Write("a.hcl", "retry_join = [\"file\"]\nhttp_config { allow_write_http_from = [\"10.0.0.0/8\"] }");
        _setup.Variables["CONSUL_FAST_RETRY_JOIN"] = "env1, env2";
        AgentConfig config = Load($"-config-file={_folder}", "-retry-join=f1", "-retry-join=f2", "-allow-write-http-from=127.0.0.0/8").Config;
        Assert.Equal(["f1", "f2", "env1", "env2", "file"], config.Join.RetryLan);
        Assert.Equal(["10.0.0.0/8", "127.0.0.0/8"], config.Http.AllowWriteFrom.Select(static network => network.ToString()));
    }

    [Fact]
    public void Variables_named_after_flags_work_and_name_files()
    {
        Write("a.hcl", "node_name = \"from-file\"");
        _setup.Variables["CONSUL_FAST_CONFIG_DIR"] = _folder;
        _setup.Variables["CONSUL_FAST_DEV"] = "1";
        _setup.Variables["CONSUL_FAST_NODE_META"] = "a:1,b:2";
        _setup.Variables["CONSUL_FAST_SERVICES"] = """[{"name":"web","port":80}]""";
        _setup.Variables["CONSUL_FAST_HCL"] = "log_level = \"WARN\"";
        _setup.Variables["CONSUL_FAST_HTTP_CONFIG__RESPONSE_HEADERS"] = """{"X-A":"b"}""";
        AgentConfig config = _setup.Load().Config;
        Assert.True(config.Node.DevMode);
        Assert.Equal(("from-file", "WARN"), (config.Node.Name, config.Logging.Level));
        Assert.Equal(2, config.Node.Meta.Count);
        Assert.Equal(("web", 80), (config.ServiceDefinitions[0].Name, config.ServiceDefinitions[0].Port));
        Assert.Equal(KeyValuePair.Create("X-A", "b"), Assert.Single(config.Http.ResponseHeaders));
    }

    [Fact]
    public void Entries_of_maps_have_variables_of_their_own()
    {
        _setup.Variables["CONSUL_FAST_NODE_META"] = "a:1,b:2";
        _setup.Variables["CONSUL_FAST_NODE_META__b"] = "3";
        _setup.Variables["CONSUL_FAST_NODE_META__Rack"] = "4:5";
        _setup.Variables["CONSUL_FAST_HTTP_CONFIG__RESPONSE_HEADERS__X-Frame-Options"] = "DENY";
        LoadedConfig loaded = Load();
        Assert.Equal(["Rack=4:5", "a=1", "b=3"], loaded.Config.Node.Meta.Select(static pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(KeyValuePair.Create("X-Frame-Options", "DENY"), Assert.Single(loaded.Config.Http.ResponseHeaders));
        Assert.DoesNotContain(loaded.Warnings, static warning => warning.Contains("CONSUL_FAST", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CONSUL_FAST_NOPE")]
    [InlineData("CONSUL_FAST_PORTS__NOPE")]
    [InlineData("CONSUL_FAST_NODE_META__")]
    [InlineData("CONSUL_FAST_datacenter")]
    public void Variable_that_sets_nothing_is_named_in_a_warning(string name)
    {
        _setup.Variables[name] = "x";
        _setup.Variables["CONSUL_HTTP_ADDR"] = "127.0.0.1:1";
        Assert.Equal([$"environment variable {name}: invalid config key"],
            Load("-dev").Warnings.Where(static warning => warning.Contains("environment", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("CONSUL_FAST_SERVER", "yes", "failed to parse environment variable CONSUL_FAST_SERVER: invalid value \"yes\"")]
    [InlineData("CONSUL_FAST_PORTS__HTTP", "x", "failed to parse environment variable CONSUL_FAST_PORTS__HTTP: invalid value \"x\"")]
    [InlineData("CONSUL_FAST_SERVICES", "web", "failed to parse environment variable CONSUL_FAST_SERVICES: a JSON object or array is expected")]
    public void Wrong_variable_is_named(string name, string value, string expected)
    {
        _setup.Variables[name] = value;
        Assert.Equal(expected, Assert.Throws<ConfigException>(() => Load()).Message);
    }

    [Fact]
    public void Missing_file_is_named()
    {
        string path = Path.Combine(_folder, "none.hcl");
        Assert.Equal($"config: Open failed on {path}. open {path}: no such file or directory", Assert.Throws<ConfigException>(() => Load($"-config-file={path}")).Message);
    }

    [Fact]
    public void Format_flag_reads_every_file_and_is_checked()
    {
        Write("plain", "datacenter = \"plain\"");
        Assert.Equal("plain", Load($"-config-dir={_folder}", "-config-format=hcl").Config.Node.Datacenter);
        Assert.Equal(
            "config: -config-format must be either 'hcl' or 'json'",
            Assert.Throws<ConfigException>(() => Load("-config-format=yaml")).Message);
    }

    [Fact]
    public void Node_meta_flag_splits_at_the_first_colon()
    {
        AgentConfig config = Load("-node-meta=a:b:c", "-node-meta=d").Config;
        Assert.Equal(["a=b:c", "d="], config.Node.Meta.Select(static pair => $"{pair.Key}={pair.Value}"));
    }

    private LoadedConfig Load(params string[] flags) => _setup.Load([.. ConfigSetup.ServerFlags, .. flags]);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
