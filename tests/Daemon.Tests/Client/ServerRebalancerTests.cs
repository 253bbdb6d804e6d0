using System.Net;
using Consul.Fast.Daemon.Client;

namespace Consul.Fast.Daemon.Tests.Client;

public sealed class ServerRebalancerTests
{
    private readonly ServerList _servers = new();

    public ServerRebalancerTests()
    {
        foreach (string name in new[] { "s1", "s2", "s3" }) _servers.Add(Server(name));
    }

    [Fact]
    public async Task Server_that_answers_comes_first()
    {
        await using var rebalancer = new ServerRebalancer(
            _servers, server => Task.FromResult(server.Node == "s2"), static () => 3, TimeProvider.System);
        await rebalancer.RebalanceAsync();
        Assert.Equal("s2", _servers.Head!.Node);
        Assert.Equal(["s1", "s2", "s3"], _servers.All.Select(static server => server.Node).Order());
    }

    [Fact]
    public async Task Order_stays_when_no_server_answers()
    {
        await using var rebalancer = new ServerRebalancer(_servers, static _ => Task.FromResult(false), static () => 3, TimeProvider.System);
        await rebalancer.RebalanceAsync();
        Assert.Equal(["s1", "s2", "s3"], _servers.All.Select(static server => server.Node));
    }

    [Fact]
    public void Order_leaves_out_who_is_gone_and_keeps_who_is_new()
    {
        _servers.Remove("s3");
        _servers.Add(Server("s4"));
        _servers.Reorder([Server("s2"), Server("s3"), Server("s1")]);
        Assert.Equal(["s2", "s1", "s4"], _servers.All.Select(static server => server.Node));
        _servers.Reorder([Server("s3"), Server("s1")]);
        Assert.Equal("s2", _servers.Head!.Node);
    }

    [Theory]
    [InlineData(3, 1, 0, 120)]
    [InlineData(3, 1, 0.5, 150)]
    [InlineData(64_000, 5, 0.5, 200)]
    [InlineData(64_000, 0, 0.5, 1000)]
    public void Large_clusters_shuffle_more_rarely(int nodes, int servers, double chance, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ServerRebalancer.Pause(nodes, servers, chance));

    private static RpcServerAddress Server(string name) => new("dc1", name, new IPEndPoint(IPAddress.Loopback, 8300), 2);
}
