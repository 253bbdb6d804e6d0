using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Tests.Captures;

namespace Consul.Fast.Net.Tests.Rpc;

/// <summary>The server answers recorded requests with the recorded bytes, and ends a stream where the recorded one did.</summary>
public sealed class RpcServerVectorTests
{
    private const string BadBody = "err-bad-body.hex";

    /// <summary>After these errors the server closes the stream.</summary>
    private static readonly string[] s_closing = [BadBody, "err-illformed.hex", "err-unknown-method.hex", "err-unknown-service.hex"];

    public static TheoryData<string> Conversations() => new(Capture.Names("err-*.hex")
        .Concat(Capture.Names("status-ping*.hex"))
        .Concat(Capture.Names("kvs-*.hex")));

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task Recorded_requests_get_the_recorded_bytes(string name)
    {
        var capture = Capture.Load(name);
        await using var server = new ServerUnderTest(null, Scripted(capture));
        foreach (uint id in capture.IsMultiplexed ? capture.Streams : [0u])
        {
            var stream = new ServedStream(server);
            await stream.SendAsync(capture.Payload(Side.Caller, id));
            await stream.ExpectAsync(capture.Payload(Side.Server, id));
            Assert.Equal(s_closing.Contains(name), stream.Served.IsCompleted);
            stream.Close();
            await stream.ExpectEndAsync();
        }
    }

    [Theory]
    [InlineData("status-ping.hex")]
    [InlineData("err-app.hex")]
    [InlineData(BadBody)]
    [InlineData("err-unknown-service.hex")]
    public async Task Every_split_of_a_request_gets_the_same_answer(string name)
    {
        var capture = Capture.Load(name);
        byte[] request = capture.Payload(Side.Caller);
        byte[] answer = capture.Payload(Side.Server);
        for (int split = 1; split < request.Length; split++)
        {
            await using var server = new ServerUnderTest(null, Scripted(capture));
            var stream = new ServedStream(server);
            await stream.SendAsync(request.AsMemory(0, split));
            Assert.True(stream.IsSilent());
            await stream.SendAsync(request.AsMemory(split));
            await stream.ExpectAsync(answer);
        }
    }

    [Fact]
    public async Task One_byte_at_a_time_gets_the_same_answer()
    {
        var capture = Capture.Load("kvs-largevalue.hex");
        await using var server = new ServerUnderTest(null, Scripted(capture));
        var stream = new ServedStream(server);
        foreach (byte b in capture.Payload(Side.Caller)) await stream.SendAsync(new[] { b });
        await stream.ExpectAsync(capture.Payload(Side.Server));
    }

    /// <summary>Methods that give the recorded answers one after the other, for those that the server itself does not answer.</summary>
    private static RpcMethod[] Scripted(Capture capture)
    {
        var answers = new Queue<(string Name, string? Error, byte[] Body)>();
        CapturedMessage[] messages = [.. capture.Messages.Where(static message => message.From == Side.Server)];
        for (int i = 0; i < messages.Length; i += 2)
        {
            Assert.True(RpcHeaders.TryReadRequest(messages[i].Bytes, out _, out ReadOnlySpan<byte> name));
            Assert.True(RpcHeaders.TryReadResponse(messages[i].Bytes, out _, out string? error));
            answers.Enqueue((System.Text.Encoding.UTF8.GetString(name), error, messages[i + 1].Bytes));
        }

        return
        [
            .. answers.Select(static answer => answer.Name).Distinct()
                .Where(name => name != "Status.Ping" && (capture.Name == BadBody || !s_closing.Contains(capture.Name)))
                .Select(name => new RpcMethod<RpcNothing, byte[]>(
                    name, RpcScheduling.Inline, RpcCodecs.ReadNothing, Answer, WriteEncoded)),
        ];

        ValueTask<RpcResult<byte[]>> Answer(RpcNothing request, CancellationToken stopping)
        {
            (_, string? error, byte[] body) = answers.Dequeue();
            return new(error is null ? RpcResult<byte[]>.Ok(body) : RpcResult<byte[]>.Fail(error));
        }
    }

    private static void WriteEncoded(MsgPackWriter writer, RpcResult<byte[]> encoded) => writer.WriteRaw(encoded.Value);
}
