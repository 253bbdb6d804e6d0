using System.Globalization;
using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Daemon.Server.Forwarding;
using Consul.Fast.Daemon.Server.Leader;
using Consul.Fast.Daemon.Server.Port;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// The server part of an agent: log, state, consensus, the leader's duties and the RPC services on top. Wired here, in one
/// place; started once, disposed once.
/// </summary>
internal sealed class ServerNode : IServerContext, IAsyncDisposable
{
    /// <summary>For the calls that run when a leaving server closes its port; waiting queries would take minutes.</summary>
    private static readonly TimeSpan PortDrainTime = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection to another server stays without a call, and how many streams wait in it.</summary>
    private static readonly TimeSpan PoolIdleTime = TimeSpan.FromSeconds(120);
    private const int PoolIdleStreams = 64;

    /// <summary>How often reported coordinates are written.</summary>
    private static readonly TimeSpan CoordinatePeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CoordinatePeriodDev = TimeSpan.FromMilliseconds(100);

    private readonly AgentConfig _config;
    private readonly IGossipPool _lan;
    private readonly IGossipPool? _wan;
    private readonly WanMap _wanMap;
    private readonly ServerLookup _servers;
    private readonly CoordinateBatcher _coordinates;
    private readonly ILogger _logger;
    private readonly ServerStorage _storage;
    private readonly RaftTransport _transport;
    private readonly RaftNode _raft;
    private readonly Bootstrapper? _bootstrapper;
    private readonly Departure _departure;
    private readonly LeaderLoop _leader;
    private readonly ServerAutopilot _autopilot;
    private readonly ServerGauges _gauges;
    private readonly RpcPort _port;
    private readonly SnapshotService _snapshots;
    private readonly KeyringService _keyrings;
    private readonly ServerRoutes _routes;
    private volatile bool _leaving;

    /// <summary>Opens what is on disk; the node takes no part in anything before <see cref="StartAsync"/>.</summary>
    /// <exception cref="IOException">The data directory is damaged, in use, unwritable, or from a newer version.</exception>
    public ServerNode(
        AgentConfig config,
        IGossipPool lan,
        IGossipPool? wan,
        TlsContext tls,
        TimerWheel timers,
        TimeProvider time,
        IMetrics metrics,
        ILoggerFactory loggers)
    {
        _config = config;
        _lan = lan;
        _wan = wan;
        _wanMap = new WanMap(wan, config.Node.Datacenter);
        _servers = new ServerLookup(config.Node.Datacenter);
        Time = time;
        Metrics = metrics;
        ILogger logger = _logger = loggers.CreateLogger("agent.server");
        _storage = ServerStorage.Open(config, time, loggers);
        Store = new StateStore(new WatchHub(timers), time, metrics);
        TcpDialer tcp = OwnDialer.CreateTcp(config, tls);
        ILogger raftLogger = loggers.CreateLogger("agent.server.raft");
        _transport = TransportOf(tcp, timers, raftLogger);
        _raft = new RaftNode(
            RaftSettings.From(config) with { Metrics = metrics }, _storage.Log, _storage.Snapshots, Store, timers, time, raftLogger,
            _transport);
        _departure = new Departure(_raft, _servers, config.Node.Id, time, logger);
        var commands = new CommandProposer(_raft);
        var dialer = new RpcDialer(tcp);
        Pool = PoolOf(dialer, timers, loggers);
        _autopilot = new ServerAutopilot(config, _raft, lan, wan, Store, commands, AskStatsAsync, time, metrics, loggers);
        var sessions = new SessionTimers(Store, commands, timers, logger);
        _leader = LeaderOf(commands, sessions);
        _gauges = new ServerGauges(this, sessions, lan, metrics);
        Options = new ServerOptions
        {
            RpcHoldTimeout = config.Server.RpcHoldTimeout,
            DefaultQueryTime = config.Server.DefaultQueryTime,
            MaxQueryTime = config.Server.MaxQueryTime,
            SessionTtlMin = config.Server.SessionTtlMin,
        };
        var gate = new LeaderGate(this);
        _snapshots = new SnapshotService(
            this, gate, _storage.Snapshots, _storage.TemporaryDirectory, _leader.RetakeAsync,
                loggers.CreateLogger("agent.server.snapshot"));
        _keyrings = new KeyringService(lan, wan, config.Node.Datacenter);
        _coordinates = new CoordinateBatcher(
            commands, config.Node.DevMode ? CoordinatePeriodDev : CoordinatePeriod, time, loggers.CreateLogger("agent.server.coordinate"));
        RpcServices local = ServerServices.Create(
            this, gate, commands, sessions,
            new OperatorService(this, commands, _autopilot.Loop, loggers.CreateLogger("agent.server.operator")),
            _snapshots, new EventService(lan, gate), _keyrings, _coordinates, _wanMap);
        _routes = new ServerRoutes(config, this, gate, _servers, local, Pool, dialer, logger);
        _port = new RpcPort(config, _routes.Others, _transport, tls, timers, metrics, loggers);
        if (config.Server.BootstrapExpect > 0)
        {
            _bootstrapper = new Bootstrapper(
                new BootstrapSettings(config.Server.BootstrapExpect, Datacenter), lan, HasRaftState, AskForPeersAsync,
                _raft.BootstrapAsync, time, logger);
        }
    }

    private RpcPool PoolOf(RpcDialer dialer, TimerWheel timers, ILoggerFactory loggers) => new(
        dialer,
        new RpcPoolSettings { Datacenter = Datacenter, IdleStreamsMax = PoolIdleStreams, IdleTime = PoolIdleTime },
        timers,
        loggers.CreateLogger("agent.server.rpc"));

    private LeaderLoop LeaderOf(CommandProposer commands, SessionTimers sessions) => new(
        _raft,
        sessions,
        new TombstoneReaper(Store, commands, Time, _logger),
        new MemberReconciler(_lan, Store, commands, Datacenter, _logger, Metrics, _autopilot.Membership, _servers),
        Time,
        _logger,
        Metrics,
        [_autopilot.Loop]);

    private RaftTransport TransportOf(TcpDialer dialer, TimerWheel timers, ILogger logger) => new(new RaftTransportSettings
    {
        Log = _storage.Log,
        Snapshots = _storage.Snapshots,
        Dialer = dialer,
        Datacenter = Datacenter,
        AddressOf = _servers.AddressOf,
        Timers = timers,
        Logger = logger,
        Metrics = Metrics,
    });

    /// <summary>Raised when this server begins to lead.</summary>
    public event Action? Elected
    {
        add => _leader.Elected += value;
        remove => _leader.Elected -= value;
    }

    public StateStore Store { get; }

    public IConsensus Consensus => _raft;

    public ServerOptions Options { get; }

    public TimeProvider Time { get; }

    public IMetrics Metrics { get; }

    /// <summary>The services for this agent's own calls.</summary>
    public RpcServices Services => _routes.Own;

    /// <summary>Connections to the other servers.</summary>
    public RpcPool Pool { get; }

    public string Datacenter => _config.Node.Datacenter;

    public IReadOnlyList<string> Datacenters => KnownDatacenters.Of(Datacenter, _wan);

    public ValueTask<IReadOnlyList<string>> DatacentersByDistanceAsync() => _wanMap.DatacentersByDistanceAsync();

    public string NodeName => _config.Node.Name;

    public bool ConsistentReadReady => _leader.ConsistentReadReady && !_snapshots.IsReplacing;

    public bool IsLeaving => _leaving;

    public ServerIdentity? FindServer(string raftId) => (_servers.ById(raftId) ?? FindDeparted(raftId)) is { } server
        ? new ServerIdentity(server.Name, server.RaftVersion.ToString(CultureInfo.InvariantCulture)) : null;

    /// <summary>A server that has left stays in the configuration until the leader has removed it.</summary>
    private ServerTags? FindDeparted(string raftId)
    {
        foreach (Member member in _lan.Members)
        {
            if (ServerTags.TryRead(member, out ServerTags server) && server.Id == raftId) return server;
        }

        return null;
    }

    /// <summary>Opens the port; returns it, with what the system made of port 0.</summary>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public int Listen() => _port.Start();

    /// <summary>Takes part, after <see cref="Listen"/> and once the pools are entered.</summary>
    public async Task StartAsync()
    {
        _servers.Refresh(_lan);
        _leader.Start();
        _gauges.Start();
        _coordinates.Start();
        await _raft.StartAsync(RaftSettings.Bootstrap(_config));
        _bootstrapper?.Start();
    }

    /// <summary>Something happened in the LAN pool. Does not wait.</summary>
    public void OnMemberEvent(MemberEvent happened)
    {
        _servers.OnMemberEvent(happened);
        if (ServerTags.TryRead(happened.Member, out ServerTags server) && server.Segment.Length == 0)
        {
            if (happened.Kind == MemberEventKind.Join) ServerLog.LanServerAdded(_logger, server.ToString());
            else if (happened.Kind == MemberEventKind.Update) ServerLog.LanServerUpdated(_logger, server.ToString());
            else ServerLog.LanServerRemoved(_logger, server.ToString());
            if (happened.Kind is MemberEventKind.Join or MemberEventKind.Update) _bootstrapper?.OnServerNews();
        }

        _leader.OnMemberChanged(happened.Member, happened.Kind == MemberEventKind.Reap);
    }

    /// <summary>Applies what may change while running.</summary>
    public void Reload(AgentConfig config)
    {
        _raft.SnapshotPolicy = RaftSettings.Snapshots(config);
        _routes.Reload(config);
        _port.Reload(config);
    }

    /// <summary>Hands leadership over, before the pools are left.</summary>
    public Task PrepareLeaveAsync() => _departure.HandOverAsync();

    /// <summary>
    /// Refuses new calls, gives those under way the drain time to end, and waits until the others have taken this server out of
    /// their cluster. The pools have been left.
    /// </summary>
    public async Task LeaveAsync()
    {
        _leaving = true;
        ServerLog.WaitingToDrain(_logger, GoDuration.Format(_config.Server.LeaveDrainTime));
        await Task.Delay(_config.Server.LeaveDrainTime, Time);
        await _departure.AwaitRemovalAsync();
        await _port.DrainAsync(PortDrainTime);
    }

    private bool HasRaftState()
    {
        RaftStatus status = _raft.Status;
        return status.LastLogIndex != 0 || status.LastSnapshotIndex != 0;
    }

    private async ValueTask<RpcResult<IReadOnlyList<string>>> AskForPeersAsync(ServerTags server, CancellationToken cancellation)
    {
        var address = new RpcServerAddress(server.Datacenter, server.ShortName, server.Address, server.Version);
        var request = new DcSpecificRequest { Datacenter = Datacenter };
        RpcResponse<RpcResult<IReadOnlyList<string>>> response =
            await Pool.CallAsync(address, StatusMethods.Peers.Call, request, cancellation);
        return response.Error is { } error ? RpcResult<IReadOnlyList<string>>.Fail(error) : response.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _routes.DisposeAsync();
        await _port.DisposeAsync();
        await Pool.DisposeAsync();
        _gauges.Dispose();
        await _coordinates.DisposeAsync();
        if (_bootstrapper is not null) await _bootstrapper.DisposeAsync();
        await _leader.DisposeAsync();
        await _raft.DisposeAsync();
        await _transport.DisposeAsync();
        // An operator's call may have waited for its turn until now.
        _autopilot.Dispose();
        _snapshots.Dispose();
        _keyrings.Dispose();
        _storage.Dispose();
    }

    /// <summary>Asks another server how far it has come.</summary>
    private async ValueTask<RpcResult<RaftStats>> AskStatsAsync(ServerTags server, CancellationToken cancellation)
    {
        RpcResponse<RpcResult<RaftStats>> response =
            await Pool.CallAsync(server.RpcAddress, StatusMethods.RaftStats.Call, default(RpcNothing), cancellation);
        return response.Error is { } error ? RpcResult<RaftStats>.Fail(error) : response.Value;
    }
}
