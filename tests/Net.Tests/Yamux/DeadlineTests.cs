using System.Buffers;
using System.IO.Pipelines;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>Everything that must not wait for ever, with short limits.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(60);

    [Fact]
    public async Task Ping_without_an_answer_ends_the_session()
    {
        await using var test = new SessionUnderTest(settings: new YamuxSettings { KeepAliveInterval = s_short, WriteTimeout = s_short });
        await test.Peer.ExpectAsync(FrameType.Ping, FrameFlags.Syn, 0, 0);
        await test.ExpectEndAsync("keepalive timeout");
        Assert.Contains(test.Logged, line => line.Contains("keepalive timeout", StringComparison.Ordinal));
        Assert.Null(await test.Peer.ReadAsync());
    }

    [Fact]
    public async Task Answered_pings_keep_the_session_and_count_up()
    {
        var settings = new YamuxSettings { KeepAliveInterval = s_short, WriteTimeout = TimeSpan.FromSeconds(20) };
        await using var test = new SessionUnderTest(settings: settings);
        for (uint number = 0; number < 4; number++)
        {
            await test.Peer.ExpectAsync(FrameType.Ping, FrameFlags.Syn, 0, number);
            await test.Peer.SendAsync(RawPeer.Frame(FrameType.Ping, FrameFlags.Ack, 0, number));
        }

        Assert.True(test.Session.IsOpen);
    }

    [Fact]
    public async Task Write_that_hangs_ends_the_session()
    {
        await using var test = new SessionUnderTest(settings: new YamuxSettings { WriteTimeout = s_short }, capacity: 1000);
        YamuxStream stream = test.Open();
        await stream.SendAsync(new byte[5000]);
        await test.ExpectEndAsync("connection write timeout");
        Assert.Equal("session shutdown", stream.Failure);
    }

    [Fact]
    public async Task Stream_that_is_never_acknowledged_ends_the_session()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client, new YamuxSettings { StreamOpenTimeout = s_short });
        await test.Open().SendAsync(new byte[5]);
        await test.ExpectEndAsync("stream open timeout");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Ack_fin_or_reset_ends_the_wait_for_the_opening(int answer)
    {
        await using var test = new SessionUnderTest(YamuxRole.Client, new YamuxSettings { StreamOpenTimeout = s_short });
        YamuxStream stream = test.Open();
        await stream.SendAsync(new byte[5]);
        await test.Peer.SendAsync(RawPeer.Update(1, (FrameFlags)answer));
        await PassAsync(s_short * 4);
        Assert.True(test.Session.IsOpen);
    }

    [Fact]
    public async Task Stream_that_the_peer_does_not_close_is_reset()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client, new YamuxSettings { StreamCloseTimeout = s_short });
        YamuxStream stream = test.Open();
        await stream.SendAsync(new byte[5]);
        await test.Peer.ExpectAsync(FrameType.Data, FrameFlags.Syn, 1, 5);
        stream.Close();
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, FrameFlags.Fin, 1, 0);
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, FrameFlags.Rst, 1, 0);
        Assert.True(await stream.IsAtEndAsync());
        Assert.Equal("stream closed", stream.Failure);
        Assert.Equal(0, test.Session.StreamCount);
        Assert.True(test.Session.IsOpen);
        Assert.Contains(test.Logged, line => line.Contains("not closed by the peer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reads_and_flushes_can_be_cancelled()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client);
        YamuxStream stream = test.Open();
        using var cancel = new CancellationTokenSource();
        Task<ReadResult> read = stream.Input.ReadAsync(cancel.Token).AsTask();
        stream.Output.Write(new byte[500_000]);
        Task<FlushResult> flush = stream.Output.FlushAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);

        read = stream.Input.ReadAsync().AsTask();
        flush = stream.Output.FlushAsync().AsTask();
        stream.Input.CancelPendingRead();
        stream.Output.CancelPendingFlush();
        Assert.True((await read.WaitAsync(TimeSpan.FromSeconds(20))).IsCanceled);
        Assert.True((await flush.WaitAsync(TimeSpan.FromSeconds(20))).IsCanceled);
        await test.Peer.SendAsync(RawPeer.Update(1, FrameFlags.Ack), RawPeer.Data(1, "ok"u8));
        stream.Input.AdvanceTo(default);
        Assert.Equal("ok"u8.ToArray(), await stream.ReceiveAsync(2));
    }

    private static async Task PassAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync();
    }
}
