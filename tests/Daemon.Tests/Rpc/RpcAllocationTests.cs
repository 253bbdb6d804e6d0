using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Daemon.Tests.Server;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Tests.Yamux;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Yamux;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Rpc;

[CollectionDefinition(nameof(RpcAllocationTests), DisableParallelization = true)]
public sealed class RpcAllocationTestsAlone;

/// <summary>
/// What a small call costs a server from the frame that brings it to the frame that answers it, and a caller from its call
/// to its result: nothing. Each side runs alone and inline on the test's thread, so that its counter sees all of it; the
/// server is the real one with its state, its services and its metrics.
/// </summary>
[Collection(nameof(RpcAllocationTests))]
public sealed class RpcAllocationTests
{
    private const int Calls = 1000;

    /// <summary>A garbage collection takes a buffer out of a shared pool now and then; a call's own costs come every time.</summary>
    private const int Rounds = 10;

    private static readonly RpcName s_ping = new(StatusMethods.Ping.Name);
    private static readonly RpcName s_get = new(KvsMethods.Get.Name);

    private static KeyRequest Key { get; } = new() { Datacenter = "dc1", Key = "service/leader"u8.ToArray() };

    [Fact]
    public Task Ping_allocates_nothing_on_the_server() =>
        ServeAsync(s_ping, static writer => writer.WriteMapHeader(0), static reply => Assert.Equal(0x80, reply[^1]));

    [Fact]
    public Task Read_of_a_key_allocates_nothing_on_the_server() => ServeAsync(
        s_get,
        static writer => KeyRequestCodec.Write(writer, Key),
        static reply => Assert.True(reply.AsSpan().IndexOf("the value"u8) > 0));

    [Fact]
    public Task Stale_read_of_a_key_allocates_nothing_on_a_follower() => ServeAsync(
        s_get,
        static writer => KeyRequestCodec.Write(writer, new KeyRequest { Key = Key.Key, AllowStale = true }),
        static reply => Assert.True(reply.AsSpan().IndexOf("the value"u8) > 0),
        Follow);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Own_read_of_a_key_allocates_nothing(bool stale)
    {
        await using TestServer state = await TestServer.StartAsync();
        Assert.Equal(200, (await state.PutAsync("/v1/kv/service/leader", "the value")).Status);
        if (stale) Follow(state);
        var request = new KeyRequest { Key = Key.Key, AllowStale = stale };
        Assert.Equal(0, Least(() =>
        {
            ValueTask<RpcResult<DirEntry?>> read = state.Services.Kvs.GetAsync(request);
            if (!read.IsCompletedSuccessfully || read.Result.Value is null) Assert.Fail("The read went elsewhere.");
        }));
    }

    [Fact]
    public Task Ping_allocates_nothing_on_the_caller() =>
        CallAsync(StatusMethods.Ping, default, RpcResult<bool>.Ok(true), static reply => Assert.True(reply), keptBytes: 0);

    [Fact]
    public Task Read_of_a_missing_key_allocates_nothing_on_the_caller() =>
        CallAsync(KvsMethods.Get, Key, RpcResult<DirEntry?>.Ok(null), Assert.Null, keptBytes: 0);

    [Fact]
    public Task Read_of_a_key_allocates_only_the_entry_on_the_caller()
    {
        var entry = new DirEntry { Key = Key.Key.ToArray(), Value = new byte[100], Flags = 1, CreateIndex = 2, ModifyIndex = 3 };
        var encoded = new ArrayBufferWriter<byte>();
        DirEntryCodec.Write(new MsgPackWriter(encoded), entry);
        byte[] bytes = encoded.WrittenSpan.ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new MsgPackReader(bytes);
        DirEntryCodec.Read(ref reader);
        long kept = GC.GetAllocatedBytesForCurrentThread() - before;
        return CallAsync(KvsMethods.Get, Key, RpcResult<DirEntry?>.Ok(entry), static reply => Assert.Equal(100, reply!.Value!.Length), kept);
    }

    private static void Follow(TestServer server)
    {
        server.Raft.Role = RaftRole.Follower;
        server.Raft.LastContact = DateTimeOffset.UtcNow;
        server.Raft.KnownLeader = "127.0.0.2:8300";
    }

    /// <summary>Calls a server by hand, with bytes that are the same each time.</summary>
    private static async Task ServeAsync(
        RpcName name, Action<MsgPackWriter> writeBody, Action<byte[]> check, Action<TestServer>? prepare = null)
    {
        await using TestServer state = await TestServer.StartAsync();
        Assert.Equal(200, (await state.PutAsync("/v1/kv/service/leader", "the value")).Status);
        prepare?.Invoke(state);
        using var timers = new TimerWheel();
        await using var server = new RpcServer(
            RpcMethods.Of(state.PortServices), new RpcServerSettings(), timers, NullLogger.Instance, state.Metrics);
        var connection = new MemoryDuplex();
        Task served = server.ServeSessionAsync(connection.Right, connection.Right.Input, new IPEndPoint(IPAddress.Loopback, 1));

        byte[] request = Message(output => RpcHeaders.WriteRequest(output, 7, name), writeBody);
        byte[] first = Exchange(connection.Left, Frame(FrameFlags.Syn, request));
        check(first);
        // The answer is a frame of its own, after the acknowledgement of the stream.
        long answerBytes = FrameHeader.Read(first.AsSpan(FrameHeader.Size)).Length;
        byte[] next = [.. Frame(FrameFlags.None, request), .. Window((uint)answerBytes)];
        check(Exchange(connection.Left, next));
        Assert.Equal(0, Least(() =>
        {
            Send(connection.Left, next);
            if (Drain(connection.Left) < answerBytes) Assert.Fail("The answer came late.");
        }));
        await connection.Left.DisposeAsync();
        await served;
    }

    /// <summary>Calls through a pool whose server is played by hand, with answers that are the same each time.</summary>
    private static async Task CallAsync<TRequest, TReply>(
        ServiceMethod<TRequest, TReply> method, TRequest request, RpcResult<TReply> reply, Action<TReply> check, long keptBytes)
    {
        var connection = new MemoryDuplex();
        byte[] answer = Message(
            output => RpcHeaders.WriteSuccess(output, 7, new RpcName(method.Name).EncodedField), writer => method.WriteReply(writer, reply));
        Task played = PlayAsync(connection.Right, Frame(FrameFlags.None, answer));
        using var timers = new TimerWheel();
        await using (var pool = new RpcPool(
            new Connector(connection.Left, timers), new RpcPoolSettings { Datacenter = "dc1" }, timers, NullLogger.Instance))
        {
            var address = new RpcServerAddress("dc1", "one", new IPEndPoint(IPAddress.Loopback, 1), ProtocolVersion: 2);
            check((await pool.CallAsync(address, method.Call, request)).Value.Value);
            Assert.Equal(keptBytes, Least(() =>
            {
                ValueTask<RpcResponse<RpcResult<TReply>>> call = pool.CallAsync(address, method.Call, request);
                if (!call.IsCompletedSuccessfully || !call.Result.IsSuccess) Assert.Fail("The call failed or went to another thread.");
            }));
        }

        await played;
    }

    private static long Least(Action call)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Calls; i++) call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        // A call that allocates 24 bytes now and then is found as well: nothing but a whole number is right.
        Assert.Equal(0, least % Calls);
        return least / Calls;
    }

    private static byte[] Message(Action<IBufferWriter<byte>> writeHeader, Action<MsgPackWriter> writeBody)
    {
        var output = new ArrayBufferWriter<byte>();
        writeHeader(output);
        writeBody(new MsgPackWriter(output));
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Frame(FrameFlags flags, byte[] payload)
    {
        byte[] frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(FrameType.Data, flags, 1, (uint)payload.Length).Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        return frame;
    }

    private static byte[] Window(uint credit)
    {
        byte[] frame = new byte[FrameHeader.Size];
        new FrameHeader(FrameType.WindowUpdate, FrameFlags.None, 1, credit).Write(frame);
        return frame;
    }

    private static byte[] Exchange(MemoryEnd end, byte[] frames)
    {
        Send(end, frames);
        Assert.True(end.Input.TryRead(out ReadResult result));
        byte[] answer = result.Buffer.ToArray();
        end.Input.AdvanceTo(result.Buffer.End);
        return answer;
    }

    private static void Send(MemoryEnd end, byte[] frames)
    {
        ValueTask<FlushResult> written = end.Output.WriteAsync(frames);
        if (!written.IsCompletedSuccessfully || written.Result.IsCompleted) Assert.Fail("The connection is over.");
    }

    private static long Drain(MemoryEnd end)
    {
        if (!end.Input.TryRead(out ReadResult result)) return 0;
        long length = result.Buffer.Length;
        end.Input.AdvanceTo(result.Buffer.End);
        return length;
    }

    /// <summary>Answers every request, which comes in one frame and one write, and gives its bytes back to the window.</summary>
    private static async Task PlayAsync(MemoryEnd end, byte[] answer)
    {
        byte[]? frames = null;
        while (true)
        {
            ReadResult result = await end.Input.ReadAsync().ConfigureAwait(false);
            bool isRequest = result.Buffer.Length > FrameHeader.Size;
            frames ??= [.. answer, .. Window((uint)(result.Buffer.Length - FrameHeader.Size))];
            end.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
            if (isRequest) await end.Output.WriteAsync(frames).ConfigureAwait(false);
        }

        await end.DisposeAsync();
    }

    private sealed class Connector(MemoryEnd end, TimerWheel timers) : IRpcConnector
    {
        public ValueTask<RpcConnected> ConnectAsync(RpcServerAddress server, CancellationToken cancellation)
        {
            var session = new YamuxSession(
                end, end.Input, YamuxRole.Client, new YamuxSettings(), timers, Net.Buffers.PinnedBlockPool.Small, null, NullLogger.Instance);
            return new(new RpcConnected(new YamuxRpcSession(session, end), null));
        }
    }
}
