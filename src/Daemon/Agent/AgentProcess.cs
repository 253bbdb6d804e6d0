using Consul.Fast.Daemon.Agent.Lifecycle;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Tls;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent;

/// <summary>
/// A whole agent in this process: everything is created, connected, started and stopped here, in Consul's order, and
/// nothing else knows all the parts.
/// </summary>
internal sealed class AgentProcess : IAgentProcess, IAgentControl
{
    /// <summary>What requests under way get to end at shutdown; waiting queries would take minutes.</summary>
    private static readonly TimeSpan HttpDrainTime = TimeSpan.FromSeconds(1);

    private readonly AgentProcessContext _context;
    private readonly ILogger _logger;
    private readonly TimerWheel _timers;
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _reloading = new(1, 1);
    private readonly GossipPools _pools;
    private readonly ClusterJoin _join;
    private readonly TlsContext _tls;
    private readonly ServerNode? _server;
    private readonly ClientNode? _client;
    private readonly LocalAgentHost _local;
    private readonly HttpServer _http;
    private readonly CoordinateSender? _coordinates;
    private readonly Lazy<Task> _leave;
    private volatile AgentConfig _config;

    /// <exception cref="IOException">The data directory cannot be opened; the message is for the user.</exception>
    public AgentProcess(AgentProcessContext context)
    {
        HttpServer.PreferInlineCompletions();
        AgentConfig config = context.Config;
        _context = context;
        _config = config;
        _leave = new Lazy<Task>(LeaveOnceAsync);
        _logger = context.Logging.CreateLogger("agent");
        _timers = new TimerWheel(context.Time);
        _pools = new GossipPools(config, context.Time, context.Logging);
        _join = ClusterJoin.Of(_pools, config, context.Time, context.Logging, () => _ended.TrySetResult(Cli.ExitCode.Error));
        _tls = AgentTls.Load(config, context.Logging.CreateLogger("agent.tlsutil"));
        if (config.Server.Enabled)
        {
            _server = new ServerNode(
                config, _pools.Lan, _pools.Wan, _tls, _timers, context.Time, context.Metrics, context.Logging);
        }
        else
        {
            _client = new ClientNode(config, () => _pools.Lan.Members.Count, _tls, _timers, context.Time, context.Metrics, context.Logging);
        }

        RpcServices services = _server?.Services ?? _client!.Services;
        _local = new LocalAgentHost(
            config, config.Node.Id, services.Catalog, services.Health, () => _pools.Lan.Members.Count, _timers, context.Metrics,
            context.Logging);
        ListenToPools();
        var events = new UserEvents(config.Node.Name, _local.Agent.State.Services, config.Node.DisableRemoteExec, _logger);
        _pools.Announcements.UserEventFired += events.Take;
        _coordinates = config.Node.DisableCoordinates ? null : CoordinateSenderOf(services.Coordinate);
        _http = new HttpServer(
            ApiRoutes.Create(services, _local.Agent, events, this, () => _config, context),
            HttpSettings.From(config),
            context.Logging.CreateLogger("agent.http"));
    }

    public Task<int> Ended => _ended.Task;

    public IMembership Lan => _pools.Lan;

    public IMembership? Wan => _pools.Wan;

    public async Task StartAsync(CancellationToken cancellation)
    {
        await _pools.StartAsync(_server?.Listen() ?? 0);
        if (_server is not null) await _server.StartAsync();
        _client?.Start();
        if (_local.Load() is { } fault) throw new ConfigException(fault);
        cancellation.ThrowIfCancellationRequested();
        await _http.StartAsync(cancellation);
        _join.StartRetrying();
        await _join.JoinAtStartAsync(cancellation);
        _local.Start();
        _coordinates?.Start();
    }

    public async Task<string?> ReloadAsync(AgentConfig config)
    {
        await _reloading.WaitAsync();
        try
        {
            if (!_tls.TryReload(AgentTls.Settings(config), out string? unusable))
                return $"Failed reloading tls configuration: {unusable}";
            if (_local.Reload(config) is { } fault) return fault;
            _config = config;
            _context.ReloadTelemetry(config);
            _server?.Reload(config);
            _client?.Reload(config);
            _http.Reload(HttpSettings.From(config));
            return null;
        }
        finally
        {
            _reloading.Release();
        }
    }

    public Task LeaveAsync() => _leave.Value;

    async Task<string?> IAgentControl.ReloadAsync()
    {
        try
        {
            return await ReloadAsync(_context.ReadConfig());
        }
        catch (ConfigException e)
        {
            return e.Message;
        }
    }

    async Task<string?> IAgentControl.LeaveAsync()
    {
        await LeaveAsync();
        _ended.TrySetResult(Cli.ExitCode.Success);
        return null;
    }

    Task<string?> IAgentControl.JoinAsync(string address, bool wan, CancellationToken cancellation) =>
        _join.JoinAsync(address, wan, cancellation);

    Task<string?> IAgentControl.ForceLeaveAsync(string node, bool prune) => _pools.ForceLeaveAsync(node, prune);

    async Task<CoordinatePoint?> IAgentControl.PlaceAsync() => await _pools.Lan.CoordinateAsync() is { } place
        ? new CoordinatePoint(place.Vec, place.Error, place.Adjustment, place.Height) : null;

    async Task<IReadOnlyList<StatGroup>> IAgentControl.StatsAsync() =>
        [.. _server is null ? [_client!.Stats] : ServerStats.Of(_server, _config), .. await _pools.StatsAsync()];

    /// <summary>Connects what happens in the LAN pool with the parts that it concerns.</summary>
    private void ListenToPools()
    {
        if (_server is not null)
        {
            _pools.LanEvents.MemberChanged += _server.OnMemberEvent;
            _server.Elected += _pools.AnnounceLeader;
        }
        else
        {
            var finder = new ServerFinder(_client!.Servers, _config.Node.Datacenter, _context.Logging.CreateLogger("agent.client"));
            finder.ServerUp += _local.Agent.Syncer.TriggerFull;
            _pools.LanEvents.MemberChanged += finder.OnMemberEvent;
        }

        var metrics = new PoolMetrics(_context.Metrics);
        _pools.LanEvents.MemberChanged += metrics.OnMemberEvent;
        _pools.WanEvents.MemberChanged += metrics.OnMemberEvent;
        _pools.LanEvents.UserEventFired += metrics.OnUserEvent;
        _pools.Announcements.LeaderElected += _local.Agent.Syncer.TriggerFull;
    }

    private CoordinateSender CoordinateSenderOf(ICoordinates servers)
    {
        var options = new CoordinateSenderOptions
        {
            Datacenter = _config.Node.Datacenter,
            Node = _config.Node.Name,
            IntervalMin = _config.Checks.SyncCoordinateIntervalMin,
            RateTarget = _config.Checks.SyncCoordinateRateTarget,
        };
        return new CoordinateSender(_pools.Lan, servers, options, () => _local.Tokens.Agent, _context.Time, _logger);
    }

    private async Task LeaveOnceAsync()
    {
        if (_server is null) PoolLog.ClientLeaves(_logger);
        else PoolLog.ServerLeaves(_logger);
        await _join.DisposeAsync();
        if (_server is not null) await _server.PrepareLeaveAsync();
        await _pools.LeaveAsync();
        if (_server is not null) await _server.LeaveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        ProcessLog.ShuttingDown(_logger);
        if (_coordinates is not null) await _coordinates.DisposeAsync();
        await _local.DisposeAsync();
        await _join.DisposeAsync();
        await _pools.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        if (_client is not null) await _client.DisposeAsync();
        ProcessLog.Down(_logger, _server is null ? "client" : "server");
        using (var drain = new CancellationTokenSource(HttpDrainTime)) await _http.StopAsync(drain.Token);
        await _http.DisposeAsync();
        _timers.Dispose();
        _reloading.Dispose();
        ProcessLog.ShutDown(_logger);
    }
}
