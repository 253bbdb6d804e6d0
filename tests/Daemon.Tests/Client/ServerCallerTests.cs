using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Client;

/// <summary>Which server gets a call, and when it is made again.</summary>
public sealed class ServerCallerTests : IAsyncDisposable
{
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(800);

    private readonly TimerWheel _timers = new();
    private readonly ServerList _servers = new();
    private readonly RpcPool _pool;

    public ServerCallerTests() => _pool = new RpcPool(
        new RpcDialer(new TcpDialer()), new RpcPoolSettings { Datacenter = "dc1" }, _timers, NullLogger.Instance);

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _timers.Dispose();
    }

    [Fact]
    public async Task Without_a_server_there_is_the_known_error() => Assert.Equal("No known Consul servers", (await Read()).Error);

    [Fact]
    public async Task Calls_above_the_rate_are_refused_at_once()
    {
        await using var server = new ScriptedServer("a", static _ => "x");
        _servers.Add(server.Address);
        ServerCaller caller = Caller(new RateLimiter(0.001, 2));
        Assert.Null((await Read(caller)).Error);
        Assert.Null((await Read(caller)).Error);
        Assert.Equal("RPC rate limit exceeded", (await Read(caller)).Error);
        Assert.Equal(2, server.Calls);
    }

    [Fact]
    public async Task Server_of_a_failed_call_goes_to_the_end_of_the_list()
    {
        await using var first = new ScriptedServer("a", static _ => RpcResult<string>.Fail("Permission denied"));
        await using var second = new ScriptedServer("b", static _ => "leader");
        _servers.Add(first.Address);
        _servers.Add(second.Address);
        Assert.Equal("rpc error making call: Permission denied", (await Read()).Error);
        Assert.Equal("leader", (await Read()).Value);
        Assert.Equal("leader", (await Read()).Value);
        Assert.Equal((1, 2), (first.Calls, second.Calls));
    }

    [Fact]
    public async Task Call_is_held_while_there_is_no_leader()
    {
        await using var server = new ScriptedServer("a", static call => call < 3 ? RpcResult<string>.Fail("No cluster leader") : "x");
        _servers.Add(server.Address);
        Assert.Null((await Write()).Error);
        Assert.Equal(3, server.Calls);
    }

    [Fact]
    public async Task Server_that_leaves_or_has_no_leader_is_left_for_the_next_one()
    {
        await using var leaving = new ScriptedServer("a", static _ => RpcResult<string>.Fail("No cluster leader"));
        await using var lost = new ScriptedServer("b", static _ => RpcResult<string>.Fail("rpc error making call: No cluster leader"));
        await using var well = new ScriptedServer("c", static _ => "x");
        foreach (ScriptedServer server in new[] { leaving, lost, well }) _servers.Add(server.Address);
        Assert.Null((await Write()).Error);
        Assert.Equal("x", (await Read()).Value);
        Assert.Equal((1, 1, 2), (leaving.Calls, lost.Calls, well.Calls));
    }

    [Fact]
    public async Task Server_that_does_not_answer_costs_one_call_and_no_more()
    {
        ScriptedServer gone = new("a", static _ => "x");
        await using var well = new ScriptedServer("b", static _ => "x");
        _servers.Add(gone.Address);
        _servers.Add(well.Address);
        Assert.Equal("x", (await Read()).Value);
        await gone.DisposeAsync();
        // A read whose connection broke is made again elsewhere; one that finds no connection is not, but the next one is.
        RpcResult<string> read = await Read();
        if (read.Error is not null) Assert.StartsWith("rpc error getting client: ", read.Error, StringComparison.Ordinal);
        Assert.Equal("x", (await Read()).Value);
        Assert.Equal("b", _servers.Head!.Node);
    }

    [Fact]
    public async Task Hold_time_ends_with_the_last_error()
    {
        await using var server = new ScriptedServer("a", static _ => RpcResult<string>.Fail("No cluster leader"));
        _servers.Add(server.Address);
        Assert.Equal("rpc error making call: No cluster leader", (await Read()).Error);
        Assert.True(server.Calls > 1);
    }

    [Fact]
    public async Task Read_that_broke_is_repeated_and_a_write_is_not()
    {
        await using var server = new ScriptedServer("a", static call => call % 2 == 1 ? RpcResult<string>.Fail("stream closed") : "x");
        _servers.Add(server.Address);
        Assert.Null((await Read()).Error);
        Assert.Equal("rpc error making call: stream closed", (await Write()).Error);
        Assert.Equal(3, server.Calls);
    }

    [Fact]
    public async Task Cancelled_read_ends_at_once()
    {
        await using var server = new ScriptedServer("a", static _ => RpcResult<string>.Fail("No cluster leader"));
        _servers.Add(server.Address);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        RpcResult<string> result = await Caller().ReadAsync(StatusMethods.Leader, new DcSpecificRequest { Cancellation = cancelled.Token });
        Assert.Contains("context canceled", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, server.Calls);
    }

    [Fact]
    public async Task Forgotten_server_is_not_called()
    {
        await using var server = new ScriptedServer("a", static _ => "x");
        _servers.Add(server.Address);
        _servers.Add(server.Address);
        Assert.Equal(1, _servers.Count);
        _servers.Remove("a");
        Assert.Equal("No known Consul servers", (await Read()).Error);
    }

    private ServerCaller Caller(RateLimiter? limiter = null) =>
        new(_pool, _servers, new OwnCalls(limiter ?? new RateLimiter(-1, 0), NoMetrics.Instance), Hold, TimeProvider.System);

    private ValueTask<RpcResult<string>> Read(ServerCaller? caller = null) =>
        (caller ?? Caller()).ReadAsync(StatusMethods.Leader, new DcSpecificRequest());

    private ValueTask<RpcResult<bool>> Write() => Caller().WriteAsync(
        KvsMethods.Apply, new KvsRequest { Op = KvsOp.Set, DirEnt = new DirEntry { Key = [1] } });
}
