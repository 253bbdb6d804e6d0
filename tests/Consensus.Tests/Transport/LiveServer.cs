using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Tests.Fakes;
using Consul.Fast.Consensus.Transport;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Consul.Fast.Storage.Log;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>A Raft server on a real port; its stores outlive it.</summary>
internal sealed class LiveServer : IAsyncDisposable
{
    private readonly TimerWheel _timers;
    private readonly ILogger _logger;
    private readonly RaftPort _port;

    /// <param name="port">An earlier server's port; 0 for any.</param>
    public LiveServer(
        string id, TimerWheel timers, Func<string, string?>? addressOf = null,
        MemoryRaftLog? log = null, FakeSnapshotStore? snapshots = null, int port = 0, ILogger? logger = null)
    {
        Id = id;
        _timers = timers;
        _logger = logger ?? NullLogger.Instance;
        Log = log ?? new MemoryRaftLog();
        Snapshots = snapshots ?? new FakeSnapshotStore();
        _port = new RaftPort(timers, port: port);
        Transport = new RaftTransport(new RaftTransportSettings
        {
            Log = Log,
            Snapshots = Snapshots,
            Dialer = new TcpDialer(),
            Datacenter = "dc1",
            AddressOf = addressOf ?? (static _ => null),
            Timers = timers,
            Logger = _logger,
            Timeout = TimeSpan.FromSeconds(2),
        });
        _port.Serve = Transport.ServeAsync;
        Node = new RaftNode(Options, Log, Snapshots, Machine, timers, TimeProvider.System, _logger, Transport);
    }

    public string Id { get; }

    public MemoryRaftLog Log { get; }

    public FakeSnapshotStore Snapshots { get; }

    public FakeMachine Machine { get; } = new();

    public RaftTransport Transport { get; }

    public RaftNode Node { get; }

    public RaftPort Port => _port;

    public RaftServer Server => new(Suffrage.Voter, Id, _port.Address);

    public bool Leads => Node.Status.Role == RaftRole.Leader;

    private RaftOptions Options => new()
    {
        ServerId = Id,
        ServerAddress = _port.Address,
        Timings = RaftTimings.ForMultiplier(1),
        StopTimeout = TimeSpan.FromMilliseconds(200),
        Seed = Id[0],
        Snapshots = new SnapshotPolicy(TimeSpan.FromHours(1), 1_000_000, 4),
    };

    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync();
        await Node.DisposeAsync();
        await _port.DisposeAsync();
    }
}
