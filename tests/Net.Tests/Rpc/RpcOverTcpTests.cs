using System.Net.Sockets;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Tests.Captures;
using Consul.Fast.Net.Tests.Transport;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>Client and server over real sockets and multiplexed sessions.</summary>
public sealed class RpcOverTcpTests : IAsyncDisposable
{
    private readonly TimerWheel _timers = new();
    private readonly ListLogger _logger = new();
    private readonly PinnedBlockPool _blocks = new(PinnedBlockPool.LargeBlock);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RpcMethodCall<byte[], byte[]> _gated = new("Test.Gated", TestMethods.WriteBytes, TestMethods.ReadBytes);
    private readonly LoopbackServer _server;
    private readonly RpcPool _pool;

    public RpcOverTcpTests()
    {
        _server = new LoopbackServer(null, TestMethods.Bytes("Test.Gated", RpcScheduling.Inline, async (request, stopping) =>
        {
            await _gate.Task.WaitAsync(stopping);
            return request;
        }));
        _pool = new RpcPool(
            new RpcDialer(new TcpDialer(pool: _blocks)), new RpcPoolSettings { Datacenter = "dc1" }, _timers, _logger, _blocks);
    }

    public async ValueTask DisposeAsync()
    {
        _gate.TrySetResult();
        await _pool.DisposeAsync();
        await _server.DisposeAsync();
        await Eventually.TrueAsync(() => _blocks.Outstanding == 0, "all blocks go back");
        Assert.Equal(0, _timers.Scheduled);
        _timers.Dispose();
    }

    [Fact]
    public async Task Calls_of_all_sizes_at_once_get_their_own_answers()
    {
        Task[] callers = [.. Enumerable.Range(0, 64).Select(CallManyAsync)];
        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, _server.Accepted);
        await Eventually.TrueAsync(() => _server.UnderTest.Server.Channels <= 32, "surplus streams close");
        Assert.Equal(0, _server.UnderTest.Server.InFlight);
    }

    [Fact]
    public async Task A_value_far_above_the_window_comes_back()
    {
        byte[] value = new byte[20_000_000];
        new Random(1).NextBytes(value);
        RpcResponse<byte[]> response = await _pool.CallAsync(_server.Address, TestMethods.EchoCall, value).InTimeAsync();
        Assert.True(response.IsSuccess);
        Assert.True(value.AsSpan().SequenceEqual(response.Value));
    }

    [Fact]
    public async Task Calls_given_up_at_any_time_leave_the_connection_usable()
    {
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            using var cancel = new CancellationTokenSource();
            byte[] value = new byte[random.Next(50_000)];
            Task<RpcResponse<byte[]>> call = _pool.CallAsync(_server.Address, TestMethods.EchoCall, value, cancel.Token).AsTask();
            if (random.Next(2) == 0) await Task.Yield();
            await cancel.CancelAsync();
            Assert.Contains((await call.InTimeAsync()).Outcome, new[] { RpcOutcome.Canceled, RpcOutcome.Success });
        }

        await PingAsync();
        Assert.Equal(1, _server.Accepted);
        await Eventually.TrueAsync(() => _server.UnderTest.Server.Channels <= 32, "streams of calls given up close");
    }

    [Fact]
    public async Task Every_call_ends_while_connections_break_and_callers_give_up()
    {
        using var over = new CancellationTokenSource();
        Task breaking = BreakAsync(over.Token);
        int[] outcomes = new int[Enum.GetValues<RpcOutcome>().Length];
        await Task.WhenAll(Enumerable.Range(0, 32).Select(seed => CallRecklesslyAsync(seed, outcomes))).WaitAsync(TimeSpan.FromSeconds(60));
        await over.CancelAsync();
        await breaking;
        // The last connection may be broken without this side knowing it yet; the one after it is not.
        await Eventually.TrueAsync(() => _pool.Connections == 0 || _server.Open == 1, "broken connections leave the pool");
        await PingAsync();
        Assert.True(outcomes[(int)RpcOutcome.Success] > 0);
        Assert.True(outcomes[(int)RpcOutcome.Canceled] > 0);
        Assert.DoesNotContain(_logger.Lines, static line => line.Level == LogLevel.Error);
        Assert.DoesNotContain(_server.UnderTest.Logger.Lines, static line => line.Level == LogLevel.Error);
        await Eventually.TrueAsync(() => _server.UnderTest.Server.InFlight == 0, "all calls end at the server");
    }

    [Fact]
    public async Task A_lost_connection_ends_its_calls_and_the_next_call_dials()
    {
        await PingAsync();
        Task<RpcResponse<byte[]>> call = _pool.CallAsync(_server.Address, _gated, []).AsTask();
        await Eventually.TrueAsync(() => _server.UnderTest.Server.InFlight == 1, "the call runs");
        _server.Kill();
        RpcResponse<byte[]> response = await call.InTimeAsync();
        Assert.Equal("rpc error making call: EOF", response.Error);
        await PingAsync();
        Assert.Equal(2, _server.Accepted);
    }

    [Fact]
    public async Task A_drain_finishes_what_runs_and_takes_nothing_new()
    {
        await PingAsync();
        Task<RpcResponse<byte[]>> running = _pool.CallAsync(_server.Address, _gated, [1]).AsTask();
        await Eventually.TrueAsync(() => _server.UnderTest.Server.InFlight == 1, "the call runs");
        Task drain = _server.UnderTest.Server.DrainAsync(TimeSpan.FromSeconds(30));
        RpcResponse<byte[]>? refused = null;
        await Eventually.TrueAsync(() => _server.UnderTest.Server.Channels == 1, "free streams close");
        refused = await _pool.CallAsync(_server.Address, TestMethods.EchoCall, []).InTimeAsync();
        Assert.False(refused.Value.IsSuccess);
        Assert.False(drain.IsCompleted);
        _gate.SetResult();
        Assert.Equal([1], (await running.InTimeAsync()).Value);
        await drain.InTimeAsync();
        Assert.Equal(0, _server.UnderTest.Server.Channels);
    }

    [Fact]
    public async Task A_drain_cuts_off_what_does_not_end_in_time()
    {
        Task<RpcResponse<byte[]>> running = _pool.CallAsync(_server.Address, _gated, [1]).AsTask();
        await Eventually.TrueAsync(() => _server.UnderTest.Server.InFlight == 1, "the call runs");
        await _server.UnderTest.Server.DrainAsync(TimeSpan.FromMilliseconds(50)).InTimeAsync();
        Assert.Equal("rpc error making call: EOF", (await running.InTimeAsync()).Error);
        await Eventually.TrueAsync(() => _server.UnderTest.Server.InFlight == 0, "the call sees its cancellation");
        Assert.DoesNotContain(_server.UnderTest.Logger.Lines, static line => line.Id == 6201);
    }

    [Fact]
    public async Task A_refused_dial_names_its_cause()
    {
        using var closed = new TcpListener(System.Net.IPAddress.Loopback, 0);
        closed.Start();
        var endPoint = (System.Net.IPEndPoint)closed.LocalEndpoint;
        closed.Stop();
        RpcServerAddress address = _server.Address with { EndPoint = endPoint };
        RpcResponse<RpcNothing> response = await _pool.CallAsync(address, TestMethods.PingCall, default).InTimeAsync();
        Assert.Equal(
            $"rpc error getting client: failed to get conn: dial tcp {endPoint}: connect: connection refused", response.Error);
    }

    [Fact]
    public async Task A_plain_connection_is_served_as_recorded()
    {
        var capture = Capture.Load("status-ping-single.hex");
        using var client = new TcpClient();
        await client.ConnectAsync(_server.Address.EndPoint);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(new byte[] { 0 });
        await stream.WriteAsync(capture.Payload(Side.Caller));
        byte[] expected = capture.Payload(Side.Server);
        byte[] answer = new byte[expected.Length];
        await stream.ReadExactlyAsync(answer);
        Assert.Equal(expected, answer);
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stream.ReadAsync(answer));
    }

    private async Task BreakAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(10, CancellationToken.None);
            _server.Kill();
        }
    }

    private async Task CallRecklesslyAsync(int seed, int[] outcomes)
    {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++)
        {
            byte[] value = new byte[random.Next(3) == 0 ? random.Next(200_000) : random.Next(100)];
            using var cancel = new CancellationTokenSource();
            ValueTask<RpcResponse<byte[]>> call = _pool.CallAsync(_server.Address, TestMethods.EchoCall, value, cancel.Token);
            if (random.Next(4) == 0) cancel.CancelAfter(random.Next(3));
            RpcResponse<byte[]> response = await call;
            Interlocked.Increment(ref outcomes[(int)response.Outcome]);
            if (response.IsSuccess) Assert.True(value.AsSpan().SequenceEqual(response.Value), $"seed {seed}, call {i}");
        }
    }

    private async Task CallManyAsync(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 60; i++)
        {
            int max = random.Next(20) switch { 0 => 400_000, < 5 => 20_000, _ => 100 };
            byte[] value = new byte[random.Next(max)];
            random.NextBytes(value);
            RpcMethodCall<byte[], byte[]> method = random.Next(2) == 0 ? TestMethods.EchoCall : TestMethods.InlineEchoCall;
            RpcResponse<byte[]> response = await _pool.CallAsync(_server.Address, method, value);
            Assert.Null(response.Error);
            Assert.True(value.AsSpan().SequenceEqual(response.Value), $"seed {seed}, call {i}");
        }
    }

    private async Task PingAsync() =>
        Assert.Null((await _pool.CallAsync(_server.Address, TestMethods.PingCall, default).InTimeAsync()).Error);
}
