using System.Buffers;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Tests.Transport;
using Consul.Fast.Net.Tests.Yamux;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>Calls whose caller goes before they are answered: they end, and nothing is encoded for nobody.</summary>
public sealed class RpcAbandonedCallTests
{
    private const string Name = "Test.Counted";
    private const int Calls = 64;
    private const int AnswerBytes = 1 << 20;

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _answer = new byte[AnswerBytes];
    private int _encoded;

    [Fact]
    public async Task A_call_of_a_reset_stream_ends_without_an_answer()
    {
        await using var server = new ServerUnderTest(null, Counted());
        var stream = new ServedStream(server);
        await stream.SendAsync(TestMethods.Request(1, Name, 0x80));
        stream.Reset();
        Assert.False(stream.Served.IsCompleted);
        _gate.SetResult();
        await stream.Served.InTimeAsync();
        Assert.Equal(0, _encoded);
        Assert.Equal(0, server.Server.InFlight);
        Assert.True(stream.Stream.IsReleased);
        Assert.Empty(server.Logger.Lines);
    }

    [Fact]
    public async Task Calls_that_wait_for_their_result_end_with_the_session()
    {
        await using var server = new ServerUnderTest(null, Counted());
        (MemoryEnd peer, Task served) = await CallAllAsync(server);
        await Eventually.TrueAsync(() => server.Server.InFlight == Calls, "all calls run");
        await EndAsync(peer, served);
        _gate.SetResult();
        await ExpectNothingLeftAsync(server);
        Assert.Equal(0, _encoded);
    }

    [Fact]
    public async Task Calls_that_wait_for_a_peer_that_never_reads_end_with_the_session()
    {
        _gate.SetResult();
        await using var server = new ServerUnderTest(new RpcServerSettings { HeldReplyBytesMax = 8 * AnswerBytes }, Counted());
        (MemoryEnd peer, Task served) = await CallAllAsync(server);
        await Eventually.TrueAsync(() => _encoded >= 2 && server.Server.InFlight + _encoded == Calls, "the others wait for room");
        int encoded = _encoded;
        Assert.InRange(encoded, 2, Calls / 2);
        await EndAsync(peer, served);
        await ExpectNothingLeftAsync(server);
        Assert.Equal(encoded, _encoded);
    }

    [Fact]
    public async Task A_caller_that_only_closed_its_direction_is_answered()
    {
        await using var server = new ServerUnderTest(null, Counted());
        (MemoryEnd peer, Task served) = Connect(server);
        var raw = new RawPeer(peer);
        await raw.SendAsync(RawPeer.Data(1, TestMethods.Request(1, Name, 0x80), FrameFlags.Syn), RawPeer.Update(1, FrameFlags.Fin));
        await raw.ExpectAsync(FrameType.WindowUpdate, FrameFlags.Ack, 1, 0);
        _gate.SetResult();
        WireFrame? first = await raw.ReadAsync();
        Assert.Equal(FrameType.Data, first!.Header.Type);
        Assert.Equal(1, _encoded);
        await EndAsync(peer, served);
        await ExpectNothingLeftAsync(server);
    }

    private RpcMethod<RpcNothing, byte[]> Counted() => new(
        Name,
        RpcScheduling.ThreadPool,
        RpcCodecs.ReadNothing,
        async (_, _) =>
        {
            await _gate.Task;
            return _answer;
        },
        (writer, reply) =>
        {
            Interlocked.Increment(ref _encoded);
            writer.WriteBytes(reply.Value);
        });

    /// <summary>A session whose peer takes little before it has to read.</summary>
    private static (MemoryEnd Peer, Task Served) Connect(ServerUnderTest server)
    {
        var connection = new MemoryDuplex(capacity: 64 * 1024);
        return (connection.Left, ServeAsync());

        async Task ServeAsync()
        {
            await server.Server.ServeSessionAsync(connection.Right, connection.Right.Input, ServerUnderTest.Remote);
            await connection.Right.DisposeAsync();
        }
    }

    private static async Task<(MemoryEnd Peer, Task Served)> CallAllAsync(ServerUnderTest server)
    {
        (MemoryEnd peer, Task served) = Connect(server);
        var frames = new ArrayBufferWriter<byte>();
        for (uint i = 0; i < Calls; i++)
            frames.Write(RawPeer.Data((2 * i) + 1, TestMethods.Request(i, Name, 0x80), FrameFlags.Syn));
        await peer.Output.WriteAsync(frames.WrittenMemory.ToArray());
        return (peer, served);
    }

    private static async Task EndAsync(MemoryEnd peer, Task served)
    {
        await peer.DisposeAsync();
        await served.InTimeAsync();
    }

    private static async Task ExpectNothingLeftAsync(ServerUnderTest server)
    {
        await Eventually.TrueAsync(() => server.Server.Channels == 0, "all streams end");
        Assert.Equal(0, server.Server.InFlight);
        await Eventually.TrueAsync(() => server.Blocks.Outstanding == 0, "all blocks go back");
    }
}
