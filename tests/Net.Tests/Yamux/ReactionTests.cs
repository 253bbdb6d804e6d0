using System.IO.Pipelines;
using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>What a session does with each kind of frame, expected and unexpected.</summary>
public sealed class ReactionTests
{
    private const FrameFlags Syn = FrameFlags.Syn;
    private const FrameFlags Ack = FrameFlags.Ack;
    private const FrameFlags Fin = FrameFlags.Fin;
    private const FrameFlags Rst = FrameFlags.Rst;

    [Fact]
    public async Task Opened_stream_announces_itself_with_its_first_data()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client);
        YamuxStream first = test.Open();
        Assert.True(test.Peer.IsQuiet());
        await first.SendAsync("abc"u8.ToArray());
        await test.Peer.ExpectAsync(FrameType.Data, Syn, 1, 3);
        await first.SendAsync("de"u8.ToArray());
        await test.Peer.ExpectAsync(FrameType.Data, FrameFlags.None, 1, 2);
        YamuxStream second = test.Open();
        await second.Output.FlushAsync();
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Syn, 3, 0);
        Assert.Equal(2, test.Session.StreamCount);
    }

    [Fact]
    public async Task Stream_closed_before_its_first_byte_is_never_announced()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client);
        YamuxStream stream = test.Open();
        stream.Close();
        Assert.True(await stream.IsAtEndAsync());
        YamuxStream other = test.Open();
        other.Reset();
        Assert.True(test.Peer.IsQuiet());
        Assert.Equal(0, test.Session.StreamCount);
    }

    [Fact]
    public async Task Accepted_stream_is_acknowledged_at_once_and_served_whatever_its_parity()
    {
        await using var test = new SessionUnderTest();
        YamuxStream odd = await test.AcceptAsync(1);
        YamuxStream even = await test.AcceptAsync(44);
        await test.Peer.SendAsync(RawPeer.Data(44, "x"u8));
        await even.SendAsync(await even.ReceiveAsync(1));
        await test.Peer.ExpectAsync(FrameType.Data, FrameFlags.None, 44, 1);
        Assert.Equal(1u, odd.Id);
    }

    [Fact]
    public async Task Data_may_come_with_the_syn_and_the_fin_in_one_frame()
    {
        await using var test = new SessionUnderTest();
        await test.Peer.SendAsync(RawPeer.Data(5, "hello"u8, Syn | Fin));
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Ack, 5, 0);
        YamuxStream stream = Assert.Single(test.Accepted);
        Assert.Equal("hello"u8.ToArray(), await stream.ReceiveAsync(100));
        await stream.SendAsync("back"u8.ToArray());
        stream.Close();
        await test.Peer.ExpectAsync(FrameType.Data, FrameFlags.None, 5, 4);
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Fin, 5, 0);
        Assert.Equal(0, test.Session.StreamCount);
        Assert.Null(stream.Failure);
    }

    [Fact]
    public async Task Our_half_close_leaves_reading_open()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client);
        YamuxStream stream = test.Open();
        await stream.SendAsync("q"u8.ToArray());
        await stream.Output.CompleteAsync();
        await test.Peer.ExpectAsync(FrameType.Data, Syn, 1, 1);
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Fin, 1, 0);
        FlushResult late = await stream.Output.WriteAsync("late"u8.ToArray());
        Assert.True(late.IsCompleted);
        await test.Peer.SendAsync(RawPeer.Update(1, Ack), RawPeer.Data(1, "answer"u8));
        Assert.Equal("answer"u8.ToArray(), await stream.ReceiveAsync(6));
        await test.Peer.SendAsync(RawPeer.Update(1, Fin));
        Assert.True(await stream.IsAtEndAsync());
        Assert.Equal(0, test.Session.StreamCount);
        Assert.True(test.Peer.IsQuiet());
    }

    [Fact]
    public async Task Completing_the_writer_sends_what_was_not_flushed()
    {
        await using var test = new SessionUnderTest();
        YamuxStream stream = await test.AcceptAsync(1);
        "tail"u8.CopyTo(stream.Output.GetSpan(4));
        stream.Output.Advance(4);
        await stream.Output.CompleteAsync();
        await test.Peer.ExpectAsync(FrameType.Data, FrameFlags.None, 1, 4);
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Fin, 1, 0);
    }

    [Fact]
    public async Task Fin_waits_for_queued_data_that_waits_for_the_window()
    {
        await using var test = new SessionUnderTest();
        YamuxStream stream = await test.AcceptAsync(1);
        ValueTask<FlushResult> flush = stream.Output.WriteAsync(new byte[YamuxSession.WindowMax + 5]);
        Assert.True(flush.IsCompletedSuccessfully);
        stream.Close();
        int got = 0;
        while (got < YamuxSession.WindowMax)
        {
            WireFrame frame = (await test.Peer.ReadAsync())!;
            Assert.InRange(frame.Payload.Length, 1, 16 * 1024);
            got += frame.Payload.Length;
        }

        Assert.Equal(YamuxSession.WindowMax, got);
        Assert.True(test.Peer.IsQuiet());
        await test.Peer.SendAsync(RawPeer.Update(1, Fin));
        Assert.Equal(1, test.Session.StreamCount);
        await test.Peer.SendAsync(RawPeer.Update(1, FrameFlags.None, 4));
        await test.Peer.ExpectAsync(FrameType.Data, FrameFlags.None, 1, 4);
        await test.Peer.SendAsync(RawPeer.Update(1, FrameFlags.None, 4));
        await test.Peer.ExpectAsync(FrameType.Data, FrameFlags.None, 1, 1);
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Fin, 1, 0);
        Assert.Equal(0, test.Session.StreamCount);
    }

    [Fact]
    public async Task Reset_of_the_peer_fails_reads_and_writes()
    {
        await using var test = new SessionUnderTest();
        YamuxStream stream = await test.AcceptAsync(1);
        Task<ReadResult> parked = stream.Input.ReadAsync().AsTask();
        await test.Peer.SendAsync(RawPeer.Update(1, Rst));
        Assert.True((await parked).IsCompleted);
        Assert.Equal("connection reset", stream.Failure);
        Assert.True((await stream.Output.WriteAsync("x"u8.ToArray())).IsCompleted);
        Assert.Equal(0, test.Session.StreamCount);
        Assert.True(test.Session.IsOpen);
        Assert.True(test.Peer.IsQuiet());
    }

    [Fact]
    public async Task Reset_drops_unread_bytes_and_returns_their_blocks()
    {
        await using var test = new SessionUnderTest();
        YamuxStream stream = await test.AcceptAsync(1);
        await test.Peer.SendAsync(RawPeer.Data(1, new byte[10_000]));
        Assert.True(test.Blocks > 0);
        await test.Peer.SendAsync(RawPeer.Data(1, "more"u8, Rst));
        Assert.Equal(0, test.Blocks);
        Assert.Equal(0, test.Session.UnreadBytes);
        Assert.True(await stream.IsAtEndAsync());
    }

    [Fact]
    public async Task Reset_of_ours_reaches_the_peer_and_late_frames_are_dropped()
    {
        await using var test = new SessionUnderTest();
        YamuxStream stream = await test.AcceptAsync(1);
        stream.Reset();
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Rst, 1, 0);
        Assert.Equal("stream closed", stream.Failure);
        stream.Release();
        await test.Peer.SendAsync(RawPeer.Data(1, new byte[300_000]), RawPeer.Update(1, Fin), RawPeer.Update(1, Rst));
        YamuxStream reused = await test.AcceptAsync(3);
        Assert.Same(stream, reused);
        Assert.Null(reused.Failure);
        await test.Peer.SendAsync(RawPeer.Data(1, "old"u8), RawPeer.Data(3, "new"u8));
        Assert.Equal("new"u8.ToArray(), await reused.ReceiveAsync(3));
    }

    [Fact]
    public async Task Payload_that_was_looked_up_before_its_stream_was_reused_does_not_reach_the_new_one()
    {
        await using var test = new SessionUnderTest();
        YamuxStream stream = await test.AcceptAsync(1);
        byte[] frame = RawPeer.Data(1, "0123456789"u8, Fin);
        await test.Peer.SendAsync(frame[..15]);
        stream.Reset();
        stream.Release();
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Rst, 1, 0);
        YamuxStream reused = test.Open();
        Assert.Same(stream, reused);
        await test.Peer.SendAsync(frame[15..], RawPeer.Data(2, "mine"u8));
        Assert.Equal("mine"u8.ToArray(), await reused.ReceiveAsync(4));
        Assert.Null(reused.Failure);
    }

    [Theory]
    [InlineData(1, 0, "invalid protocol version")]
    [InlineData(255, 1, "invalid protocol version")]
    [InlineData(0, 4, "invalid msg type")]
    [InlineData(0, 255, "invalid msg type")]
    public async Task Wrong_version_or_type_ends_the_session_without_a_word(byte version, byte type, string text)
    {
        await using var test = new SessionUnderTest();
        await test.Peer.SendAsync([version, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        await test.ExpectEndAsync(text);
        Assert.Null(await test.Peer.ReadAsync());
        Assert.Contains(test.Logged, line => line.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Syn_of_an_open_id_ends_the_session()
    {
        await using var test = new SessionUnderTest();
        YamuxStream stream = await test.AcceptAsync(1);
        await test.Peer.SendAsync(RawPeer.Update(1, Syn));
        await test.ExpectEndAsync("duplicate stream initiated");
        await test.Peer.ExpectAsync(FrameType.GoAway, FrameFlags.None, 0, 1);
        Assert.Null(await test.Peer.ReadAsync());
        Assert.Equal("session shutdown", stream.Failure);
    }

    [Fact]
    public async Task Data_beyond_the_window_ends_the_session_and_data_up_to_it_does_not()
    {
        await using var test = new SessionUnderTest();
        YamuxStream stream = await test.AcceptAsync(1);
        await test.Peer.SendAsync(RawPeer.Data(1, new byte[200_000]), RawPeer.Data(1, new byte[62_144]));
        Assert.True(test.Session.IsOpen);
        await test.Peer.SendAsync(RawPeer.Data(1, "x"u8));
        await test.ExpectEndAsync("recv window exceeded");
        await test.Peer.ExpectAsync(FrameType.GoAway, FrameFlags.None, 0, 1);
        Assert.Equal(262_144, (await stream.ReceiveAsync(1_000_000)).Length);
    }

    [Fact]
    public async Task Message_that_fits_into_a_window_does_not_hang_on_the_last_half_of_it()
    {
        // The reader takes one message, less than half a window, then wants the next one whole before it takes any of it.
        await using var test = new SessionUnderTest();
        YamuxStream stream = await test.AcceptAsync(1);
        await test.Peer.SendAsync(RawPeer.Data(1, new byte[100_000]));
        await stream.ReceiveAsync(100_000);
        Assert.True(test.Peer.IsQuiet());
        await test.Peer.SendAsync(RawPeer.Data(1, new byte[162_144]));
        ReadResult result = await stream.Input.ReadAsync();
        stream.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, FrameFlags.None, 1, 100_000);
        await test.Peer.SendAsync(RawPeer.Data(1, new byte[100_000]));
        Assert.Equal(262_144, (await stream.ReceiveAsync(262_144)).Length);
    }

    [Fact]
    public async Task Second_fin_ends_the_session_only_while_the_id_is_known()
    {
        await using var test = new SessionUnderTest();
        YamuxStream closed = await test.AcceptAsync(1);
        await test.Peer.SendAsync(RawPeer.Update(1, Fin));
        closed.Close();
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Fin, 1, 0);
        await test.Peer.SendAsync(RawPeer.Update(1, Fin));
        Assert.True(test.Session.IsOpen);
        await test.AcceptAsync(3);
        await test.Peer.SendAsync(RawPeer.Update(3, Fin), RawPeer.Data(3, "x"u8, Fin));
        await test.ExpectEndAsync("unexpected flag");
        await test.Peer.ExpectAsync(FrameType.GoAway, FrameFlags.None, 0, 1);
    }

    [Fact]
    public async Task Frames_of_unknown_ids_are_read_and_dropped()
    {
        await using var test = new SessionUnderTest();
        await test.Peer.SendAsync(
            RawPeer.Data(7, new byte[500_000]), RawPeer.Update(9, Ack, 5), RawPeer.Update(9, Fin), RawPeer.Update(0, Rst),
            RawPeer.Data(0, "zero"u8));
        Assert.True(test.Session.IsOpen);
        await test.AcceptAsync(11);
        Assert.Equal(1, test.Session.StreamCount);
    }

    [Fact]
    public async Task Own_goaway_answers_further_syns_with_a_reset()
    {
        await using var test = new SessionUnderTest();
        YamuxStream open = await test.AcceptAsync(1);
        test.Session.GoAway();
        test.Session.GoAway();
        await test.Peer.ExpectAsync(FrameType.GoAway, FrameFlags.None, 0, 0);
        await test.Peer.SendAsync(RawPeer.Data(3, "refused"u8, Syn), RawPeer.Data(1, "served"u8));
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Rst, 3, 0);
        Assert.Equal("served"u8.ToArray(), await open.ReceiveAsync(6));
        Assert.True(test.Session.IsOpen);
    }

    [Fact]
    public async Task Goaway_0_of_the_peer_stops_openers_only()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client);
        YamuxStream stream = test.Open();
        await stream.SendAsync("x"u8.ToArray());
        await test.Peer.SendAsync(RawPeer.Frame(FrameType.GoAway, FrameFlags.None, 0, 0), RawPeer.Data(1, "y"u8));
        Assert.False(test.Session.IsOpen);
        Assert.Null(test.Session.CloseText);
        Assert.Equal("remote end is not accepting connections", test.Session.OpenFailure);
        Assert.False(test.Session.TryOpenStream(out _));
        Assert.Null(await test.Session.OpenStreamAsync(CancellationToken.None));
        Assert.Equal("y"u8.ToArray(), await stream.ReceiveAsync(1));
    }

    [Theory]
    [InlineData(1, "yamux protocol error")]
    [InlineData(2, "remote yamux internal error")]
    [InlineData(3, "unexpected go away received")]
    [InlineData(uint.MaxValue, "unexpected go away received")]
    public async Task Other_goaway_codes_end_the_session(uint code, string text)
    {
        await using var test = new SessionUnderTest();
        await test.Peer.SendAsync(RawPeer.Frame(FrameType.GoAway, FrameFlags.None, 0, code));
        await test.ExpectEndAsync(text);
        Assert.Null(await test.Peer.ReadAsync());
    }

    [Fact]
    public async Task Pings_are_answered_with_their_number_and_unknown_answers_ignored()
    {
        await using var test = new SessionUnderTest();
        await test.Peer.SendAsync(
            RawPeer.Frame(FrameType.Ping, Syn, 0, 0xfeedbeef), RawPeer.Frame(FrameType.Ping, Ack, 0, 99),
            RawPeer.Frame(FrameType.Ping, FrameFlags.None, 0, 0), RawPeer.Frame(FrameType.Ping, Syn, 0, 7));
        await test.Peer.ExpectAsync(FrameType.Ping, Ack, 0, 0xfeedbeef);
        await test.Peer.ExpectAsync(FrameType.Ping, Ack, 0, 7);
        Assert.True(test.Session.IsOpen);
    }

    [Fact]
    public async Task Without_an_acceptor_streams_of_the_peer_are_reset()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client, accepts: false);
        await test.Peer.SendAsync(RawPeer.Data(2, "hi"u8, Syn));
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Rst, 2, 0);
        Assert.Equal(0, test.Session.StreamCount);
    }

    [Fact]
    public async Task Stream_opened_and_reset_in_one_frame_is_not_handed_over()
    {
        await using var test = new SessionUnderTest();
        await test.Peer.SendAsync(RawPeer.Data(1, "x"u8, Syn | Rst), RawPeer.Update(3, Syn));
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Ack, 1, 0);
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, Ack, 3, 0);
        Assert.Equal(3u, Assert.Single(test.Accepted).Id);
    }

    [Fact]
    public async Task End_of_the_connection_ends_every_stream()
    {
        await using var test = new SessionUnderTest();
        YamuxStream parked = await test.AcceptAsync(1);
        YamuxStream full = await test.AcceptAsync(3);
        await test.Peer.SendAsync(RawPeer.Data(3, "unread"u8));
        Task<ReadResult> read = parked.Input.ReadAsync().AsTask();
        Task<FlushResult> flush = full.Output.WriteAsync(new byte[YamuxSession.WindowMax + (128 * 1024)]).AsTask();
        Assert.False(flush.IsCompleted);
        test.Peer.Close();
        await test.ExpectEndAsync("EOF");
        Assert.True((await read).IsCompleted);
        Assert.True((await flush.WaitAsync(TimeSpan.FromSeconds(20))).IsCompleted);
        Assert.Equal("session shutdown", parked.Failure);
        Assert.Equal("unread"u8.ToArray(), await full.ReceiveAsync(100));
        Assert.Equal("session shutdown", test.Session.OpenFailure);
        Assert.Null(await test.Session.OpenStreamAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(14)]
    public async Task Connection_cut_within_a_frame_is_told_apart(int bytes)
    {
        await using var test = new SessionUnderTest();
        await test.AcceptAsync(1);
        await test.Peer.SendAsync(RawPeer.Data(1, "abcd"u8)[..bytes]);
        test.Peer.Close();
        await test.ExpectEndAsync("unexpected EOF");
    }

    [Fact]
    public async Task Closing_sends_no_farewell()
    {
        await using var test = new SessionUnderTest();
        YamuxStream stream = await test.AcceptAsync(1);
        await test.Session.CloseAsync();
        await test.ExpectEndAsync("session shutdown");
        Assert.Null(await test.Peer.ReadAsync());
        Assert.True(await stream.IsAtEndAsync());
        Assert.True((await stream.Output.WriteAsync("x"u8.ToArray())).IsCompleted);
        stream.Close();
        stream.Reset();
        stream.Release();
    }
}
