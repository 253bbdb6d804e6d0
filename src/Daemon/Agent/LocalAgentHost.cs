using Consul.Fast.Daemon.Agent.Local;
using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Agent.Sync;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent;

/// <summary>
/// Builds the parts that look after this agent's services and checks, and runs them: <see cref="Load"/> first, then
/// <see cref="Start"/> when the RPC services answer.
/// </summary>
internal sealed class LocalAgentHost : IAsyncDisposable
{
    /// <summary>Metadata that every node has.</summary>
    private const string SegmentKey = "consul-network-segment";

    private readonly CheckEnvironment _environment;
    private readonly CatalogSync _sync;
    private readonly CriticalServiceReaper _reaper;
    private readonly CancellationTokenSource _stop = new();
    private AgentConfig _config;
    private Task _syncing = Task.CompletedTask;

    /// <param name="nodeId">The node's UUID.</param>
    /// <param name="clusterSize">Members of the LAN pool.</param>
    public LocalAgentHost(
        AgentConfig config, string nodeId, ICatalog catalog, IHealth health, Func<int> clusterSize, TimerWheel wheel, IMetrics metrics,
        ILoggerFactory loggers)
    {
        _config = config;
        ILogger logger = loggers.CreateLogger("agent");
        Tokens = new TokenStore { User = config.Acl.Tokens.Default, Agent = config.Acl.Tokens.Agent };
        var state = new LocalState(new LocalStateOptions(config.Node.Name, config.Checks.UpdateInterval), wheel)
        {
            DiscardCheckOutput = config.Checks.DiscardOutput,
        };
        var identity = new NodeIdentity(
            nodeId, config.Node.Name, config.Addresses.AdvertiseLan.ToString(), config.Node.Datacenter, config.Addresses.Tagged);
        _sync = new CatalogSync(state, catalog, health, identity, Tokens, metrics, logger);
        var syncer = new StateSyncer(
            _sync, new SyncIntervals { Full = config.Checks.AntiEntropyInterval }, clusterSize, wheel.Time,
            loggers.CreateLogger("agent.anti_entropy"));
        state.SyncWanted = syncer.TriggerChanges;
        _environment = new CheckEnvironment(wheel, logger, state, state, health) { OutputMaxSize = config.Checks.OutputMaxSize };
        var checks = new CheckSet(_environment, config.Node.Name, id => TokenOf(state, id), catalog);
        AgentStore? store = config.Node.DevMode || config.Node.DataDir.Length == 0
            ? null : new AgentStore(config.Node.DataDir, wheel.Time, logger);
        var settings = new AgentSettings
        {
            EnableLocalScripts = config.Checks.EnableLocalScripts,
            EnableRemoteScripts = config.Checks.EnableRemoteScripts,
            DeregisterIntervalMin = config.Checks.DeregisterIntervalMin,
        };
        Agent = new LocalAgent(settings, state, syncer, checks, store, logger);
        _reaper = new CriticalServiceReaper(Agent, wheel, config.Checks.ReapInterval, logger);
    }

    public LocalAgent Agent { get; }

    public TokenStore Tokens { get; }

    /// <summary>Registers what the configuration and the data directory hold; the text of the fault, or null.</summary>
    public string? Load() => Agent.Load(Definitions(_config));

    /// <summary>Starts anti-entropy and the removal of services that are critical for too long.</summary>
    public void Start()
    {
        _reaper.Start();
        _syncing = Task.Run(() => Agent.Syncer.RunAsync(_stop.Token));
    }

    /// <summary>Applies a new configuration; the text of the fault, or null.</summary>
    public string? Reload(AgentConfig config)
    {
        _config = config;
        Tokens.User = config.Acl.Tokens.Default;
        Tokens.Agent = config.Acl.Tokens.Agent;
        Agent.State.DiscardCheckOutput = config.Checks.DiscardOutput;
        return Agent.Reload(Definitions(config));
    }

    /// <summary>Stops everything. What is registered stays in the catalog.</summary>
    public async ValueTask DisposeAsync()
    {
        _reaper.Stop();
        Agent.StopChecks();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _syncing.ConfigureAwait(false);
        _environment.Dispose();
        _sync.Dispose();
        _stop.Dispose();
    }

    private string TokenOf(LocalState state, string checkId)
    {
        string own = state.CheckToken(checkId);
        return own.Length > 0 ? own : Tokens.User;
    }

    private static ConfiguredDefinitions Definitions(AgentConfig config) => new(
        config.ServiceDefinitions, config.CheckDefinitions,
        SortedMap<string>.Create(config.Node.Meta.Append(new KeyValuePair<string, string>(SegmentKey, ""))));
}
