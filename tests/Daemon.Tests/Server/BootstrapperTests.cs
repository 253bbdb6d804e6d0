using System.Collections.Concurrent;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Tests.Agent.Pools;
using Consul.Fast.Daemon.Tests.Leader;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Tests.Server;

/// <summary>When servers that expect each other found a cluster, and when they must not.</summary>
public sealed class BootstrapperTests : IAsyncDisposable
{
    private readonly FakePool _pool = new() { Members = [] };
    private readonly LogLines _log = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly TaskCompletionSource<ClusterConfiguration> _founded = new();
    private Func<ServerTags, RpcResult<IReadOnlyList<string>>> _answer = static _ => RpcResult<IReadOnlyList<string>>.Ok([]);
    private Bootstrapper? _bootstrapper;
    private bool _hasState;

    public async ValueTask DisposeAsync()
    {
        if (_bootstrapper is not null) await _bootstrapper.DisposeAsync();
    }

    [Fact]
    public async Task Cluster_is_founded_once_all_expected_servers_are_there()
    {
        _pool.Members = [Expecting("s1"), TestMembers.ClientMember("c1"), Expecting("s2") with { Status = MemberStatus.Failed }];
        Bootstrapper bootstrapper = Start();
        _pool.Members = [.. _pool.Members, Expecting("s3")];
        bootstrapper.OnServerNews();
        ClusterConfiguration founded = await Founded();
        Assert.Equal(["s1-id", "s2-id", "s3-id"], founded.Servers.Select(static s => s.Id));
        Assert.All(founded.Servers, static s => Assert.Equal((Suffrage.Voter, "10.0.0.1:8300"), (s.Suffrage, s.Address)));
        Assert.Equal(["s1", "s2", "s3"], _asked);
        Assert.Contains(
            _log.Lines, static line => line.Contains("Found expected number of peers, attempting bootstrap: peers=10.0.0.1:8300,10.0.0.1:8300"));
    }

    [Fact]
    public async Task Read_replicas_come_along_without_a_vote_and_do_not_count()
    {
        _pool.Members = [Expecting("s1"), Expecting("s2"), Expecting("r1", ("read_replica", "1"))];
        Bootstrapper bootstrapper = Start();
        await NothingHappensAsync();
        _pool.Members = [.. _pool.Members, Expecting("s3")];
        bootstrapper.OnServerNews();
        Assert.Equal(
            [("s1-id", Suffrage.Voter), ("s2-id", Suffrage.Voter), ("r1-id", Suffrage.NonVoter), ("s3-id", Suffrage.Voter)],
            (await Founded()).Servers.Select(static s => (s.Id, s.Suffrage)));
    }

    [Fact]
    public async Task Server_with_state_stops_for_good()
    {
        _hasState = true;
        _pool.Members = [Expecting("s1"), Expecting("s2"), Expecting("s3")];
        Bootstrapper bootstrapper = Start();
        await LoggedAsync("Raft data found, disabling bootstrap mode");
        _hasState = false;
        bootstrapper.OnServerNews();
        await NothingHappensAsync();
    }

    [Fact]
    public async Task Existing_cluster_stops_it_for_good()
    {
        _answer = static server => RpcResult<IReadOnlyList<string>>.Ok(server.Name == "s2" ? ["10.0.0.9:8300"] : []);
        _pool.Members = [Expecting("s1"), Expecting("s2"), Expecting("s3")];
        Bootstrapper bootstrapper = Start();
        await LoggedAsync("Existing Raft peers reported by server, disabling bootstrap mode: server=s2");
        _answer = static _ => RpcResult<IReadOnlyList<string>>.Ok([]);
        bootstrapper.OnServerNews();
        await NothingHappensAsync();
        Assert.Equal(["s1", "s2"], _asked);
    }

    [Theory]
    [InlineData("expect", "5", "Member has a conflicting expect value. All nodes should expect the same number.: member=s2")]
    [InlineData("bootstrap", "1", "Member has bootstrap mode. Expect disabled.: member=s2")]
    public async Task Server_that_does_not_fit_holds_it_up_until_it_has_changed(string tag, string value, string message)
    {
        _pool.Members = [Expecting("s1"), Expecting("s2", (tag, value)), Expecting("s3")];
        Bootstrapper bootstrapper = Start();
        await LoggedAsync(message);
        Assert.False(_founded.Task.IsCompleted);
        _pool.Members = [Expecting("s1"), Expecting("s2"), Expecting("s3")];
        bootstrapper.OnServerNews();
        Assert.Equal(3, (await Founded()).Servers.Count);
    }

    [Fact]
    public async Task Server_that_no_longer_expects_anybody_counts_and_other_datacenters_do_not()
    {
        _pool.Members = [Expecting("s1"), Expecting("s2", ("expect", "-")), Expecting("far", ("dc", "dc2")), Expecting("s3")];
        Start();
        Assert.Equal(["s1-id", "s2-id", "s3-id"], (await Founded()).Servers.Select(static s => s.Id));
        Assert.Contains(_log.Lines, static line => line.Contains("Member has a conflicting datacenter, ignoring: member=far"));
    }

    [Fact]
    public async Task Silent_server_is_asked_six_times_and_then_counts_as_new()
    {
        _answer = static server => server.Name == "s2"
            ? RpcResult<IReadOnlyList<string>>.Fail("connection refused") : RpcResult<IReadOnlyList<string>>.Ok([]);
        _pool.Members = [Expecting("s1"), Expecting("s2"), Expecting("s3")];
        Start();
        Assert.Equal(3, (await Founded()).Servers.Count);
        Assert.Equal(["s1", "s2", "s2", "s2", "s2", "s2", "s2", "s3"], _asked);
        string[] pauses = ["1s", "2s", "4s", "8s", "16s", "32s"];
        Assert.Equal(
            pauses.Select(static pause =>
                "Error: Failed to confirm peer status for server (will retry).: "
                + $"server=s2 retry_interval={pause} error=connection refused"),
            _log.Lines.Where(static line => line.Contains("will retry")));
    }

    [Fact]
    public async Task Read_replica_never_founds_a_cluster()
    {
        _pool.Members = [Expecting("s1"), Expecting("s2"), Expecting("s3")];
        Start(isReadReplica: true);
        await LoggedAsync("Read replicas cannot bootstrap raft");
        Assert.False(_founded.Task.IsCompleted);
    }

    private static Member Expecting(string name, params (string Name, string Value)[] changes) =>
        TestMembers.ServerMember(name, [("bootstrap", "-"), ("expect", "3"), .. changes]);

    private Bootstrapper Start(bool isReadReplica = false)
    {
        _bootstrapper = new Bootstrapper(
            new BootstrapSettings(3, "dc1", isReadReplica), _pool, () => _hasState, Ask, Found, new HurriedTime(), _log);
        _bootstrapper.Start();
        return _bootstrapper;

        ValueTask<RpcResult<IReadOnlyList<string>>> Ask(ServerTags server, CancellationToken cancellation)
        {
            _asked.Enqueue(server.Name);
            return new(_answer(server));
        }

        ValueTask<string?> Found(ClusterConfiguration configuration)
        {
            _founded.SetResult(configuration);
            return default;
        }
    }

    private Task<ClusterConfiguration> Founded() => _founded.Task.WaitAsync(TimeSpan.FromSeconds(10));

    private async Task LoggedAsync(string message)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!_log.Lines.Any(line => line.Contains(message))) await Task.Delay(5, deadline.Token);
    }

    /// <summary>Gives what must not happen a few turns to happen in.</summary>
    private async Task NothingHappensAsync()
    {
        for (int turn = 0; turn < 20; turn++) await Task.Yield();
        Assert.False(_founded.Task.IsCompleted);
    }
}
