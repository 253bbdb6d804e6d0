using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Config;

/// <summary>
/// What the agent runs with: all sources merged, defaults filled in, derived values computed, everything validated.
/// Immutable; a reload builds a new one. The defaults of the parts are Consul's, so <c>new AgentConfig()</c> with a few
/// properties set serves tests.
/// </summary>
internal sealed record AgentConfig
{
    public NodeConfig Node { get; init; } = new();

    public ServerConfig Server { get; init; } = new();

    /// <summary>Timing and size of the Raft part.</summary>
    public RaftConfig Raft { get; init; } = new();

    public AutopilotConfig Autopilot { get; init; } = new();

    public AddressConfig Addresses { get; init; } = new();

    public PortConfig Ports { get; init; } = new();

    public HttpConfig Http { get; init; } = new();

    public DnsConfig Dns { get; init; } = new();

    public LimitConfig Limits { get; init; } = new();

    public CheckConfig Checks { get; init; } = new();

    public GossipConfig Gossip { get; init; } = new();

    public JoinConfig Join { get; init; } = new();

    public TlsConfig Tls { get; init; } = new();

    public AclConfig Acl { get; init; } = new();

    public TelemetryConfig Telemetry { get; init; } = new();

    public LoggingConfig Logging { get; init; } = new();

    public UiConfig Ui { get; init; } = new();

    /// <summary>Services from files, in the order they are loaded; of equal ids the later one wins.</summary>
    public IReadOnlyList<ServiceDefinition> ServiceDefinitions { get; init; } = [];

    /// <summary>Checks from files that stand outside a service.</summary>
    public IReadOnlyList<CheckDefinition> CheckDefinitions { get; init; } = [];

    /// <summary>Watches as written; the watch part checks their fields.</summary>
    public IReadOnlyList<FreeMap> Watches { get; init; } = [];
}
