using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Interop.Tests.Raft;

/// <summary>Three servers, some of ours and some in Go, that were bootstrapped together.</summary>
internal sealed class MixedCluster : IAsyncDisposable
{
    private readonly List<IRaftPeer> _alive = [];
    private readonly List<string> _written = [];
    private int _next;

    public IReadOnlyList<IRaftPeer> Alive => _alive;

    public IEnumerable<GoRaftPeer> Theirs => _alive.OfType<GoRaftPeer>();

    public IEnumerable<OwnRaftPeer> Ours => _alive.OfType<OwnRaftPeer>();

    /// <param name="theirs">How many of the three are in Go.</param>
    public static async Task<MixedCluster> StartAsync(int theirs)
    {
        MixedCluster cluster = new();
        for (int i = 0; i < 3; i++) cluster._alive.Add(i < theirs ? await GoRaftPeer.StartAsync($"go{i}") : new OwnRaftPeer($"own{i}"));
        foreach (IRaftPeer peer in cluster._alive) await peer.BootstrapAsync(cluster._alive);
        await cluster.LeaderAsync();
        return cluster;
    }

    /// <summary>The leader, once a quorum has confirmed that it is.</summary>
    public async Task<IRaftPeer> LeaderAsync()
    {
        IRaftPeer? leader = null;
        await Until.True(
            async () =>
            {
                leader = null;
                foreach (IRaftPeer peer in _alive)
                {
                    if (await peer.LeadsAsync() && await peer.VerifyAsync() is null) leader = peer;
                }

                return leader is not null;
            },
            "a leader");
        return leader!;
    }

    /// <summary>Hands leadership to a server, as often as it takes.</summary>
    public async Task LeadAsync(IRaftPeer target)
    {
        string? error = null;
        await Until.True(
            async () =>
            {
                IRaftPeer leader = await LeaderAsync();
                if (leader == target) return true;
                error = await leader.TransferAsync(target);
                return await LeaderAsync() == target;
            },
            $"{target.Id} to lead: {error}");
    }

    /// <summary>Writes through whoever leads. A write that failed may still have happened, so each attempt has other words.</summary>
    public async Task WriteAsync(int count = 100)
    {
        await Until.True(
            async () =>
            {
                string[] words = [.. Enumerable.Range(0, count).Select(_ => $"w{_next++}")];
                if (await (await LeaderAsync()).ApplyAsync(words) is not null) return false;
                _written.AddRange(words);
                return true;
            },
            "a write");
    }

    /// <summary>Waits until all have applied the same, with everything that was acknowledged in the order of the writes.</summary>
    public Task ConvergeAsync() => ConvergeAsync(_alive);

    public async Task ConvergeAsync(IEnumerable<IRaftPeer> peers)
    {
        string[][] words = [];
        await Until.True(
            async () =>
            {
                words = await Task.WhenAll(peers.Select(static peer => peer.WordsAsync()));
                return words.All(each => each.Length >= _written.Count && each.SequenceEqual(words[0]));
            },
            "all to apply the same");
        HashSet<string> acknowledged = [.. _written];
        Assert.Equal(_written, words[0].Where(acknowledged.Contains));
    }

    /// <summary>Kills a server; the others are the cluster until it is revived.</summary>
    public async Task KillAsync(IRaftPeer peer)
    {
        _alive.Remove(peer);
        await peer.KillAsync();
    }

    public async Task ReviveAsync(IRaftPeer peer)
    {
        await peer.RestartAsync();
        _alive.Add(peer);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IRaftPeer peer in _alive) await peer.DisposeAsync();
    }
}
