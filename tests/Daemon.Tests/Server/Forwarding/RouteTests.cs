using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Server.Forwarding;

/// <summary>Which calls a server without a leader answers itself, and which it would send to one.</summary>
public sealed class RouteTests : IAsyncLifetime
{
    private const string NoLeader = "No cluster leader";
    private const string NoPath = "No path to datacenter";
    private const string NoKey = "Must provide key";

    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(options: new() { RpcHoldTimeout = TimeSpan.Zero });
        _server.Raft.Role = RaftRole.Follower;
        _server.Raft.LastContact = DateTimeOffset.UtcNow;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Reads_go_to_the_leader_unless_a_stale_answer_will_do()
    {
        RpcServices s = _server.PortServices;
        await Reads(new DcSpecificRequest(), s.Catalog.ListNodesAsync);
        await Reads(new DcSpecificRequest(), s.Catalog.ListServicesAsync);
        await Reads(new DcSpecificRequest(), s.Catalog.ServiceListAsync);
        await Reads(new ServiceSpecificRequest { ServiceName = "a" }, s.Catalog.ServiceNodesAsync);
        await Reads(new NodeSpecificRequest { Node = "a" }, s.Catalog.NodeServicesAsync);
        await Reads(new ChecksInStateRequest { State = "any" }, s.Health.ChecksInStateAsync);
        await Reads(new NodeSpecificRequest { Node = "a" }, s.Health.NodeChecksAsync);
        await Reads(new ServiceSpecificRequest { ServiceName = "a" }, s.Health.ServiceChecksAsync);
        await Reads(new ServiceSpecificRequest { ServiceName = "a" }, s.Health.ServiceNodesAsync);
        await Reads(new KeyRequest { Key = "a"u8.ToArray() }, s.Kvs.GetAsync);
        await Reads(new KeyRequest { Key = "a"u8.ToArray() }, s.Kvs.ListAsync);
        await Reads(new KeyListRequest(), s.Kvs.ListKeysAsync);
        await Reads(new SessionSpecificRequest { SessionId = FakeConsensus.ServerId }, s.Session.GetAsync);
        await Reads(new SessionSpecificRequest(), s.Session.ListAsync);
        await Reads(new NodeSpecificRequest { Node = "a" }, s.Session.NodeSessionsAsync);
        await Reads(new TxnReadRequest(), s.Txn.ReadAsync);
        await Reads(new DcSpecificRequest(), s.Operator.RaftGetConfigurationAsync);
        await Reads(new NodeSpecificRequest { Node = "a" }, s.Internal.NodeInfoAsync);
        await Reads(new DcSpecificRequest(), s.Internal.NodeDumpAsync);
        await Reads(new ServiceDumpRequest(), s.Internal.ServiceDumpAsync);
        await Reads(new EventFireRequest { Name = "e" }, s.Internal.EventFireAsync);
        await Reads(new DcSpecificRequest(), s.Coordinate.ListNodesAsync);
        await Reads(new NodeSpecificRequest { Node = "a" }, s.Coordinate.NodeAsync);
    }

    [Fact]
    public async Task Writes_go_to_the_leader()
    {
        RpcServices s = _server.PortServices;
        await Writes(static dc => new RegisterRequest { Datacenter = dc, Node = "a", Address = "b" }, s.Catalog.RegisterAsync);
        await Writes(static dc => new DeregisterRequest { Datacenter = dc, Node = "a" }, s.Catalog.DeregisterAsync);
        await Writes(static dc => Set(dc, "k"), s.Kvs.ApplyAsync);
        await Writes(
            static dc => new SessionRequest { Datacenter = dc, Op = SessionRequest.Create, Session = new Session { Node = "n1" } },
            s.Session.ApplyAsync);
        await Writes(static dc => new TxnRequest { Datacenter = dc }, s.Txn.ApplyAsync);
        await Writes(static dc => new CoordinateUpdateRequest(dc, "n1", "", null, ""), s.Coordinate.UpdateAsync);
    }

    [Fact]
    public async Task Session_is_renewed_by_the_leader_however_stale_an_answer_may_be()
    {
        var request = new SessionSpecificRequest { SessionId = FakeConsensus.ServerId, AllowStale = true };
        Assert.Equal(NoLeader, (await _server.PortServices.Session.RenewAsync(request)).Error);
        _server.Raft.Role = RaftRole.Leader;
        Assert.Null((await _server.PortServices.Session.RenewAsync(request)).Error);
    }

    [Fact]
    public async Task What_a_server_tells_of_itself_it_tells_itself()
    {
        RpcServices s = _server.PortServices;
        Assert.Null((await s.Status.PingAsync()).Error);
        Assert.Null((await s.Status.RaftStatsAsync()).Error);
        Assert.Equal("", (await s.Status.LeaderAsync(new DcSpecificRequest())).Value);
        Assert.Single((await s.Status.PeersAsync(new DcSpecificRequest())).Value);
        var elsewhere = new DcSpecificRequest { Datacenter = "dc9" };
        Assert.Equal(NoPath, (await s.Status.LeaderAsync(elsewhere)).Error);
        Assert.Equal(NoPath, (await s.Status.PeersAsync(elsewhere)).Error);
        Assert.Equal(["dc1"], (await s.Catalog.ListDatacentersAsync(new DatacentersRequest())).Value);
        Assert.Null((await s.Coordinate.ListDatacentersAsync()).Error);
        Assert.Null((await s.Internal.KeyringOperationAsync(new KeyringRequest { Operation = KeyringOperations.List })).Error);
    }

    [Fact]
    public async Task Server_that_never_heard_of_a_leader_answers_nothing_stale()
    {
        await using TestServer fresh = await TestServer.StartAsync(options: new() { RpcHoldTimeout = TimeSpan.Zero });
        fresh.Raft.Role = RaftRole.Follower;
        var request = new KeyRequest { Key = "a"u8.ToArray(), AllowStale = true };
        Assert.Equal(NoLeader, (await fresh.PortServices.Kvs.GetAsync(request)).Error);
        fresh.Raft.LastContact = DateTimeOffset.UtcNow;
        Assert.Null((await fresh.PortServices.Kvs.GetAsync(request)).Error);
    }

    [Fact]
    public async Task Tags_that_a_read_does_not_know_are_refused_before_a_leader_is_asked()
    {
        var request = new ServiceSpecificRequest { ServiceName = "a", TagFilter = true };
        Assert.Equal("Tag filtering is not supported", (await _server.PortServices.Health.ServiceChecksAsync(request)).Error);
    }

    [Fact]
    public async Task Own_calls_are_counted_and_bounded_and_those_of_others_are_not()
    {
        _server.Raft.Role = RaftRole.Leader;
        _server.OwnLimit.Reload(0, 2);
        Assert.Equal(404, (await _server.GetAsync("/v1/kv/a")).Status);
        Assert.Equal(200, (await _server.GetAsync("/v1/status/leader")).Status);
        Assert.Equal(429, (await _server.GetAsync("/v1/kv/a")).Status);
        Assert.Equal(429, (await _server.PutAsync("/v1/kv/a", "1")).Status);
        Assert.Equal(429, (await _server.GetAsync("/v1/snapshot")).Status);
        Assert.Equal(NoKey, (await _server.PortServices.Kvs.ApplyAsync(Set("dc1", ""))).Error);
        Assert.Equal((5, 3), (Count("consul.client.rpc"), Count("consul.client.rpc.exceeded")));
    }

    private long Count(string metric) => _server.Metrics.All().Single(series => series.Name == metric).ReadTotals().Count;

    private static KvsRequest Set(string datacenter, string key) => new()
    {
        Datacenter = datacenter,
        Op = KvsOp.Set,
        DirEnt = new DirEntry { Key = System.Text.Encoding.UTF8.GetBytes(key) },
    };

    private static async Task Reads<TRequest, T>(TRequest request, Func<TRequest, ValueTask<RpcResult<T>>> call)
        where TRequest : QueryRequest
    {
        Assert.Equal(NoLeader, (await call(request)).Error);
        request.Datacenter = "dc9";
        Assert.Equal(NoPath, (await call(request)).Error);
        request.Datacenter = "dc1";
        request.AllowStale = true;
        Assert.Null((await call(request)).Error);
    }

    private static async Task Writes<TRequest, T>(Func<string, TRequest> request, Func<TRequest, ValueTask<RpcResult<T>>> call)
    {
        Assert.Equal(NoLeader, (await call(request(""))).Error);
        Assert.Equal(NoPath, (await call(request("dc9"))).Error);
    }
}
