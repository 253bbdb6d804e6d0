using Consul.Fast.Daemon.Agent.Local;
using Consul.Fast.Daemon.Agent.Persistence;
using Consul.Fast.Daemon.Agent.Sync;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Telemetry.Logging;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent;

/// <summary>
/// A whole agent in this process: everything is created, connected, started and stopped here, in Consul's order, and
/// nothing else knows all the parts.
/// </summary>
internal sealed class AgentProcess : IAgentProcess, IAgentControl
{
    private static readonly TimeSpan HttpDrainTime = TimeSpan.FromSeconds(1);

    private readonly AgentLogging _logging;
    private readonly MetricsRegistry _metrics;
    private readonly Func<Task<(AgentConfig? Config, string? Error)>> _readConfig;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TimerWheel _timers;
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _reloading = new(1, 1);
    private readonly LocalMembership _lan;
    private readonly LocalMembership? _wan;
    private readonly ServerNode? _server;
    private readonly CheckEnvironment _checkEnvironment;
    private readonly CatalogSync _catalogSync;
    private readonly TokenStore _tokens = new();
    private readonly LocalAgent _agent;
    private readonly CriticalServiceReaper _reaper;
    private readonly HttpServer _http;
    private volatile AgentConfig _config;
    private Task _syncing = Task.CompletedTask;

    /// <param name="readConfig">Reads the configuration again from where it came from, for a reload through the API.</param>
    /// <exception cref="IOException">The data directory cannot be opened; the message is for the user.</exception>
    public AgentProcess(
        AgentConfig config,
        AgentLogging logging,
        MetricsRegistry metrics,
        Func<Task<(AgentConfig? Config, string? Error)>> readConfig,
        TimeProvider? time = null)
    {
        _config = config;
        _logging = logging;
        _metrics = metrics;
        _readConfig = readConfig;
        _time = time ?? TimeProvider.System;
        _timers = new TimerWheel(_time);
        _logger = logging.CreateLogger("agent");
        Member local = LocalMember.Create(config);
        _lan = new LocalMembership(local);
        if (config.Server.Enabled && config.Addresses.SerfWanAdvertise is not null) _wan = new LocalMembership(LocalMember.CreateWan(config, local));
        if (config.Server.Enabled) _server = new ServerNode(config, _lan, _timers, _time, logging);
        RpcServices services = _server?.Services ?? DisconnectedServices.Create();

        var state = new LocalState(new LocalStateOptions(config.Node.Name, config.Checks.UpdateInterval), _timers)
        {
            DiscardCheckOutput = config.Checks.DiscardOutput,
        };
        SetTokens(config);
        _catalogSync = new CatalogSync(state, services.Catalog, services.Health, Identity(config), _tokens, metrics, _logger);
        var syncer = new StateSyncer(
            _catalogSync,
            new SyncIntervals { Full = config.Checks.AntiEntropyInterval },
            () => _lan.Members.Count,
            _time,
            _logger);
        state.SyncWanted = syncer.TriggerChanges;
        _checkEnvironment = new CheckEnvironment(_timers, _logger, state, state, services.Health)
        {
            OutputMaxSize = config.Checks.OutputMaxSize,
        };
        var checks = new CheckSet(_checkEnvironment, config.Node.Name, state.CheckToken, services.Catalog);
        AgentStore? store = config.Node.DataDir.Length == 0 ? null : new AgentStore(config.Node.DataDir, _time, _logger);
        _agent = new LocalAgent(Settings(config), state, syncer, checks, store, _logger);
        _reaper = new CriticalServiceReaper(_agent, _timers, config.Checks.ReapInterval, _logger);
        if (_server is not null) _server.Established += syncer.TriggerFull;
        _http = new HttpServer(
            ApiRoutes.Create(services, _agent, this, () => _config, metrics, logging, _time),
            HttpSettings.From(config),
            logging.CreateLogger("agent.http"));
    }

    public Task<int> Ended => _ended.Task;

    public IMembership Lan => _lan;

    public IMembership? Wan => _wan;

    public async Task StartAsync(CancellationToken cancellation)
    {
        if (_server is not null) await _server.StartAsync();
        if (_agent.Load(Definitions(_config)) is { } fault) throw new ConfigException(fault);
        _reaper.Start();
        cancellation.ThrowIfCancellationRequested();
        await _http.StartAsync(cancellation);
        _syncing = Task.Run(() => _agent.Syncer.RunAsync(_stop.Token), CancellationToken.None);
        ProcessLog.Running(_logger);
    }

    public async Task<string?> ReloadAsync(AgentConfig config)
    {
        await _reloading.WaitAsync();
        try
        {
            ProcessLog.Reloading(_logger);
            if (_agent.Reload(Definitions(config)) is { } fault) return fault;
            _config = config;
            SetTokens(config);
            _agent.State.DiscardCheckOutput = config.Checks.DiscardOutput;
            if (LogLevels.TryParse(config.Logging.Level, out LogLevel level)) _logging.Level = level;
            _metrics.Reload(config.Telemetry);
            _server?.Reload(config);
            _http.Reload(HttpSettings.From(config));
            return null;
        }
        finally
        {
            _reloading.Release();
        }
    }

    public async Task LeaveAsync()
    {
        ProcessLog.Leaving(_logger);
        if (_server is not null) await _server.LeaveAsync();
    }

    async Task<string?> IAgentControl.ReloadAsync()
    {
        (AgentConfig? config, string? error) = await _readConfig();
        return config is null ? error : await ReloadAsync(config);
    }

    async Task<string?> IAgentControl.LeaveAsync()
    {
        await LeaveAsync();
        _ended.TrySetResult(0);
        return null;
    }

    Task<string?> IAgentControl.JoinAsync(string address, bool wan, CancellationToken cancellation) =>
        Task.FromResult<string?>($"1 error occurred:\n\t* Failed to join {address}: gossip is not available in this version\n\n");

    Task<string?> IAgentControl.ForceLeaveAsync(string node, bool prune) =>
        Task.FromResult(node == _lan.Local.Name ? null : $"agent: No node found with name '{node}'");

    IEnumerable<StatGroup> IAgentControl.Stats()
    {
        IEnumerable<StatGroup> server = _server is null ? [DisconnectedServices.Stats(_config)] : ServerStats.Of(_server, _config);
        IEnumerable<StatGroup> pools = [PoolStats.Of("serf_lan", _lan)];
        if (_wan is not null) pools = pools.Append(PoolStats.Of("serf_wan", _wan));
        return server.Concat(pools);
    }

    public async ValueTask DisposeAsync()
    {
        ProcessLog.ShuttingDown(_logger);
        await _stop.CancelAsync();
        _reaper.Stop();
        _agent.StopChecks();
        await _syncing;
        using (var drain = new CancellationTokenSource(HttpDrainTime)) await _http.StopAsync(drain.Token);
        await _http.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        ProcessLog.Down(_logger, _server is null ? "client" : "server");
        _checkEnvironment.Dispose();
        _catalogSync.Dispose();
        _timers.Dispose();
        _stop.Dispose();
        _reloading.Dispose();
        ProcessLog.ShutDown(_logger);
    }

    private static AgentSettings Settings(AgentConfig config) => new()
    {
        EnableLocalScripts = config.Checks.EnableLocalScripts,
        EnableRemoteScripts = config.Checks.EnableRemoteScripts,
        DeregisterIntervalMin = config.Checks.DeregisterIntervalMin,
        ReapInterval = config.Checks.ReapInterval,
    };

    private static ConfiguredDefinitions Definitions(AgentConfig config) =>
        new(config.ServiceDefinitions, config.CheckDefinitions, config.Node.Meta);

    private static NodeIdentity Identity(AgentConfig config) => new(
        config.Node.Id,
        config.Node.Name,
        config.Addresses.AdvertiseLan.ToString(),
        config.Node.Datacenter,
        config.Addresses.Tagged);

    private void SetTokens(AgentConfig config)
    {
        _tokens.User = config.Acl.Tokens.Default;
        _tokens.Agent = config.Acl.Tokens.Agent;
    }
}
