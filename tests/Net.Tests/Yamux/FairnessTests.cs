using System.IO.Pipelines;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>In which order streams get the connection.</summary>
public sealed class FairnessTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task Small_call_passes_every_transfer(int transfers)
    {
        // The connection takes nothing until it is read, so all is queued when the call comes.
        await using var test = new SessionUnderTest(YamuxRole.Client, capacity: 1);
        for (int i = 0; i < transfers; i++) _ = test.Open().Output.WriteAsync(new byte[200_000]).AsTask();
        YamuxStream call = test.Open();
        await call.SendAsync("call"u8.ToArray());

        int before = 0;
        while ((await test.Peer.ReadAsync())!.Header.StreamId != call.Id) before++;

        // One block was on its way when the call was made.
        Assert.InRange(before, 0, 4);
    }

    [Fact]
    public async Task Calls_that_come_all_the_time_do_not_stop_a_transfer()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client, capacity: 1);
        YamuxStream transfer = test.Open();
        Task<FlushResult> written = transfer.Output.WriteAsync(new byte[250_000]).AsTask();
        YamuxStream[] calls = [.. Enumerable.Range(0, 8).Select(_ => test.Open())];
        byte[] request = new byte[4000];
        foreach (YamuxStream call in calls) await call.SendAsync(request);

        int bytes = 0;
        int others = 0;
        while (bytes < 250_000)
        {
            WireFrame frame = (await test.Peer.ReadAsync())!;
            if (frame.Header.StreamId == transfer.Id)
            {
                bytes += frame.Payload.Length;
                others = 0;
                continue;
            }

            Assert.InRange(++others, 1, 2 * calls.Length);
            YamuxStream again = calls.Single(call => call.Id == frame.Header.StreamId);
            await test.Peer.SendAsync(RawPeer.Update(again.Id, FrameFlags.Ack, (uint)frame.Payload.Length));
            await again.SendAsync(request);
        }

        await written;
    }

    [Fact]
    public async Task Transfers_take_turns_of_one_frame()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client, capacity: 1);
        var pending = new List<Task>();
        for (int i = 0; i < 4; i++) pending.Add(test.Open().Output.WriteAsync(new byte[200_000]).AsTask());
        var order = new List<uint>();
        while (order.Count < 40)
        {
            WireFrame frame = (await test.Peer.ReadAsync())!;
            Assert.InRange(frame.Payload.Length, 1, 16 * 1024);
            order.Add(frame.Header.StreamId);
        }

        // The first one had the connection for itself for one block.
        uint[] steady = [.. order.Skip(8)];
        for (int i = 4; i < steady.Length; i++) Assert.Equal(steady[i - 4], steady[i]);
        Assert.Equal(4, steady[..4].Distinct().Count());
    }

    [Fact]
    public async Task Control_frames_pass_all_data()
    {
        await using var test = new SessionUnderTest(capacity: 1);
        YamuxStream transfer = await test.AcceptAsync(1);
        _ = transfer.Output.WriteAsync(new byte[200_000]).AsTask();
        await test.Peer.SendAsync(RawPeer.Frame(FrameType.Ping, FrameFlags.Syn, 0, 1));
        int before = 0;
        while ((await test.Peer.ReadAsync())!.Header.Type != FrameType.Ping) before++;
        Assert.InRange(before, 0, 4);
    }

    [Fact]
    public async Task Answers_to_one_batch_leave_in_one_write()
    {
        await using var test = new SessionUnderTest();
        var writes = new List<int>();
        test.OnAccept = stream => _ = EchoAsync(stream);
        test.End.Tap = bytes => writes.Add(bytes.Length);
        await test.Peer.SendAsync(
            RawPeer.Data(1, "one"u8, FrameFlags.Syn), RawPeer.Data(3, "two"u8, FrameFlags.Syn), RawPeer.Data(1, "six"u8),
            RawPeer.Frame(FrameType.Ping, FrameFlags.Syn, 0, 1));
        Assert.Equal([(3 * FrameHeader.Size) + (2 * (FrameHeader.Size + 3)) + 3], writes);
    }

    private static async Task EchoAsync(YamuxStream stream)
    {
        while (true)
        {
            ReadResult result = await stream.Input.ReadAsync().ConfigureAwait(false);
            if (result.IsCompleted) return;
            byte[] bytes = System.Buffers.BuffersExtensions.ToArray(result.Buffer);
            stream.Input.AdvanceTo(result.Buffer.End);
            await stream.Output.WriteAsync(bytes).ConfigureAwait(false);
        }
    }
}
