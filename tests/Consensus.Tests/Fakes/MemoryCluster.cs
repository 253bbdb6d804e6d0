using Consul.Fast.Consensus.Node;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Consensus.Tests.Fakes;

/// <summary>Several Raft nodes in one process, over fakes.</summary>
internal sealed class MemoryCluster(params string[] ids) : IAsyncDisposable
{
    private readonly TimerWheel _timers = new();
    private readonly Dictionary<string, Server> _servers = [];

    public MemoryNetwork Network { get; } = new();

    public IReadOnlyList<string> Ids => ids;

    public RaftTimings Timings { get; init; } = RaftTimings.ForMultiplier(1);

    public SnapshotPolicy Snapshots { get; init; } = new(TimeSpan.FromHours(1), 1_000_000, 0);

    /// <summary>The first configuration; all of them as voters unless given.</summary>
    public ClusterConfiguration? First { get; init; }

    /// <summary>Changes the settings of a server.</summary>
    public Func<RaftOptions, RaftOptions>? Configure { get; init; }

    public Server this[string id] => _servers[id];

    public static async Task<MemoryCluster> StartAsync(params string[] ids)
    {
        MemoryCluster cluster = new(ids);
        await cluster.StartAllAsync();
        return cluster;
    }

    public async Task StartAllAsync()
    {
        foreach (string id in ids) await StartAsync(id);
    }

    /// <summary>Starts a server, or starts it again with what its stores hold.</summary>
    public async Task StartAsync(string id, bool bootstrap = true)
    {
        Server? before = _servers.GetValueOrDefault(id);
        Server server = new(before?.Log ?? new FakeLogStore(), before?.Snapshots ?? new FakeSnapshotStore());
        RaftOptions options = new()
        {
            ServerId = id,
            ServerAddress = CoreBed.Address(id),
            Timings = Timings,
            Snapshots = Snapshots,
            StopTimeout = TimeSpan.FromMilliseconds(200),
            Seed = id[0],
        };
        server.Node = new RaftNode(
            Configure?.Invoke(options) ?? options, server.Log, server.Snapshots, server.Machine, _timers, TimeProvider.System, NullLogger.Instance,
            Network.Connect(id, server.Log, server.Snapshots));
        _servers[id] = server;
        await server.Node.StartAsync(bootstrap ? First ?? CoreBed.Cluster([.. ids]) : null);
    }

    public async Task StopAsync(string id)
    {
        Network.Remove(id);
        await _servers[id].Node.DisposeAsync();
    }

    /// <summary>Waits for a leader of a majority and gives its id.</summary>
    public async Task<string> LeaderAsync(params string[] among)
    {
        IEnumerable<string> candidates = among.Length == 0 ? ids : among;
        string? leader = null;
        await SingleServer.UntilAsync(() =>
        {
            leader = candidates.FirstOrDefault(id => IsEstablished(_servers[id].Status));
            return leader is not null;
        }, "no leader within 10 s");
        return leader!;
    }

    private static bool IsEstablished(RaftStatus status) =>
        status.Role == RaftRole.Leader && status.LastLogTerm == status.Term && status.CommitIndex >= 2;

    public async Task ProposeAsync(string leader, int count, string prefix = "p")
    {
        ProposalResult[] results = await Task.WhenAll(
            Enumerable.Range(0, count).Select(i => this[leader].Node.ProposeAsync(SingleServer.Command($"{prefix}{i}")).AsTask()));
        Assert.All(results, r => Assert.Null(r.Error));
    }

    /// <summary>Waits until the servers have applied the same, with so many commands.</summary>
    public async Task ConvergeAsync(int count, params string[] among)
    {
        string[] of = among.Length == 0 ? [.. ids] : among;
        await SingleServer.UntilAsync(
            () => of.All(id => this[id].Machine.Applied.Count == count),
            "not all have applied everything within 10 s");
        Assert.All(of, id => Assert.Equal(this[of[0]].Machine.Applied, this[id].Machine.Applied));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Server server in _servers.Values) await server.Node.DisposeAsync();
        _timers.Dispose();
    }

    internal sealed class Server(FakeLogStore log, FakeSnapshotStore snapshots)
    {
        public FakeLogStore Log => log;

        public FakeSnapshotStore Snapshots => snapshots;

        public FakeMachine Machine { get; } = new();

        public RaftNode Node { get; set; } = null!;

        public RaftStatus Status => Node.Status;
    }
}
