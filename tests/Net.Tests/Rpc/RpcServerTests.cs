using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Tests.Transport;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Tests.Rpc;

public sealed class RpcServerTests
{
    private const string Gated = "Test.Gated";

    [Fact]
    public async Task Requests_of_a_stream_are_answered_in_order()
    {
        var gate = new TaskCompletionSource();
        await using var server = new ServerUnderTest(null, GatedMethod(gate.Task));
        var stream = new ServedStream(server);
        await stream.SendAsync(Join(TestMethods.Request(1, Gated, 0xa0), TestMethods.Request(2, "Status.Ping", 0x80)));
        Assert.True(stream.IsSilent());
        Assert.Equal(1, server.Server.InFlight);
        gate.SetResult();
        await stream.ExpectAsync(Join(TestMethods.Success(1, Gated, 0xa0), TestMethods.Success(2, "Status.Ping", 0x80)));
        Assert.Equal(0, server.Server.InFlight);
    }

    [Fact]
    public async Task A_waiting_call_holds_back_its_own_stream_only()
    {
        var gate = new TaskCompletionSource();
        await using var server = new ServerUnderTest(null, GatedMethod(gate.Task));
        var slow = new ServedStream(server);
        var quick = new ServedStream(server);
        await slow.SendAsync(TestMethods.Request(1, Gated, 0xa0));
        await quick.SendAsync(TestMethods.Request(2, "Status.Ping", 0x80));
        await quick.ExpectAsync(TestMethods.Success(2, "Status.Ping", 0x80));
        Assert.True(slow.IsSilent());
        gate.SetResult();
        await slow.ExpectAsync(TestMethods.Success(1, Gated, 0xa0));
    }

    [Fact]
    public async Task A_caller_that_goes_away_does_not_cancel_its_call()
    {
        var gate = new TaskCompletionSource();
        CancellationToken seen = default;
        await using var server = new ServerUnderTest(null, TestMethods.Bytes(Gated, RpcScheduling.ThreadPool, async (_, stopping) =>
        {
            seen = stopping;
            await gate.Task;
            return Array.Empty<byte>();
        }));
        var stream = new ServedStream(server);
        await stream.SendAsync(TestMethods.Request(1, Gated, 0xa0));
        await Eventually.TrueAsync(() => seen.CanBeCanceled, "the call has begun");
        stream.Reset();
        Assert.False(seen.IsCancellationRequested);
        Assert.False(stream.Served.IsCompleted);
        gate.SetResult();
        await stream.Served.InTimeAsync();
    }

    [Theory]
    [InlineData(RpcScheduling.Inline, true)]
    [InlineData(RpcScheduling.ThreadPool, false)]
    public async Task A_method_runs_where_it_wants_to(RpcScheduling scheduling, bool onReadingThread)
    {
        int thread = 0;
        await using var server = new ServerUnderTest(null, TestMethods.Bytes("Test.Where", scheduling, (_, _) =>
        {
            thread = Environment.CurrentManagedThreadId;
            return new(Array.Empty<byte>());
        }));
        bool same = false;
        // A thread of its own cannot be the one of the pool by chance.
        var sender = new Thread(() =>
        {
            var stream = new ServedStream(server);
            stream.SendAsync(TestMethods.Request(1, "Test.Where", 0xa0)).GetAwaiter().GetResult();
            stream.ExpectAsync(TestMethods.Success(1, "Test.Where", 0xa0)).GetAwaiter().GetResult();
            same = thread == Environment.CurrentManagedThreadId;
        });
        sender.Start();
        await Task.Run(sender.Join);
        Assert.Equal(onReadingThread, same);
    }

    [Theory]
    [InlineData("06")]
    [InlineData("c1")]
    [InlineData("a3616263")]
    [InlineData("db00100000")]
    public async Task An_undecodable_header_closes_the_stream_without_an_answer(string hex)
    {
        await using var server = new ServerUnderTest();
        var stream = new ServedStream(server);
        await stream.SendAsync(Convert.FromHexString(hex));
        await stream.ExpectEndAsync();
        Assert.Equal(1, server.Metrics[RpcMetricNames.RequestError]);
        Assert.Contains(server.Logger.Lines, static line => line.Level == LogLevel.Error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    public async Task An_end_before_or_inside_a_header_is_no_error(int length)
    {
        await using var server = new ServerUnderTest();
        var stream = new ServedStream(server);
        await stream.SendAsync(TestMethods.Request(1, "Status.Ping").AsMemory(0, length));
        stream.Close();
        await stream.ExpectEndAsync();
        Assert.Equal(0, server.Metrics[RpcMetricNames.RequestError]);
    }

    [Fact]
    public async Task An_end_inside_a_body_is_answered_and_closes_the_stream()
    {
        await using var server = new ServerUnderTest();
        var stream = new ServedStream(server);
        await stream.SendAsync(TestMethods.Request(1, "Test.Echo", 0xa3, 0x61));
        stream.Close();
        await stream.ExpectAsync(TestMethods.Failure(1, "Test.Echo", "EOF"));
        await stream.ExpectEndAsync();
    }

    [Fact]
    public async Task A_body_that_is_no_msgpack_is_answered_and_closes_the_stream()
    {
        await using var server = new ServerUnderTest();
        var stream = new ServedStream(server);
        await stream.SendAsync(TestMethods.Request(1, "Test.Echo", 0xc1));
        await stream.ExpectAsync(TestMethods.Failure(1, "Test.Echo", RpcErrors.UndecodableBody([])));
        await stream.ExpectEndAsync();
    }

    [Theory]
    [InlineData("c3", 5)]
    [InlineData("05", 2)]
    [InlineData("cd0100", 3)]
    [InlineData("cb0000000000000000", 4)]
    [InlineData("a161", 6)]
    [InlineData("c40161", 8)]
    [InlineData("d40100", 0xc)]
    public async Task A_body_of_another_kind_is_named_by_its_number(string body, int kind)
    {
        await using var server = new ServerUnderTest();
        var stream = new ServedStream(server);
        await stream.SendAsync(TestMethods.Request(1, "Status.Ping", Convert.FromHexString(body)));
        await stream.ExpectAsync(TestMethods.Failure(
            1, "Status.Ping", $"codec.decoder: Only encoded map or array can be decoded into a struct. (valueType: {kind:x})"));
        await stream.ExpectEndAsync();
    }

    [Fact]
    public async Task A_request_above_the_limit_is_refused_before_it_has_come()
    {
        await using var server = new ServerUnderTest(new RpcServerSettings { MaxRequestBytes = 1000 });
        var stream = new ServedStream(server);
        await stream.SendAsync(TestMethods.Request(1, "Test.Echo", 0xdb, 0x7f, 0xff, 0xff, 0xff));
        await stream.ExpectAsync(TestMethods.Failure(1, "Test.Echo", "rpc: request larger than 1000 bytes"));
        await stream.ExpectEndAsync();
    }

    [Fact]
    public async Task An_error_of_a_method_keeps_the_stream()
    {
        await using var server = new ServerUnderTest();
        var stream = new ServedStream(server);
        await stream.SendAsync(TestMethods.Request(1, "Test.Fail", [0xa6, .. "Danger"u8]));
        await stream.ExpectAsync(TestMethods.Failure(1, "Test.Fail", "Danger"));
        await stream.SendAsync(TestMethods.Request(2, "Test.Fail", 0xa0));
        await stream.ExpectAsync(TestMethods.Failure(2, "Test.Fail", RpcErrors.EmptyText));
        Assert.False(stream.Served.IsCompleted);
        Assert.Equal(2, server.Metrics[RpcMetricNames.Request]);
    }

    [Fact]
    public async Task A_defect_of_a_method_is_logged_answered_and_closes_the_stream()
    {
        await using var server = new ServerUnderTest(
            null,
            TestMethods.Bytes("Test.Throws", RpcScheduling.Inline, static (_, _) => throw new InvalidDataException("broken")),
            TestMethods.Bytes("Test.Throws2", RpcScheduling.ThreadPool, static async (_, _) =>
            {
                await Task.Yield();
                throw new IOException("broken");
            }));
        foreach (string name in new[] { "Test.Throws", "Test.Throws2" })
        {
            var stream = new ServedStream(server);
            await stream.SendAsync(TestMethods.Request(1, name, 0xa0));
            await stream.ExpectAsync(TestMethods.Failure(1, name, $"rpc: internal error in {name}"));
            await stream.ExpectEndAsync();
            Assert.Single(server.Logger.Lines, line => line.Id == 6201 && line.Text.Contains($"method={name} ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_method_that_breaks_in_its_answer_resets_the_stream()
    {
        await using var server = new ServerUnderTest(null, new RpcMethod<RpcNothing, byte[]>(
            "Test.Half",
            RpcScheduling.Inline,
            RpcCodecs.ReadNothing,
            static (_, _) => new(Array.Empty<byte>()),
            static (_, _) => throw new InvalidDataException("broken")));
        var stream = new ServedStream(server);
        await stream.SendAsync(TestMethods.Request(1, "Test.Half", 0x80));
        await stream.Served.InTimeAsync();
        Assert.True(stream.Stream.IsReset);
    }

    [Fact]
    public async Task Calls_above_the_limit_are_refused_with_one_line_a_second()
    {
        var gate = new TaskCompletionSource();
        await using var server = new ServerUnderTest(new RpcServerSettings { MaxInFlight = 2 }, GatedMethod(gate.Task));
        ServedStream[] running = [new(server), new(server)];
        foreach (ServedStream stream in running) await stream.SendAsync(TestMethods.Request(1, Gated, 0xa0));
        var refused = new ServedStream(server);
        for (ulong seq = 1; seq <= 5; seq++)
        {
            await refused.SendAsync(TestMethods.Request(seq, "Status.Ping", 0x80));
            await refused.ExpectAsync(TestMethods.Failure(seq, "Status.Ping", "rpc: server busy, 2 requests in flight"));
        }

        Assert.InRange(server.Logger.Lines.Count(static line => line.Id == 6202), 1, 2);
        gate.SetResult();
        foreach (ServedStream stream in running) await stream.ExpectAsync(TestMethods.Success(1, Gated, 0xa0));
        await refused.SendAsync(TestMethods.Request(6, "Status.Ping", 0x80));
        await refused.ExpectAsync(TestMethods.Success(6, "Status.Ping", 0x80));
    }

    [Fact]
    public async Task Names_decide_between_unknown_service_and_unknown_method()
    {
        await using var server = new ServerUnderTest(
            null, TestMethods.Bytes("A.B.C", RpcScheduling.Inline, static (request, _) => new(request)));
        foreach ((string name, string error) in new[]
        {
            ("A.B.D", "rpc: can't find method A.B.D"),
            ("A.C", "rpc: can't find service A.C"),
            (".Ping", "rpc: can't find service .Ping"),
            ("Status.", "rpc: can't find method Status."),
            ("Statusping", "rpc: service/method request ill-formed: Statusping"),
        })
        {
            var stream = new ServedStream(server);
            await stream.SendAsync(TestMethods.Request(3, name, 0xa0));
            await stream.ExpectAsync(TestMethods.Failure(3, name, error));
            await stream.ExpectEndAsync();
        }
    }

    [Fact]
    public async Task A_large_body_is_not_handled_on_the_reading_thread()
    {
        int thread = Environment.CurrentManagedThreadId;
        bool same = true;
        await using var server = new ServerUnderTest(null, TestMethods.Bytes("Test.Where", RpcScheduling.Inline, (_, _) =>
        {
            same = thread == Environment.CurrentManagedThreadId && !Thread.CurrentThread.IsThreadPoolThread;
            return new(Array.Empty<byte>());
        }));
        var sender = new Thread(() =>
        {
            thread = Environment.CurrentManagedThreadId;
            var stream = new ServedStream(server);
            byte[] body = [0xda, 0x80, 0x00, .. new byte[0x8000]];
            stream.SendAsync(TestMethods.Request(1, "Test.Where", body)).GetAwaiter().GetResult();
            stream.ExpectAsync(TestMethods.Success(1, "Test.Where", 0xa0)).GetAwaiter().GetResult();
        });
        sender.Start();
        await Task.Run(sender.Join);
        Assert.False(same);
    }

    [Fact]
    public async Task Arbitrary_bytes_end_a_stream_or_wait_and_never_throw()
    {
        await using var server = new ServerUnderTest(new RpcServerSettings { MaxRequestBytes = 1 << 20 });
        byte[] valid = TestMethods.Request(7, "Test.InlineEcho", 0xa3, 1, 2, 3);
        for (int seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = [.. valid, .. valid];
            for (int i = random.Next(1, 6); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var stream = new ServedStream(server);
            int split = random.Next(bytes.Length);
            await stream.SendAsync(bytes.AsMemory(0, split));
            if (!stream.Served.IsCompleted) await stream.SendAsync(bytes.AsMemory(split));
            stream.Close();
            await stream.Served.InTimeAsync();
            Assert.True(stream.Stream.IsReleased, $"seed {seed}");
        }

        Assert.DoesNotContain(server.Logger.Lines, static line => line.Id is 6201 or 6206);
        Assert.Equal(0, server.Server.Channels);
    }

    private static RpcMethod GatedMethod(Task gate) => TestMethods.Bytes(Gated, RpcScheduling.Inline, async (request, _) =>
    {
        await gate;
        return request;
    });

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(static part => part)];
}
