using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Tests.Transport;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Net.Tests.Rpc;

public sealed class RpcPoolTests : IAsyncDisposable
{
    private static readonly RpcServerAddress s_address = MemoryConnector.Address;

    private readonly ManualTime _time = new();
    private readonly TimerWheel _timers;
    private readonly ServerUnderTest _server;
    private readonly MemoryConnector _connector;
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RpcMethodCall<byte[], byte[]> _gated = new("Test.Gated", TestMethods.WriteBytes, TestMethods.ReadBytes);
    private readonly RpcPool _pool;

    public RpcPoolTests()
    {
        _timers = new TimerWheel(_time);
        _server = new ServerUnderTest(null, TestMethods.Bytes("Test.Gated", RpcScheduling.Inline, async (request, _) =>
        {
            await _gate.Task;
            return request;
        }));
        _connector = new MemoryConnector(_server);
        _pool = NewPool(_connector);
    }

    private MemorySession First => _connector.Sessions.First();

    public async ValueTask DisposeAsync()
    {
        _gate.TrySetResult();
        await _pool.DisposeAsync();
        await _server.DisposeAsync();
        _timers.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(16 * 1024)]
    [InlineData(3_000_000)]
    public async Task A_value_comes_back_from_either_kind_of_method(int size)
    {
        byte[] value = new byte[size];
        new Random(size).NextBytes(value);
        foreach (RpcMethodCall<byte[], byte[]> method in new[] { TestMethods.EchoCall, TestMethods.InlineEchoCall })
        {
            RpcResponse<byte[]> response = await _pool.CallAsync(s_address, method, value).InTimeAsync();
            Assert.Equal(RpcOutcome.Success, response.Outcome);
            Assert.Equal(value, response.Value);
        }
    }

    [Fact]
    public async Task Calls_one_after_the_other_share_a_stream_and_parallel_ones_have_their_own()
    {
        for (int i = 0; i < 5; i++) await PingAsync();
        Assert.Single(First.Callers);
        Task<RpcResponse<byte[]>>[] parallel = [.. Enumerable.Range(0, 10).Select(_ => _pool.CallAsync(s_address, _gated, []).AsTask())];
        Assert.Equal(10, First.Callers.Count);
        _gate.SetResult();
        await Task.WhenAll(parallel).InTimeAsync();
        await PingAsync();
        Assert.Equal(10, First.Callers.Count);
        Assert.Equal(1, _connector.Dials);
    }

    [Fact]
    public async Task No_more_streams_than_the_cap_are_kept()
    {
        await PingAsync();
        Task<RpcResponse<byte[]>>[] parallel = [.. Enumerable.Range(0, 7).Select(_ => _pool.CallAsync(s_address, _gated, []).AsTask())];
        _gate.SetResult();
        await Task.WhenAll(parallel).InTimeAsync();
        await Eventually.TrueAsync(() => First.Callers.Count(static stream => stream.IsReleased) == 3, "surplus streams close");
        Assert.Equal(4, First.Callers.Count(static stream => !stream.IsClosed));
    }

    [Fact]
    public async Task The_stream_used_last_is_used_next()
    {
        await PingAsync();
        Task<RpcResponse<byte[]>> waiting = _pool.CallAsync(s_address, _gated, []).AsTask();
        await PingAsync();
        _gate.SetResult();
        await waiting.InTimeAsync();
        await PingAsync();
        await Eventually.TrueAsync(() => First.Callers.Count == 2, "two streams");
        First.Servers[1].Close();
        await PingAsync();
        Assert.Equal(2, First.Callers.Count);
    }

    [Fact]
    public async Task An_error_of_the_server_has_the_prefix_and_costs_the_stream_only()
    {
        RpcResponse<byte[]> response = await _pool.CallAsync(s_address, TestMethods.FailCall, "Must provide key"u8.ToArray()).InTimeAsync();
        Assert.Equal(RpcOutcome.Refused, response.Outcome);
        Assert.Equal("rpc error making call: Must provide key", response.Error);
        Assert.True(First.Callers[0].IsClosed);
        await PingAsync();
        Assert.Equal(2, First.Callers.Count);
        Assert.Equal(1, _connector.Dials);
    }

    [Theory]
    [InlineData("rpc error making call: EOF")]
    [InlineData("write failed: stream closed")]
    public async Task An_error_that_means_a_lost_connection_drops_the_own_one(string error)
    {
        RpcResponse<byte[]> response =
            await _pool.CallAsync(s_address, TestMethods.FailCall, System.Text.Encoding.UTF8.GetBytes(error)).InTimeAsync();
        Assert.Equal($"rpc error making call: {error}", response.Error);
        await First.Completion.InTimeAsync();
        await PingAsync();
        Assert.Equal(2, _connector.Dials);
    }

    [Fact]
    public async Task A_dropped_connection_closes_when_its_last_call_ends()
    {
        await PingAsync();
        Task<RpcResponse<byte[]>> waiting = _pool.CallAsync(s_address, _gated, [1]).AsTask();
        await _pool.CallAsync(s_address, TestMethods.FailCall, "x: EOF"u8.ToArray()).InTimeAsync();
        Assert.Equal(0, _pool.Connections);
        Assert.False(First.Completion.IsCompleted);
        _gate.SetResult();
        Assert.Equal([1], (await waiting).Value);
        await First.Completion.InTimeAsync();
    }

    [Fact]
    public async Task A_connection_lost_in_a_call_is_an_end_of_file()
    {
        await PingAsync();
        Task<RpcResponse<byte[]>> waiting = _pool.CallAsync(s_address, _gated, []).AsTask();
        First.Kill("connection reset by peer");
        RpcResponse<byte[]> response = await waiting.InTimeAsync();
        Assert.Equal(RpcOutcome.Broken, response.Outcome);
        Assert.Equal("rpc error making call: EOF", response.Error);
        Assert.True(RpcErrors.CanRetry(isRead: true, response.Error!));
        await PingAsync();
        Assert.Equal(2, _connector.Dials);
    }

    [Fact]
    public async Task A_stream_that_ended_while_free_is_not_used()
    {
        await PingAsync();
        First.Servers[0].Close();
        await PingAsync();
        Assert.Equal(2, First.Callers.Count);
    }

    [Fact]
    public async Task A_session_that_opens_no_stream_is_replaced_once()
    {
        await PingAsync();
        First.Servers[0].Close();
        First.OpenFailure = "remote end is not accepting connections";
        await PingAsync();
        Assert.Equal(2, _connector.Dials);
    }

    [Fact]
    public async Task A_second_session_that_opens_no_stream_is_an_error()
    {
        await using RpcPool pool = NewPool(new DeadConnector());
        RpcResponse<RpcNothing> response = await pool.CallAsync(s_address, TestMethods.PingCall, default).InTimeAsync();
        Assert.Equal(RpcOutcome.NotSent, response.Outcome);
        Assert.Equal("rpc error getting client: failed to start stream: session shutdown", response.Error);
    }

    [Fact]
    public async Task One_caller_dials_and_only_it_learns_why_that_failed()
    {
        var gate = new TaskCompletionSource();
        _connector.Gate = gate.Task;
        _connector.Error = "dial tcp 127.0.0.1:8300: connect: connection refused";
        Task<RpcResponse<RpcNothing>>[] calls =
            [.. Enumerable.Range(0, 5).Select(_ => _pool.CallAsync(s_address, TestMethods.PingCall, default).AsTask())];
        gate.SetResult();
        RpcResponse<RpcNothing>[] responses = await Task.WhenAll(calls).InTimeAsync();
        Assert.Equal(1, _connector.Dials);
        Assert.All(responses, static response => Assert.Equal(RpcOutcome.NotSent, response.Outcome));
        Assert.Equal(
            "rpc error getting client: failed to get conn: dial tcp 127.0.0.1:8300: connect: connection refused", responses[0].Error);
        Assert.All(responses[1..], static response =>
            Assert.Equal("rpc error getting client: failed to get conn: rpc error: lead thread didn't get connection", response.Error));
        _connector.Error = null;
        await PingAsync();
    }

    [Fact]
    public async Task Callers_that_waited_for_a_dial_share_its_connection()
    {
        var gate = new TaskCompletionSource();
        _connector.Gate = gate.Task;
        using var impatient = new CancellationTokenSource();
        Task<RpcResponse<RpcNothing>> lead = _pool.CallAsync(s_address, TestMethods.PingCall, default, impatient.Token).AsTask();
        Task<RpcResponse<RpcNothing>> follower = _pool.CallAsync(s_address, TestMethods.PingCall, default).AsTask();
        await impatient.CancelAsync();
        RpcResponse<RpcNothing> given = await lead.InTimeAsync();
        Assert.Equal((RpcOutcome.Canceled, "rpc error getting client: context canceled"), (given.Outcome, given.Error));
        gate.SetResult();
        Assert.True((await follower.InTimeAsync()).IsSuccess);
        Assert.Equal(1, _connector.Dials);
    }

    [Fact]
    public async Task A_server_of_the_first_protocol_version_is_refused_without_a_dial()
    {
        RpcResponse<RpcNothing> response = await _pool.CallAsync(s_address with { ProtocolVersion = 1 }, TestMethods.PingCall, default);
        Assert.Equal(
            "rpc error getting client: failed to get conn: cannot make client connection, unsupported protocol version 1", response.Error);
        Assert.Equal(0, _connector.Dials);
    }

    [Fact]
    public async Task Servers_have_connections_of_their_own()
    {
        await PingAsync();
        Assert.True((await _pool.CallAsync(s_address with { Node = "two" }, TestMethods.PingCall, default).InTimeAsync()).IsSuccess);
        Assert.Equal(2, _pool.Connections);
    }

    [Fact]
    public async Task A_call_given_up_resets_its_stream_and_leaves_the_others()
    {
        await PingAsync();
        using var cancel = new CancellationTokenSource();
        Task<RpcResponse<byte[]>> given = _pool.CallAsync(s_address, _gated, [1], cancel.Token).AsTask();
        Task<RpcResponse<byte[]>> kept = _pool.CallAsync(s_address, _gated, [2]).AsTask();
        await cancel.CancelAsync();
        RpcResponse<byte[]> response = await given.InTimeAsync();
        Assert.Equal((RpcOutcome.Canceled, "rpc error making call: context canceled"), (response.Outcome, response.Error));
        Assert.True(First.Callers[0].IsReset);
        _gate.SetResult();
        Assert.Equal([2], (await kept.InTimeAsync()).Value);
        await PingAsync();
        Assert.Equal(2, First.Callers.Count);
        Assert.Equal(1, _pool.Connections);
    }

    [Fact]
    public async Task A_call_that_is_given_up_before_it_starts_sends_nothing()
    {
        var canceled = new CancellationToken(canceled: true);
        RpcResponse<RpcNothing> response = await _pool.CallAsync(s_address, TestMethods.PingCall, default, canceled);
        Assert.Equal(RpcOutcome.Canceled, response.Outcome);
        Assert.Equal(0, _connector.Dials);
    }

    [Fact]
    public async Task A_call_can_be_given_up_while_it_waits_for_a_stream()
    {
        await PingAsync();
        First.Servers[0].Close();
        First.OpenGate = new TaskCompletionSource().Task;
        using var cancel = new CancellationTokenSource();
        Task<RpcResponse<RpcNothing>> waiting = _pool.CallAsync(s_address, TestMethods.PingCall, default, cancel.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await cancel.CancelAsync();
        Assert.Equal(RpcOutcome.Canceled, (await waiting.InTimeAsync()).Outcome);
        First.OpenGate = null;
        await PingAsync();
    }

    [Fact]
    public async Task An_idle_connection_is_closed_after_its_time_and_not_while_a_call_runs()
    {
        await PingAsync();
        Task<RpcResponse<byte[]>> waiting = _pool.CallAsync(s_address, _gated, []).AsTask();
        for (int i = 0; i < 10; i++) await TickAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, _pool.Connections);
        _gate.SetResult();
        await waiting.InTimeAsync();
        await TickAsync(TimeSpan.FromSeconds(60));
        await PingAsync();
        await TickAsync(TimeSpan.FromSeconds(2));
        await TickAsync(TimeSpan.FromSeconds(110));
        Assert.Equal(1, _pool.Connections);
        for (int i = 0; i < 5 && _pool.Connections > 0; i++) await TickAsync(TimeSpan.FromSeconds(3));
        await Eventually.TrueAsync(() => _pool.Connections == 0, "the connection is reaped");
        await First.Completion.InTimeAsync();
        Assert.Equal(0, _timers.Scheduled);
        await PingAsync();
        Assert.Equal(2, _connector.Dials);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_before_the_request_was_read_waits_for_the_flush_or_ends_it(bool error)
    {
        var connector = new MemoryConnector();
        await using RpcPool pool = NewPool(connector);
        Task<RpcResponse<byte[]>> first = pool.CallAsync(s_address, TestMethods.EchoCall, [1]).AsTask();
        MemorySession session = await SessionOfAsync(connector);
        session.PauseBytes = 1000;
        Task<RpcResponse<byte[]>> call = pool.CallAsync(s_address, TestMethods.EchoCall, new byte[5000]).AsTask();
        MemoryRpcStream server = session.Servers[1];
        Assert.False(call.IsCompleted);
        byte[] answer = error ? TestMethods.Failure(2, "Test.Echo", "no") : TestMethods.Success(2, "Test.Echo", 0xa1, 7);
        await server.Output.WriteAsync(answer);
        if (!error)
        {
            Assert.False(call.IsCompleted);
            System.IO.Pipelines.ReadResult request = await server.Input.ReadAsync();
            server.Input.AdvanceTo(request.Buffer.End);
        }

        RpcResponse<byte[]> response = await call.InTimeAsync();
        Assert.Equal(error ? "rpc error making call: no" : null, response.Error);
        Assert.Equal(error, session.Callers[1].IsReset);
        Assert.Equal(error, session.Callers[1].IsReleased);
        await session.Servers[0].Output.WriteAsync(TestMethods.Success(1, "Test.Echo", 0xa1, 7));
        Assert.True((await first.InTimeAsync()).IsSuccess);
    }

    [Fact]
    public async Task A_call_can_be_given_up_while_its_request_waits_for_the_window()
    {
        var connector = new MemoryConnector();
        await using RpcPool pool = NewPool(connector);
        Task<RpcResponse<byte[]>> first = pool.CallAsync(s_address, TestMethods.EchoCall, [1]).AsTask();
        MemorySession session = await SessionOfAsync(connector);
        session.PauseBytes = 1000;
        using var cancel = new CancellationTokenSource();
        Task<RpcResponse<byte[]>> call = pool.CallAsync(s_address, TestMethods.EchoCall, new byte[5000], cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.Equal(RpcOutcome.Canceled, (await call.InTimeAsync()).Outcome);
        await Eventually.TrueAsync(() => session.Callers[1].IsReleased, "the stream goes back");
        session.Kill("over");
        await first.InTimeAsync();
    }

    [Fact]
    public async Task An_answer_nobody_asked_for_costs_the_stream()
    {
        var connector = new MemoryConnector();
        await using RpcPool pool = NewPool(connector);
        Task<RpcResponse<RpcNothing>> first = pool.CallAsync(s_address, TestMethods.PingCall, default).AsTask();
        MemorySession session = await SessionOfAsync(connector);
        byte[] answer = TestMethods.Success(1, "Status.Ping", 0x80);
        await session.Servers[0].Output.WriteAsync(answer);
        Assert.True((await first).IsSuccess);
        await session.Servers[0].Output.WriteAsync(answer);
        Assert.True(session.Callers[0].IsReleased);
        Task<RpcResponse<RpcNothing>> second = pool.CallAsync(s_address, TestMethods.PingCall, default).AsTask();
        Assert.Equal(2, session.Servers.Count);
        await session.Servers[1].Output.WriteAsync(answer);
        Assert.True((await second).IsSuccess);
    }

    [Fact]
    public async Task Arbitrary_answers_end_the_call_and_never_throw()
    {
        var connector = new MemoryConnector();
        await using RpcPool pool = NewPool(connector);
        byte[] valid = TestMethods.Success(7, "Test.Echo", 0xa3, 1, 2, 3);
        for (int seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = [.. valid];
            for (int i = random.Next(1, 6); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            int streams = connector.Sessions.Sum(static session => session.Servers.Count);
            Task<RpcResponse<byte[]>> call = pool.CallAsync(s_address, TestMethods.EchoCall, []).AsTask();
            await Eventually.TrueAsync(() => connector.Sessions.Sum(static session => session.Servers.Count) > streams, "a stream");
            MemoryRpcStream stream = connector.Sessions.Last().Servers[^1];
            int split = random.Next(bytes.Length);
            await stream.Output.WriteAsync(bytes.AsMemory(0, split));
            if (!call.IsCompleted) await stream.Output.WriteAsync(bytes.AsMemory(split));
            stream.Close();
            RpcResponse<byte[]> response = await call.InTimeAsync();
            string error = response.Error ?? "rpc error making call: ";
            Assert.True(error.StartsWith("rpc error making call: ", StringComparison.Ordinal), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("c1")]
    [InlineData("06")]
    [InlineData("83a54572726f7201")]
    public async Task An_undecodable_answer_is_an_error_of_the_call(string hex)
    {
        var connector = new MemoryConnector();
        await using RpcPool pool = NewPool(connector);
        Task<RpcResponse<RpcNothing>> call = pool.CallAsync(s_address, TestMethods.PingCall, default).AsTask();
        MemorySession session = await SessionOfAsync(connector);
        await session.Servers[0].Output.WriteAsync(Convert.FromHexString(hex));
        session.Servers[0].Close();
        RpcResponse<RpcNothing> response = await call.InTimeAsync();
        Assert.Equal(RpcOutcome.Broken, response.Outcome);
        Assert.StartsWith("rpc error making call: ", response.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_cannot_be_encoded_is_the_callers_exception()
    {
        var method = new RpcMethodCall<int, RpcNothing>(
            "Status.Ping", static (_, _) => throw new InvalidDataException("broken"), RpcCodecs.ReadNothing);
        await PingAsync();
        await Assert.ThrowsAsync<InvalidDataException>(async () => await _pool.CallAsync(s_address, method, 1));
        await PingAsync();
        Assert.Equal(2, First.Callers.Count);
    }

    [Fact]
    public async Task Disposal_ends_calls_and_refuses_new_ones()
    {
        await PingAsync();
        Task<RpcResponse<byte[]>> waiting = _pool.CallAsync(s_address, _gated, []).AsTask();
        await _pool.DisposeAsync();
        Assert.Equal("rpc error making call: EOF", (await waiting.InTimeAsync()).Error);
        Assert.Equal(
            "rpc error getting client: failed to get conn: rpc error: shutdown",
            (await _pool.CallAsync(s_address, TestMethods.PingCall, default).InTimeAsync()).Error);
        await First.Completion.InTimeAsync();
    }

    [Fact]
    public async Task A_call_without_certificate_stays_in_its_datacenter()
    {
        RpcServerAddress address = s_address with { Datacenter = "dc2" };
        RpcResponse<RpcNothing> response = await _pool.CallInsecureAsync(address, TestMethods.PingCall, default);
        Assert.Equal("insecure dialing prohibited between datacenters", response.Error);
    }

    private RpcPool NewPool(IRpcConnector connector) => new(
        connector,
        new RpcPoolSettings { Datacenter = "dc1", IdleStreamsMax = 4, IdleTime = TimeSpan.FromSeconds(120) },
        _timers,
        NullLogger.Instance);

    private async Task PingAsync() => Assert.Null((await _pool.CallAsync(s_address, TestMethods.PingCall, default).InTimeAsync()).Error);

    /// <summary>The first session, once it has a stream.</summary>
    private static async Task<MemorySession> SessionOfAsync(MemoryConnector connector)
    {
        await Eventually.TrueAsync(() => connector.Sessions.Any(static session => session.Servers.Count > 0), "a stream");
        return connector.Sessions.First();
    }

    /// <summary>Moves the clock and waits until the pool has looked at it.</summary>
    private async Task TickAsync(TimeSpan time)
    {
        _time.Advance(time);
        int ticks = 0;
        // The look-out of the pool is an entry of the wheel; one of our own that is due no sooner fires with it or after it.
        var probe = new Probe(() => Interlocked.Increment(ref ticks));
        _timers.Schedule(probe, TimeSpan.FromMilliseconds(1));
        _time.Advance(TimeSpan.FromSeconds(1.1));
        await Eventually.TrueAsync(() => Volatile.Read(ref ticks) > 0, "the wheel turns");
        _timers.Schedule(probe, TimeSpan.FromMilliseconds(1));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await Eventually.TrueAsync(() => Volatile.Read(ref ticks) > 1, "the wheel turns again");
    }

    private sealed class Probe(Action action) : TimerEntry
    {
        protected internal override void OnTimer() => action();
    }

    private sealed class DeadConnector : IRpcConnector
    {
        public ValueTask<RpcConnected> ConnectAsync(RpcServerAddress server, CancellationToken cancellation) =>
            new(new RpcConnected(new MemorySession(null) { OpenFailure = "session shutdown" }, null));
    }
}
