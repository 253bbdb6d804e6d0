using Consul.Fast.Consensus.Node;
using Consul.Fast.Consensus.Tests.Fakes;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Consensus.Tests.Node;

public sealed class ClusterTests : IAsyncDisposable
{
    private static readonly string[] Ids = ["a", "b", "c"];

    private readonly MemoryNetwork _network = new();
    private readonly TimerWheel _timers = new();
    private readonly Dictionary<string, FakeMachine> _machines = [];
    private readonly Dictionary<string, RaftNode> _nodes = [];

    [Fact]
    public async Task Three_nodes_agree_and_go_on_without_their_leader()
    {
        foreach (string id in Ids) await StartAsync(id);
        string first = await LeaderAsync();
        ProposalResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(i => _nodes[first].ProposeAsync(SingleServer.Command($"p{i}")).AsTask()));
        Assert.All(results, r => Assert.Null(r.Error));
        Assert.Null(await _nodes[first].VerifyLeaderAsync());
        await ConvergeAsync(Ids, 200);

        _network.CutOff(first);
        // A write that only the old leader has is lost with its leadership.
        ValueTask<ProposalResult> lost = _nodes[first].ProposeAsync(SingleServer.Command("lost"));
        string[] rest = [.. Ids.Where(id => id != first)];
        await SingleServer.UntilAsync(() => rest.Any(id => _nodes[id].Status.Role == RaftRole.Leader));
        string second = rest.Single(id => _nodes[id].Status.Role == RaftRole.Leader);
        Assert.Null((await _nodes[second].ProposeAsync(SingleServer.Command("after"))).Error);
        await ConvergeAsync(rest, 201);
        Assert.Equal(RaftErrors.LeadershipLost, (await lost).Error);
        Assert.Equal(RaftErrors.NotLeader, await _nodes[first].VerifyLeaderAsync());
        Assert.DoesNotContain("lost", _machines[second].Applied);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RaftNode node in _nodes.Values) await node.DisposeAsync();
        _timers.Dispose();
    }

    private async Task StartAsync(string id)
    {
        FakeLogStore log = new();
        RaftOptions options = new()
        {
            ServerId = id,
            ServerAddress = CoreBed.Address(id),
            Timings = RaftTimings.ForMultiplier(1),
            StopTimeout = TimeSpan.FromMilliseconds(200),
            Seed = id[0],
        };
        _machines[id] = new FakeMachine();
        _nodes[id] = new RaftNode(
            options,
            log,
            new FakeSnapshotStore(),
            _machines[id],
            _timers,
            TimeProvider.System,
            NullLogger.Instance,
            _network.Connect(id, log));
        await _nodes[id].StartAsync(CoreBed.Cluster(Ids));
    }

    private async Task<string> LeaderAsync()
    {
        await SingleServer.UntilAsync(() => _nodes.Values.Any(n => n.Status.Role == RaftRole.Leader && n.Status.CommitIndex >= 2));
        return _nodes.Single(n => n.Value.Status.Role == RaftRole.Leader).Key;
    }

    private async Task ConvergeAsync(string[] ids, int count)
    {
        await SingleServer.UntilAsync(() => ids.All(id => _machines[id].Applied.Count == count));
        Assert.All(ids, id => Assert.Equal(_machines[ids[0]].Applied, _machines[id].Applied));
    }
}
