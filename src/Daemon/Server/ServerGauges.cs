using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Server.Leader;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Daemon.Server;

/// <summary>Reports how far a server has come every second, and how much it holds every few of them.</summary>
internal sealed class ServerGauges : IDisposable
{
    /// <summary>Counting may group what has changed; each interval of the metrics still gets two looks.</summary>
    private const int SecondsPerCount = 5;

    private readonly IServerContext _server;
    private readonly SessionTimers _sessions;
    private readonly IMembership _members;
    private readonly IMetrics _metrics;
    private readonly MetricLabel _datacenter;
    private readonly IMetricSeries _nodes;
    private readonly IMetricSeries _services;
    private readonly IMetricSeries _instances;
    private readonly IMetricSeries _kvEntries;
    private readonly IMetricSeries _clients;
    private readonly IMetricSeries _servers;
    private ITimer? _timer;
    private int _seconds;

    public ServerGauges(IServerContext server, SessionTimers sessions, IMembership members, IMetrics metrics)
    {
        _server = server;
        _sessions = sessions;
        _members = members;
        _metrics = metrics;
        _datacenter = new MetricLabel("datacenter", server.Datacenter);
        _nodes = Gauge("consul.state.nodes");
        _services = Gauge("consul.state.services");
        _instances = Gauge("consul.state.service_instances");
        _kvEntries = Gauge("consul.state.kv_entries");
        _clients = Gauge("consul.members.clients");
        _servers = Gauge("consul.members.servers");
    }

    public void Start() => _timer = _server.Time.CreateTimer(
        static state => ((ServerGauges)state!).Emit(), this, TimeSpan.Zero, TimeSpan.FromSeconds(1));

    public void Dispose() => _timer?.Dispose();

    private IMetricSeries Gauge(string name) => _metrics.Series(MetricKind.Gauge, name, _datacenter);

    private void Emit()
    {
        RaftStatus status = _server.Consensus.Status;
        _metrics.SetGauge("raft.applied_index", status.AppliedIndex);
        _metrics.SetGauge("raft.last_index", status.LastLogIndex);
        _metrics.SetGauge("session_ttl.active", _sessions.Count);
        if (_seconds++ % SecondsPerCount != 0) return;
        StateCounts counts = _server.Store.Current.Counts();
        _nodes.Record(counts.Nodes);
        _services.Record(counts.Services);
        _instances.Record(counts.Instances);
        _kvEntries.Record(counts.KvEntries);
        _clients.Record(_members.Members.Count(static member => IsAlive(member, "node")));
        _servers.Record(_members.Members.Count(static member => IsAlive(member, "consul")));
    }

    private static bool IsAlive(Member member, string role) => member.Status == MemberStatus.Alive && member.Tag("role") == role;
}
