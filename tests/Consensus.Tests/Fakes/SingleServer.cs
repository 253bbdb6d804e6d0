using System.Text;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Consensus.Tests.Fakes;

/// <summary>One Raft node that is its whole cluster, over fakes.</summary>
internal sealed class SingleServer : IAsyncDisposable
{
    public static readonly ClusterConfiguration Alone = new([new RaftServer(Suffrage.Voter, "a", "127.0.0.1:8300")]);

    private readonly TimerWheel _timers = new();

    /// <param name="machine">Used instead of <see cref="Machine"/>.</param>
    /// <param name="store">Used instead of <see cref="Log"/>.</param>
    public SingleServer(
        FakeLogStore? log = null,
        FakeSnapshotStore? snapshots = null,
        Func<RaftOptions, RaftOptions>? configure = null,
        IStateMachine? machine = null,
        ILogStore? store = null)
    {
        Log = log ?? new FakeLogStore();
        Snapshots = snapshots ?? new FakeSnapshotStore();
        RaftOptions options = new() { ServerId = "a", ServerAddress = "127.0.0.1:8300", Seed = 1 };
        Node = new RaftNode(
            configure?.Invoke(options) ?? options,
            store ?? Log,
            Snapshots,
            machine ?? Machine,
            _timers,
            TimeProvider.System,
            NullLogger.Instance);
    }

    public FakeLogStore Log { get; }

    public FakeSnapshotStore Snapshots { get; }

    public FakeMachine Machine { get; } = new();

    public RaftNode Node { get; }

    public static async Task<SingleServer> StartAsync(
        FakeLogStore? log = null,
        FakeSnapshotStore? snapshots = null,
        Func<RaftOptions, RaftOptions>? configure = null,
        IStateMachine? machine = null,
        ILogStore? store = null)
    {
        SingleServer server = new(log, snapshots, configure, machine, store);
        await server.Node.StartAsync(Alone);
        await UntilAsync(() => server.Node.Status.Role == RaftRole.Leader && server.Node.Status.CommitIndex == server.Node.Status.LastLogIndex);
        return server;
    }

    public static async Task UntilAsync(Func<bool> condition, string? what = null)
    {
        DateTime deadline = DateTime.UtcNow.AddSeconds(10);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, what ?? "the condition was not met within 10 s");
            await Task.Delay(2);
        }
    }

    public static byte[] Command(string text) => Encoding.ASCII.GetBytes(text);

    public Task<ProposalResult> ProposeAsync(string text) => Node.ProposeAsync(Command(text)).AsTask();

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _timers.Dispose();
    }
}
