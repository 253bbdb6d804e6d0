using System.Net;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Server.Forwarding;

/// <summary>When a call that cannot run here goes to the leader, is held, is made again, and is given up.</summary>
public sealed class LeaderCallerTests : IAsyncLifetime
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(7);

    private readonly JumpingTime _time = new();
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(options: new() { RpcHoldTimeout = Hold }, time: _time, name: "n2");
        _server.Raft.Role = RaftRole.Follower;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_leader_a_call_is_held_and_then_refused(bool write)
    {
        Assert.Equal("No cluster leader", await CallAsync(write));
        Assert.InRange(_time.Elapsed, Hold, Hold + (Hold / 16));
        // Pauses are random: thirty-two on average.
        Assert.InRange(_time.Pauses, 17, 100);
    }

    [Fact]
    public async Task Leader_that_the_pool_does_not_know_is_waited_for_under_its_own_error()
    {
        _server.Raft.KnownLeader = "127.0.0.9:8300";
        Assert.Equal("Raft leader not found in server lookup mapping", await CallAsync(write: true));
        Assert.InRange(_time.Elapsed, Hold, Hold + (Hold / 16));
    }

    [Fact]
    public async Task Held_call_goes_to_the_leader_that_appears()
    {
        var kvs = new ScriptedKvs(static _ => Task.FromResult<string?>(null));
        await using TestPort port = Leader(kvs);
        string address = _server.Raft.KnownLeader;
        _server.Raft.KnownLeader = "";
        _server.Forget(address);
        _time.OnPause = pause =>
        {
            if (pause == 3) _server.Raft.KnownLeader = address;
            if (pause == 5) _server.Know("n1", port.Address);
        };
        Assert.Null(await CallAsync(write: true));
        Assert.Equal((1, 5), (kvs.Calls, _time.Pauses));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Held_call_runs_here_once_this_server_leads(bool write)
    {
        _time.OnPause = pause => _server.Raft.Role = pause == 2 ? RaftRole.Leader : _server.Raft.Role;
        Assert.Null(await CallAsync(write));
        Assert.Equal(2, _time.Pauses);
    }

    [Fact]
    public async Task New_leader_lets_reads_wait_until_it_has_applied_what_came_before_and_writes_not()
    {
        _server.Raft.Role = RaftRole.Leader;
        _server.ConsistentReadReady = false;
        Assert.Null(await CallAsync(write: true));
        Assert.Equal(0, _time.Pauses);
        _time.OnPause = pause => _server.ConsistentReadReady = pause == 4;
        Assert.Null(await CallAsync(write: false));
        Assert.Equal(4, _time.Pauses);
        _time.OnPause = null;
        _server.ConsistentReadReady = false;
        Assert.Equal("Not ready to serve consistent reads", await CallAsync(write: false));
    }

    [Fact]
    public async Task Server_that_leaves_refuses_at_once_even_as_the_leader()
    {
        _server.IsLeaving = true;
        Assert.Equal("No cluster leader", await CallAsync(write: true));
        _server.Raft.Role = RaftRole.Leader;
        Assert.Equal("No cluster leader", await CallAsync(write: true));
        Assert.Equal("No cluster leader", await CallAsync(write: false));
        Assert.Equal(0, _time.Pauses);
        Assert.Equal(1, _server.Raft.Proposals);
    }

    [Fact]
    public async Task Held_calls_end_when_the_server_begins_to_leave()
    {
        _time.OnPause = pause => _server.IsLeaving = pause == 2;
        Assert.Equal("No cluster leader", await CallAsync(write: true));
        Assert.Equal(2, _time.Pauses);
    }

    [Fact]
    public async Task Held_calls_end_with_the_server()
    {
        await _server.StopHoldingAsync();
        Assert.Equal("No cluster leader", await CallAsync(write: true));
        Assert.InRange(_time.Pauses, 0, 1);
    }

    [Fact]
    public async Task Held_read_ends_with_its_caller()
    {
        using var gone = new CancellationTokenSource();
        _time.OnPause = pause => { if (pause == 2) gone.Cancel(); };
        RpcResult<DirEntry?> read = await _server.PortServices.Kvs.GetAsync(new KeyRequest { Key = Key, Cancellation = gone.Token });
        Assert.Equal("No cluster leader", read.Error);
        Assert.Equal(2, _time.Pauses);
    }

    [Theory]
    [InlineData("No cluster leader", true, true)]
    [InlineData("rpc error making call: No cluster leader", true, true)]
    [InlineData("raft apply failed: please resubmit call for rechunking", true, true)]
    [InlineData("stream closed", true, false)]
    [InlineData("rpc error making call: EOF", true, false)]
    [InlineData("session shutdown", true, false)]
    [InlineData("node is not the leader", false, false)]
    [InlineData("leadership lost while committing log", false, false)]
    [InlineData("Raft leader not found in server lookup mapping", false, false)]
    [InlineData("Permission denied", false, false)]
    public async Task Calls_are_made_again_when_that_is_safe(string error, bool readAgain, bool writeAgain)
    {
        var kvs = new ScriptedKvs(call => Task.FromResult(call % 2 == 1 ? error : null));
        await using TestPort port = Leader(kvs);
        Assert.Equal(readAgain ? null : "rpc error making call: " + error, await CallAsync(write: false));
        if (!readAgain) await CallAsync(write: false);
        int calls = kvs.Calls;
        Assert.Equal(writeAgain ? null : "rpc error making call: " + error, await CallAsync(write: true));
        Assert.Equal(writeAgain ? 2 : 1, kvs.Calls - calls);
    }

    [Fact]
    public async Task Repeated_call_ends_with_the_last_error_when_the_time_is_over()
    {
        var kvs = new ScriptedKvs(static _ => Task.FromResult<string?>("No cluster leader"));
        await using TestPort port = Leader(kvs);
        Assert.Equal("rpc error making call: No cluster leader", await CallAsync(write: true));
        // A pause too short for a timer is none.
        Assert.InRange(kvs.Calls, _time.Pauses + 1, _time.Pauses + 5);
        Assert.True(_time.Elapsed >= Hold);
    }

    [Fact]
    public async Task Read_is_made_again_at_the_next_leader_when_one_dies_with_it_and_a_write_is_not()
    {
        var reached = new TaskCompletionSource();
        var never = new TaskCompletionSource<string?>();
        foreach (bool write in new[] { true, false })
        {
            reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var dying = new ScriptedKvs(_ =>
            {
                reached.TrySetResult();
                return never.Task;
            });
            TestPort first = Leader(dying);
            Task<string?> call = CallAsync(write);
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(10));
            var next = new ScriptedKvs(static _ => Task.FromResult<string?>(null));
            await using TestPort second = Leader(next);
            await first.DisposeAsync();
            string? error = await call.WaitAsync(TimeSpan.FromSeconds(10));
            if (write) Assert.True(RpcErrors.IsEofLike(error!), error);
            else Assert.Null(error);
            Assert.Equal((1, write ? 0 : 1), (dying.Calls, next.Calls));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_that_never_left_is_made_again(bool write)
    {
        IPEndPoint dead;
        await using (var port = TestPort.Open(_server.Local)) dead = port.Address;
        _server.Raft.KnownLeader = _server.Know("n1", dead);
        Assert.StartsWith("rpc error getting client: failed to get conn: ", await CallAsync(write), StringComparison.Ordinal);
        Assert.True(_time.Elapsed >= Hold);
        var kvs = new ScriptedKvs(static _ => Task.FromResult<string?>(null));
        TestPort? next = null;
        int pauses = _time.Pauses;
        _time.OnPause = pause => { if (pause == pauses + 3) next = Leader(kvs); };
        Assert.Null(await CallAsync(write));
        Assert.Equal((1, pauses + 3), (kvs.Calls, _time.Pauses));
        await next!.DisposeAsync();
    }

    [Fact]
    public async Task Server_never_calls_itself()
    {
        var kvs = new ScriptedKvs(static _ => Task.FromResult<string?>(null));
        await using var port = TestPort.Open(_server.PortServices with { Kvs = kvs });
        _server.Raft.KnownLeader = _server.Know(_server.NodeName, port.Address);
        Assert.Equal("No cluster leader", await CallAsync(write: true));
        Assert.Equal(0, kvs.Calls);
    }

    [Fact]
    public async Task Deposed_leader_sends_the_call_on()
    {
        await using TestServer newer = await TestServer.StartAsync();
        await using var leader = TestPort.Open(newer.PortServices);
        await using TestServer deposed = await TestServer.StartAsync(time: _time, name: "n1");
        await using var port = TestPort.Open(deposed.PortServices);
        _server.Raft.KnownLeader = _server.Know("n1", port.Address);
        deposed.Raft.Role = RaftRole.Follower;
        _time.OnPause = pause =>
        {
            if (pause == 2) deposed.Raft.KnownLeader = deposed.Know("n3", leader.Address);
        };
        Assert.Null(await CallAsync(write: true));
        Assert.Equal(2, newer.Raft.Proposals);
        Assert.Equal(1, deposed.Raft.Proposals);
    }

    private static byte[] Key => [1];

    /// <summary>Starts a leader and lets the server know it.</summary>
    private TestPort Leader(IKvs kvs)
    {
        var port = TestPort.Open(_server.Local with { Kvs = kvs });
        _server.Raft.KnownLeader = _server.Know("n1", port.Address);
        return port;
    }

    private async Task<string?> CallAsync(bool write)
    {
        IKvs kvs = _server.PortServices.Kvs;
        if (!write) return (await kvs.GetAsync(new KeyRequest { Key = Key })).Error;
        return (await kvs.ApplyAsync(new KvsRequest { Op = KvsOp.Set, DirEnt = new DirEntry { Key = Key } })).Error;
    }
}
