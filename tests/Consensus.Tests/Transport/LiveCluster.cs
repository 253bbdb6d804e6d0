using System.Collections.Concurrent;
using Consul.Fast.Consensus.Tests.Fakes;
using Consul.Fast.Net.Timers;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>Some servers in this process that reach each other over real connections.</summary>
internal sealed class LiveCluster : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, LiveServer> _servers = new();

    public TimerWheel Timers { get; } = new();

    public ICollection<LiveServer> Servers => _servers.Values;

    public LiveServer Leader => _servers.Values.Single(static server => server.Leads);

    public static async Task<LiveCluster> StartAsync(params string[] ids)
    {
        LiveCluster cluster = new();
        foreach (string id in ids) cluster._servers[id] = new LiveServer(id, cluster.Timers, cluster.AddressOf);
        ClusterConfiguration configuration = new([.. cluster._servers.Values.Select(static server => server.Server)]);
        foreach (LiveServer server in cluster._servers.Values) await server.Node.StartAsync(configuration);
        await cluster.LeaderAsync();
        return cluster;
    }

    public LiveServer this[string id] => _servers[id];

    public LiveServer[] Others(LiveServer server) => [.. _servers.Values.Where(other => other != server)];

    /// <summary>Waits for a leader that has committed in its term.</summary>
    public async Task<LiveServer> LeaderAsync()
    {
        await Eventually.TrueAsync(
            () => _servers.Values.Count(static server => server.Leads && server.Node.Status.CommitIndex >= 2) == 1, "a leader");
        return Leader;
    }

    public async Task WriteAsync(int from, int count)
    {
        LiveServer leader = Leader;
        ProposalResult[] results = await Task.WhenAll(
            Enumerable.Range(from, count).Select(i => leader.Node.ProposeAsync(SingleServer.Command($"p{i}")).AsTask()));
        Assert.All(results, static result => Assert.Null(result.Error));
    }

    public async Task ConvergeAsync(int count)
    {
        await Eventually.TrueAsync(
            () => _servers.Values.All(server => server.Machine.Applied.Count == count),
            () => $"{count} applied everywhere: {Describe()}");
        IReadOnlyList<string> applied = _servers.Values.First().Machine.Applied;
        Assert.All(_servers.Values, server => Assert.Equal(applied, server.Machine.Applied));
    }

    public async Task StopAsync(LiveServer server)
    {
        _servers.TryRemove(server.Id, out _);
        await server.DisposeAsync();
    }

    /// <summary>Starts a server with the stores of a stopped one, or with new ones.</summary>
    public async Task<LiveServer> RestartAsync(LiveServer stopped, bool wiped = false, bool elsewhere = false)
    {
        LiveServer server = new(
            stopped.Id, Timers, AddressOf, wiped ? null : stopped.Log, wiped ? null : stopped.Snapshots, elsewhere ? 0 : stopped.Port.Port);
        _servers[server.Id] = server;
        await server.Node.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LiveServer server in _servers.Values) await server.DisposeAsync();
        Timers.Dispose();
    }

    private string Describe() =>
        string.Join(", ", _servers.Values.Select(static server => $"{server.Machine.Applied.Count} {server.Node.Status}"));

    private string? AddressOf(string id) => _servers.TryGetValue(id, out LiveServer? server) ? server.Port.Address : null;
}
