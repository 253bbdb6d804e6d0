using System.Net;
using Consul.Fast.Daemon.Config.Runtime;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>Builds the parts of the configuration whose defaults depend on the role or on development mode.</summary>
internal sealed class SectionBuilder(ConfigReader reader, ConfigEnvironment environment, bool devMode)
{
    private readonly bool _server = reader.Flag("server", devMode);

    public NodeConfig Node()
    {
        string datacenter = reader.Text("datacenter", "dc1").ToLowerInvariant();
        string primary = reader.FirstText("", "primary_datacenter", "acl_datacenter").ToLowerInvariant();
        return new NodeConfig
        {
            DevMode = devMode,
            Name = NodeName(),
            Id = reader.Text("node_id"),
            Meta = reader.StringMap("node_meta"),
            Datacenter = datacenter,
            PrimaryDatacenter = primary.Length > 0 ? primary : datacenter,
            DataDir = reader.Text("data_dir"),
            PidFile = reader.Text("pid_file"),
            DisableHostNodeId = reader.Flag("disable_host_node_id", true),
            LeaveOnTerminate = reader.Flag("leave_on_terminate", !_server),
            SkipLeaveOnInterrupt = reader.Flag("skip_leave_on_interrupt", _server),
            EnableDebug = reader.Flag("enable_debug", devMode),
            DisableRemoteExec = reader.Flag("disable_remote_exec", true),
            DisableUpdateCheck = devMode || reader.Flag("disable_update_check"),
            DisableAnonymousSignature = reader.Flag("disable_anonymous_signature", devMode),
            DisableCoordinates = reader.Flag("disable_coordinates"),
            TranslateWanAddresses = reader.Flag("translate_wan_addrs"),
            Protocol = reader.Int("protocol", 2),
        };
    }

    public ServerConfig Server() => new()
    {
        Enabled = _server,
        Bootstrap = reader.Flag("bootstrap"),
        BootstrapExpect = reader.Int("bootstrap_expect"),
        SessionTtlMin = OrDefault("session_ttl_min", TimeSpan.FromSeconds(10)),
        RpcHoldTimeout = reader.Duration("performance.rpc_hold_timeout", TimeSpan.FromSeconds(7)),
        LeaveDrainTime = reader.Duration("performance.leave_drain_time", TimeSpan.FromSeconds(5)),
        DefaultQueryTime = reader.Duration("default_query_time", TimeSpan.FromSeconds(300)),
        MaxQueryTime = reader.Duration("max_query_time", TimeSpan.FromSeconds(600)),
        EnableStreaming = reader.Flag("rpc.enable_streaming", _server),
        UseStreamingBackend = reader.Flag("use_streaming_backend", true),
        HealthInterval = devMode ? TimeSpan.FromMilliseconds(10) : TimeSpan.FromSeconds(2),
    };

    public RaftConfig Raft()
    {
        int multiplier = reader.Int("performance.raft_multiplier", devMode ? 1 : 5);
        if (multiplier is < 1 or > 10)
        {
            throw new ConfigException($"performance.raft_multiplier cannot be {multiplier}. Must be between 1 and 10");
        }

        int protocol = reader.Int("raft_protocol", 3);
        if (protocol is not (0 or 3))
        {
            throw new ConfigException($"raft_protocol version {protocol} is not supported by this version of Consul");
        }

        var defaults = new RaftConfig();
        return new RaftConfig
        {
            Multiplier = multiplier,
            SnapshotInterval = OrDefault("raft_snapshot_interval", defaults.SnapshotInterval),
            SnapshotThreshold = reader.Long("raft_snapshot_threshold") is > 0 and var threshold ? threshold : defaults.SnapshotThreshold,
            TrailingLogs = reader.Long("raft_trailing_logs") is > 0 and var trailing ? trailing : defaults.TrailingLogs,
        };
    }

    public AutopilotConfig Autopilot() => new()
    {
        CleanupDeadServers = reader.Flag("autopilot.cleanup_dead_servers", true),
        LastContactThreshold = reader.Duration("autopilot.last_contact_threshold", TimeSpan.FromMilliseconds(200)),
        MaxTrailingLogs = (ulong)Math.Max(0, reader.Int("autopilot.max_trailing_logs", 250)),
        MinQuorum = (uint)Math.Max(0, reader.Int("autopilot.min_quorum")),
        ServerStabilizationTime = reader.Duration("autopilot.server_stabilization_time", TimeSpan.FromSeconds(10)),
        RedundancyZoneTag = reader.Text("autopilot.redundancy_zone_tag"),
        DisableUpgradeMigration = reader.Flag("autopilot.disable_upgrade_migration"),
        UpgradeVersionTag = reader.Text("autopilot.upgrade_version_tag"),
    };

    public CheckConfig Checks()
    {
        bool scripts = reader.Flag("enable_script_checks");
        return new CheckConfig
        {
            EnableRemoteScripts = scripts,
            EnableLocalScripts = reader.Flag("enable_local_script_checks", scripts),
            UpdateInterval = reader.Duration("check_update_interval", TimeSpan.FromMinutes(5)),
            OutputMaxSize = reader.Int("check_output_max_size", 4096),
            DiscardOutput = reader.Flag("discard_check_output"),
            EnableAgentTls = reader.Flag("enable_agent_tls_for_checks"),
        };
    }

    public GossipConfig Gossip() => new()
    {
        Lan = Pool("gossip_lan", new GossipPoolConfig(), "serf_lan_allowed_cidrs"),
        Wan = Pool("gossip_wan", GossipPoolConfig.WanDefaults, "serf_wan_allowed_cidrs"),
        EncryptKey = reader.Text("encrypt"),
        EncryptVerifyIncoming = reader.Flag("encrypt_verify_incoming", true),
        EncryptVerifyOutgoing = reader.Flag("encrypt_verify_outgoing", true),
        DisableKeyringFile = reader.Flag("disable_keyring_file", devMode),
        ReconnectTimeoutLan = reader.Duration("reconnect_timeout"),
        ReconnectTimeoutWan = reader.Duration("reconnect_timeout_wan"),
        AdvertiseReconnectTimeout = reader.Duration("advertise_reconnect_timeout"),
    };

    public JoinConfig Join() => new()
    {
        StartLan = reader.ExpandAll("start_join"),
        StartWan = reader.ExpandAll("start_join_wan"),
        RetryLan = reader.ExpandAll("retry_join"),
        RetryWan = reader.ExpandAll("retry_join_wan"),
        RetryIntervalLan = reader.Duration("retry_interval", TimeSpan.FromSeconds(30)),
        RetryIntervalWan = reader.Duration("retry_interval_wan", TimeSpan.FromSeconds(30)),
        RetryMaxLan = reader.Int("retry_max"),
        RetryMaxWan = reader.Int("retry_max_wan"),
        RejoinAfterLeave = reader.Flag("rejoin_after_leave"),
    };

    public TlsConfig Tls()
    {
        bool hostname = reader.Flag("verify_server_hostname");
        return new TlsConfig
        {
            CaFile = reader.Text("ca_file"),
            CaPath = reader.Text("ca_path"),
            CertFile = reader.Text("cert_file"),
            KeyFile = reader.Text("key_file"),
            ServerName = reader.Text("server_name"),
            MinVersion = reader.Text("tls_min_version", "tls12"),
            CipherSuites = CipherSuiteNames.Read(reader),
            PreferServerCipherSuites = reader.Flag("tls_prefer_server_cipher_suites"),
            VerifyIncoming = reader.Flag("verify_incoming"),
            VerifyIncomingRpc = reader.Flag("verify_incoming_rpc"),
            VerifyIncomingHttps = reader.Flag("verify_incoming_https"),
            VerifyOutgoing = reader.Flag("verify_outgoing") || hostname,
            VerifyServerHostname = hostname,
        };
    }

    public LoggingConfig Logging() => new()
    {
        Level = reader.Text("log_level", devMode ? "DEBUG" : "INFO"),
        Json = reader.Flag("log_json"),
        File = reader.Text("log_file"),
        RotateDuration = reader.Duration("log_rotate_duration"),
        RotateBytes = reader.Long("log_rotate_bytes"),
        RotateMaxFiles = reader.Int("log_rotate_max_files"),
        Syslog = reader.Flag("enable_syslog"),
        SyslogFacility = reader.Text("syslog_facility", "LOCAL0"),
    };

    private string NodeName() => reader.Has("node_name") ? reader.Text("node_name").Trim() : environment.HostName().Trim();

    private TimeSpan OrDefault(string path, TimeSpan value) => reader.Duration(path) is var set && set > TimeSpan.Zero ? set : value;

    private GossipPoolConfig Pool(string block, GossipPoolConfig defaults, string cidrs)
    {
        TimeSpan fast = TimeSpan.FromMilliseconds(100);
        IReadOnlyList<IPNetwork> allowed = reader.Cidrs(cidrs, faults => $"{cidrs}: {ErrorList.Format(faults)}");
        return new GossipPoolConfig
        {
            GossipInterval = reader.Duration($"{block}.gossip_interval", devMode ? fast : defaults.GossipInterval),
            GossipNodes = reader.Int($"{block}.gossip_nodes", defaults.GossipNodes),
            ProbeInterval = reader.Duration($"{block}.probe_interval", devMode ? fast : defaults.ProbeInterval),
            ProbeTimeout = reader.Duration($"{block}.probe_timeout", devMode ? fast : defaults.ProbeTimeout),
            SuspicionMult = reader.Int($"{block}.suspicion_mult", devMode ? 3 : defaults.SuspicionMult),
            RetransmitMult = reader.Int($"{block}.retransmit_mult", defaults.RetransmitMult),
            AllowedCidrs = reader.Has(cidrs) ? allowed : null,
        };
    }
}
