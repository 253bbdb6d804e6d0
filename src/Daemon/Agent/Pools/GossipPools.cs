using System.Text;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>
/// The gossip pools of this agent: the LAN pool of its datacenter and, on a server, the WAN pool of all servers. Made at once, so
/// that others can hold them; started and disposed once. The events of a pool go through <see cref="LanEvents"/> and
/// <see cref="WanEvents"/>, nobody else reads them.
/// </summary>
internal sealed class GossipPools : IAsyncDisposable
{
    private readonly AgentConfig _config;
    private readonly OwnPool _lan;
    private readonly OwnPool? _wan;
    private readonly WanFlooder? _flooder;
    private readonly PoolKeyring? _lanKeys;
    private readonly PoolKeyring? _wanKeys;
    private readonly ILogger _logger;
    private readonly ILogger _lanLogger;
    private readonly ILogger _wanLogger;

    /// <exception cref="ConfigException">The encryption key or a keyring file cannot be used.</exception>
    public GossipPools(AgentConfig config, TimeProvider time, ILoggerFactory loggers)
    {
        _config = config;
        (_lanKeys, _wanKeys) = PoolKeyring.Load(config, time, loggers.CreateLogger("agent"));
        string role = config.Server.Enabled ? "server" : "client";
        _logger = loggers.CreateLogger($"agent.{role}");
        _lanLogger = loggers.CreateLogger($"agent.{role}.serf.lan");
        _wanLogger = loggers.CreateLogger($"agent.{role}.serf.wan");
        Member self = LocalMember.Create(config);
        _lan = new OwnPool(self, _lanKeys?.Keys);
        LanEvents = new PoolEvents(_lanLogger);
        WanEvents = new PoolEvents(_wanLogger);
        Announcements = new ConsulEvents(_logger);
        LanEvents.UserEventFired += Announcements.OnUserEvent;
        if (!config.Server.Enabled || config.Addresses.SerfWanBind is null) return;
        _wan = new OwnPool(LocalMember.CreateWan(config, self), _wanKeys?.Keys);
        _flooder = new WanFlooder(_lan, _wan, config.Node.Datacenter, time, _logger);
        LanEvents.MemberChanged += _flooder.OnMemberEvent;
    }

    public OwnPool Lan => _lan;

    /// <summary>Null on a client, and on a server without WAN port.</summary>
    public OwnPool? Wan => _wan;

    public PoolEvents LanEvents { get; }

    /// <summary>Silent without WAN pool.</summary>
    public PoolEvents WanEvents { get; }

    /// <summary>The events fired in the LAN pool, sorted by what they mean.</summary>
    public ConsulEvents Announcements { get; }

    /// <summary>Enters the pools, alone at first; the WAN pool before the LAN pool, whose tags name its port.</summary>
    /// <param name="rpcPort">Where a server serves calls, with the port that the system chose; 0 on a client.</param>
    /// <exception cref="IOException">An address is taken, or a snapshot cannot be used; the message is for the user.</exception>
    public async Task StartAsync(int rpcPort)
    {
        int wanPort = 0;
        if (_wan is not null)
        {
            Member self = LocalMember.CreateWan(_config, LocalMember.Create(_config, rpcPort));
            GossipNodeOptions wan = PoolOptions.Wan(_config, self) with { KeyringChanged = _wanKeys?.Changed };
            wanPort = await StartAsync(_wan, wan, _wanLogger, "WAN Serf");
            WanEvents.Start(_wan.Events);
        }

        Member local = LocalMember.Create(_config, rpcPort, wanPort);
        GossipNodeOptions lan = PoolOptions.Lan(_config, local) with { KeyringChanged = _lanKeys?.Changed };
        await StartAsync(_lan, lan, _lanLogger, _config.Server.Enabled ? "LAN Serf" : "lan serf");
        LanEvents.Start(_lan.Events);
        _flooder?.Start();
    }

    /// <summary>Tells the LAN pool that this server leads. Does not wait.</summary>
    public async void AnnounceLeader()
    {
        try
        {
            byte[] name = Encoding.UTF8.GetBytes(_config.Node.Name);
            string? error = await _lan.FireEventAsync(ConsulEvents.NewLeader, name, canCoalesce: false);
            if (error is not null) PoolLog.LeaderNotAnnounced(_logger, error);
        }
        catch (OperationCanceledException)
        {
            // The agent stops, and with it its leadership.
        }
    }

    /// <summary>Leaves for good, the WAN pool first; a fault is logged and does not hold up the rest.</summary>
    public async Task LeaveAsync()
    {
        if (_wan is not null) await LeaveAsync(_wan, "WAN");
        await LeaveAsync(_lan, "LAN");
    }

    /// <summary>
    /// Makes the pools treat a failed member as one that left. A server tells both pools; the name may come with or without its
    /// datacenter. Null, or the fault.
    /// </summary>
    /// <param name="prune">Forget it as well.</param>
    public async Task<string?> ForceLeaveAsync(string node, bool prune)
    {
        PoolLog.ForceLeaving(_logger, node);
        if (!_lan.Members.Any(member => member.Name == node)) return $"agent: No node found with name '{node}'";
        string? fault = await ForcedDeparture.AnnounceAsync(_lan, _wan, _config.Node.Datacenter, node, prune);
        if (fault is not null) PoolLog.NotRemoved(_logger, node, fault);
        return fault;
    }

    /// <summary>The figures of the pools: the groups <c>serf_lan</c> and <c>serf_wan</c>.</summary>
    public async Task<IReadOnlyList<StatGroup>> StatsAsync()
    {
        var lan = new StatGroup("serf_lan", [.. await _lan.StatisticsAsync()]);
        return _wan is null ? [lan] : [lan, new StatGroup("serf_wan", [.. await _wan.StatisticsAsync()])];
    }

    public async ValueTask DisposeAsync()
    {
        if (_flooder is not null) await _flooder.DisposeAsync();
        await _lan.DisposeAsync();
        await LanEvents.Reading;
        if (_lanKeys is not null) await _lanKeys.DisposeAsync();
        if (_wan is null) return;
        await _wan.DisposeAsync();
        await WanEvents.Reading;
        if (_wanKeys is not null) await _wanKeys.DisposeAsync();
    }

    private async Task<int> StartAsync(OwnPool pool, GossipNodeOptions options, ILogger logger, string what)
    {
        try
        {
            if (options.SnapshotPath is { } path) Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return (await pool.StartAsync(options, logger)).Port;
        }
        catch (IOException fault)
        {
            string role = _config.Server.Enabled ? "server" : "client";
            throw new IOException($"Failed to start Consul {role}: Failed to start {what}: {fault.Message}", fault);
        }
    }

    private async Task LeaveAsync(OwnPool pool, string name)
    {
        if (!await pool.LeaveAsync()) PoolLog.LeaveFailed(_logger, name, PoolFaults.LeaveTimeout);
    }
}
