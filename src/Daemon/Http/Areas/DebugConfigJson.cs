using System.Text.Json;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Server.Leader;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>
/// The dump of the configuration in <c>agent/self</c>, under the names that tools look for: keys in order, durations and
/// addresses as texts, secrets hidden.
/// </summary>
internal static class DebugConfigJson
{
    private static readonly KeyValuePair<string, Func<AgentConfig, object>>[] Settings =
    [
        new("ACLDefaultPolicy", static c => c.Acl.DefaultPolicy),
        new("ACLDownPolicy", static c => c.Acl.DownPolicy),
        new("ACLEnableTokenPersistence", static c => c.Acl.EnableTokenPersistence),
        new("ACLMasterToken", static c => Hidden(c.Acl.Tokens.Master)),
        new("ACLPolicyTTL", static c => c.Acl.PolicyTtl),
        new("ACLRoleTTL", static c => c.Acl.RoleTtl),
        new("ACLTokenReplication", static c => c.Acl.EnableTokenReplication),
        new("ACLTokenTTL", static c => c.Acl.TokenTtl),
        new("ACLTokens", static c =>
            Group(("ACLAgentToken", Hidden(c.Acl.Tokens.Agent)), ("ACLDefaultToken", Hidden(c.Acl.Tokens.Default)))),
        new("ACLsEnabled", static c => c.Acl.Enabled),
        new("AEInterval", static c => c.Checks.AntiEntropyInterval),
        new("AdvertiseAddrLAN", static c => c.Addresses.AdvertiseLan.ToString()),
        new("AdvertiseAddrWAN", static c => c.Addresses.AdvertiseWan.ToString()),
        new("AllowWriteHTTPFrom", static c => c.Http.AllowWriteFrom.Select(static n => n.ToString())),
        new("AutopilotCleanupDeadServers", static c => c.Autopilot.CleanupDeadServers),
        new("AutopilotDisableUpgradeMigration", static c => c.Autopilot.DisableUpgradeMigration),
        new("AutopilotLastContactThreshold", static c => c.Autopilot.LastContactThreshold),
        new("AutopilotMaxTrailingLogs", static c => (long)c.Autopilot.MaxTrailingLogs),
        new("AutopilotMinQuorum", static c => (long)c.Autopilot.MinQuorum),
        new("AutopilotRedundancyZoneTag", static c => c.Autopilot.RedundancyZoneTag),
        new("AutopilotServerStabilizationTime", static c => c.Autopilot.ServerStabilizationTime),
        new("AutopilotUpgradeVersionTag", static c => c.Autopilot.UpgradeVersionTag),
        new("BindAddr", static c => c.Addresses.Bind.ToString()),
        new("Bootstrap", static c => c.Server.Bootstrap),
        new("BootstrapExpect", static c => c.Server.BootstrapExpect),
        new("CAFile", static c => c.Tls.CaFile),
        new("CAPath", static c => c.Tls.CaPath),
        new("CertFile", static c => c.Tls.CertFile),
        new("CheckDeregisterIntervalMin", static c => c.Checks.DeregisterIntervalMin),
        new("CheckOutputMaxSize", static c => c.Checks.OutputMaxSize),
        new("CheckReapInterval", static c => c.Checks.ReapInterval),
        new("CheckUpdateInterval", static c => c.Checks.UpdateInterval),
        new("Checks", static c => c.CheckDefinitions.Select(static d => d.Id.Length > 0 ? d.Id : d.Name)),
        new("ClientAddrs", static c => c.Addresses.Client.Select(static a => a.EndPoint?.Address.ToString() ?? "unix://" + a.UnixPath)),
        new("ConnectEnabled", static c => false),
        new("ConnectSidecarMaxPort", static c => c.Ports.SidecarMax),
        new("ConnectSidecarMinPort", static c => c.Ports.SidecarMin),
        new("ConsulServerHealthInterval", static c => AutopilotIntervals.Of(c).Update),
        new("DNSAddrs", static c => c.Addresses.Dns.SelectMany(static a => (string[])[$"tcp://{a}", $"udp://{a}"])),
        new("DNSAllowStale", static c => c.Dns.AllowStale),
        new("DNSAltDomain", static c => c.Dns.AltDomain),
        new("DNSDisableCompression", static c => c.Dns.DisableCompression),
        new("DNSDomain", static c => c.Dns.Domain),
        new("DNSEnableTruncate", static c => c.Dns.EnableTruncate),
        new("DNSMaxStale", static c => c.Dns.MaxStale),
        new("DNSNodeTTL", static c => c.Dns.NodeTtl),
        new("DNSOnlyPassing", static c => c.Dns.OnlyPassing),
        new("DNSPort", static c => c.Ports.Dns),
        new("DNSRecursors", static c => c.Dns.Recursors),
        new("DNSServiceTTL", static c => Map(c.Dns.ServiceTtl)),
        new("DNSUDPAnswerLimit", static c => c.Dns.UdpAnswerLimit),
        new("DataDir", static c => c.Node.DataDir),
        new("Datacenter", static c => c.Node.Datacenter),
        new("DefaultQueryTime", static c => c.Server.DefaultQueryTime),
        new("DevMode", static c => c.Node.DevMode),
        new("DisableAnonymousSignature", static c => c.Node.DisableAnonymousSignature),
        new("DisableCoordinates", static c => c.Node.DisableCoordinates),
        new("DisableHostNodeID", static c => c.Node.DisableHostNodeId),
        new("DisableRemoteExec", static c => c.Node.DisableRemoteExec),
        new("DisableUpdateCheck", static c => c.Node.DisableUpdateCheck),
        new("DiscardCheckOutput", static c => c.Checks.DiscardOutput),
        new("DiscoveryMaxStale", static c => c.Http.DiscoveryMaxStale),
        new("EnableAgentTLSForChecks", static c => c.Checks.EnableAgentTls),
        new("EnableDebug", static c => c.Node.EnableDebug),
        new("EnableLocalScriptChecks", static c => c.Checks.EnableLocalScripts),
        new("EnableRemoteScriptChecks", static c => c.Checks.EnableRemoteScripts),
        new("EncryptKey", static c => Hidden(c.Gossip.EncryptKey)),
        new("EncryptVerifyIncoming", static c => c.Gossip.EncryptVerifyIncoming),
        new("EncryptVerifyOutgoing", static c => c.Gossip.EncryptVerifyOutgoing),
        new("GRPCAddrs", static c => c.Addresses.Grpc.Select(Address)),
        new("GRPCPort", static c => c.Ports.Grpc),
        new("HTTPAddrs", static c => c.Addresses.Http.Select(Address)),
        new("HTTPBlockEndpoints", static c => c.Http.BlockEndpoints),
        new("HTTPMaxConnsPerClient", static c => c.Limits.HttpMaxConnectionsPerClient),
        new("HTTPMaxHeaderBytes", static c => c.Http.MaxHeaderBytes),
        new("HTTPPort", static c => c.Ports.Http),
        new("HTTPResponseHeaders", static c => Map(c.Http.ResponseHeaders)),
        new("HTTPSAddrs", static c => c.Addresses.Https.Select(Address)),
        new("HTTPSPort", static c => c.Ports.Https),
        new("HTTPUseCache", static c => c.Http.UseCache),
        new("KVMaxValueSize", static c => c.Limits.KvMaxValueSize),
        new("KeyFile", static c => Hidden(c.Tls.KeyFile)),
        new("LeaveDrainTime", static c => c.Server.LeaveDrainTime),
        new("LeaveOnTerm", static c => c.Node.LeaveOnTerminate),
        new("Logging", static c => Group(("LogJSON", c.Logging.Json), ("LogLevel", c.Logging.Level), ("LogFilePath", c.Logging.File))),
        new("MaxQueryTime", static c => c.Server.MaxQueryTime),
        new("NodeID", static c => c.Node.Id),
        new("NodeMeta", static c => Map(c.Node.Meta)),
        new("NodeName", static c => c.Node.Name),
        new("PidFile", static c => c.Node.PidFile),
        new("PrimaryDatacenter", static c => c.Node.PrimaryDatacenter),
        new("RPCAdvertiseAddr", static c => $"tcp://{c.Addresses.RpcAdvertise}"),
        new("RPCBindAddr", static c => $"tcp://{c.Addresses.RpcBind}"),
        new("RPCHoldTimeout", static c => c.Server.RpcHoldTimeout),
        new("RPCMaxBurst", static c => c.Limits.RpcMaxBurst),
        new("RPCMaxConnsPerClient", static c => c.Limits.RpcMaxConnectionsPerClient),
        new("RPCProtocol", static c => c.Node.Protocol),
        new("RPCRateLimit", static c => c.Limits.RpcRate),
        new("RaftProtocol", static c => c.Raft.Protocol),
        new("RaftSnapshotInterval", static c => c.Raft.SnapshotInterval),
        new("RaftSnapshotThreshold", static c => c.Raft.SnapshotThreshold),
        new("RaftTrailingLogs", static c => c.Raft.TrailingLogs),
        new("ReconnectTimeoutLAN", static c => c.Gossip.ReconnectTimeoutLan),
        new("ReconnectTimeoutWAN", static c => c.Gossip.ReconnectTimeoutWan),
        new("RejoinAfterLeave", static c => c.Join.RejoinAfterLeave),
        new("RetryJoinIntervalLAN", static c => c.Join.RetryIntervalLan),
        new("RetryJoinIntervalWAN", static c => c.Join.RetryIntervalWan),
        new("RetryJoinLAN", static c => c.Join.RetryLan),
        new("RetryJoinMaxAttemptsLAN", static c => c.Join.RetryMaxLan),
        new("RetryJoinMaxAttemptsWAN", static c => c.Join.RetryMaxWan),
        new("RetryJoinWAN", static c => c.Join.RetryWan),
        new("Revision", static c => ""),
        new("SegmentName", static c => ""),
        new("SerfAdvertiseAddrLAN", static c => $"tcp://{c.Addresses.SerfLanAdvertise}"),
        new("SerfAdvertiseAddrWAN", static c => c.Addresses.SerfWanAdvertise is { } wan ? $"tcp://{wan}" : ""),
        new("SerfBindAddrLAN", static c => $"tcp://{c.Addresses.SerfLanBind}"),
        new("SerfBindAddrWAN", static c => c.Addresses.SerfWanBind is { } bind ? $"tcp://{bind}" : ""),
        new("SerfPortLAN", static c => c.Ports.SerfLan),
        new("SerfPortWAN", static c => c.Ports.SerfWan),
        new("ServerMode", static c => c.Server.Enabled),
        new("ServerName", static c => c.Tls.ServerName),
        new("ServerPort", static c => c.Ports.Server),
        new("Services", static c => c.ServiceDefinitions.Select(static d => d.Id.Length > 0 ? d.Id : d.Name)),
        new("SessionTTLMin", static c => c.Server.SessionTtlMin),
        new("SkipLeaveOnInt", static c => c.Node.SkipLeaveOnInterrupt),
        new("StartJoinAddrsLAN", static c => c.Join.StartLan),
        new("StartJoinAddrsWAN", static c => c.Join.StartWan),
        new("TLSMinVersion", static c => c.Tls.MinVersion),
        new("TaggedAddresses", static c => Map(c.Addresses.Tagged)),
        new("Telemetry", static c =>
            Group(("DisableHostname", c.Telemetry.DisableHostname), ("FilterDefault", c.Telemetry.FilterDefault), ("MetricsPrefix",
                c.Telemetry.MetricsPrefix))),
        new("TranslateWANAddrs", static c => c.Node.TranslateWanAddresses),
        new("TxnMaxReqLen", static c => c.Limits.TxnMaxRequestLength),
        new("UIConfig", static c =>
            Group(("ContentPath", c.Ui.ContentPath), ("Enabled", c.Ui.Enabled), ("MetricsProvider", c.Ui.MetricsProvider))),
        new("UnixSocketGroup", static c => c.Http.UnixSockets.Group),
        new("UnixSocketUser", static c => c.Http.UnixSockets.User),
        new("UseStreamingBackend", static c => c.Server.UseStreamingBackend),
        new("VerifyIncoming", static c => c.Tls.VerifyIncoming),
        new("VerifyIncomingHTTPS", static c => c.Tls.VerifyIncomingHttps),
        new("VerifyIncomingRPC", static c => c.Tls.VerifyIncomingRpc),
        new("VerifyOutgoing", static c => c.Tls.VerifyOutgoing),
        new("VerifyServerHostname", static c => c.Tls.VerifyServerHostname),
        new("Version", static c => ConsulVersion.ApiLevel),
        new("VersionPrerelease", static c => ""),
    ];

    public static void Write(Utf8JsonWriter writer, AgentConfig config)
    {
        writer.WriteStartObject();
        foreach ((string name, Func<AgentConfig, object> read) in Settings)
        {
            writer.WritePropertyName(name);
            Write(writer, read(config));
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case TimeSpan duration:
                writer.WriteStringValue(GoDuration.Format(duration));
                break;
            case IEnumerable<string> list:
                writer.WriteStartArray();
                foreach (string item in list) writer.WriteStringValue(item);
                writer.WriteEndArray();
                break;
            case IEnumerable<KeyValuePair<string, object>> map:
                writer.WriteStartObject();
                foreach ((string key, object item) in map)
                {
                    writer.WritePropertyName(key);
                    Write(writer, item);
                }

                writer.WriteEndObject();
                break;
            default:
                throw new InvalidOperationException($"a setting of type {value.GetType()} has no form");
        }
    }

    private static IEnumerable<KeyValuePair<string, object>> Group(params (string Name, object Value)[] settings) =>
        settings.Select(static setting => new KeyValuePair<string, object>(setting.Name, setting.Value));

    private static IEnumerable<KeyValuePair<string, object>> Map(IEnumerable<KeyValuePair<string, string>> pairs) =>
        pairs.Select(static pair => new KeyValuePair<string, object>(pair.Key, pair.Value));

    private static IEnumerable<KeyValuePair<string, object>> Map(IEnumerable<KeyValuePair<string, TimeSpan>> pairs) =>
        pairs.Select(static pair => new KeyValuePair<string, object>(pair.Key, pair.Value));

    private static string Address(ListenAddress address) =>
        address.UnixPath is { } path ? $"unix://{path}" : $"tcp://{address.EndPoint}";

    private static string Hidden(string secret) => secret.Length == 0 ? "" : "hidden";
}
