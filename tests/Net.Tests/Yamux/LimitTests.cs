using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>What a peer can make us hold, and what it costs the others.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task Hundred_thousand_streams_cost_bounded_memory()
    {
        await using var test = new SessionUnderTest();
        YamuxStream mine = await test.AcceptAsync(0x7fff_ffff);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        int acknowledged = 0;
        int reset = 0;
        for (uint start = 0; start < 100_000; start += 1000)
        {
            IEnumerable<int> batch = Enumerable.Range(0, 1000);
            await test.Peer.SendAsync([.. batch.Select(i => RawPeer.Data((start + (uint)i) * 2, "abcde"u8, FrameFlags.Syn))]);
            while (!test.Peer.IsQuiet())
            {
                FrameHeader header = (await test.Peer.ReadAsync())!.Header;
                if (header.Has(FrameFlags.Rst)) reset++;
                else acknowledged++;
            }
        }

        int max = new YamuxSettings().MaxStreams;
        Assert.Equal(max - 1, acknowledged);
        Assert.Equal(100_000 - max + 1, reset);
        Assert.Equal(max, test.Session.StreamCount);
        Assert.Single(test.Logged, line => line.Contains("too many are open", StringComparison.Ordinal));

        // Each holds a 4 KiB block for its unread bytes, counted by the receive budget, and itself.
        Assert.InRange(test.Session.UnreadBytes, 1, new YamuxSettings().SessionReceiveMax);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, max * (4096L + 1500));

        await test.Peer.SendAsync(RawPeer.Data(mine.Id, "still"u8));
        Assert.Equal("still"u8.ToArray(), await mine.ReceiveAsync(5));
    }

    [Fact]
    public async Task Resetting_streams_does_not_make_room_for_more_work_than_is_allowed()
    {
        await using var test = new SessionUnderTest(settings: new YamuxSettings { MaxStreams = 10 });
        for (uint id = 1; id < 41; id += 2)
            await test.Peer.SendAsync(RawPeer.Update(id, FrameFlags.Syn), RawPeer.Update(id, FrameFlags.Rst));
        Assert.Equal(10, test.Accepted.Count);
        Assert.Equal(0, test.Session.StreamCount);
        test.Accepted.First().Release();
        await test.Peer.SendAsync(RawPeer.Update(41, FrameFlags.Syn), RawPeer.Update(43, FrameFlags.Syn));
        Assert.Equal(11, test.Accepted.Count);
        Assert.Equal(41u, test.Accepted.Last().Id);
    }

    [Fact]
    public async Task Idle_streams_are_small()
    {
        await using var test = new SessionUnderTest();
        test.OnAccept = static stream => _ = stream.Input.ReadAsync().AsTask();
        await test.Peer.SendAsync([.. Enumerable.Range(0, 100).Select(i => RawPeer.Update((uint)i * 2, FrameFlags.Syn))]);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await test.Peer.SendAsync([.. Enumerable.Range(1000, 5000).Select(i => RawPeer.Update((uint)i * 2, FrameFlags.Syn))]);
        while (!test.Peer.IsQuiet()) await test.Peer.ReadAsync();
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / 5000;
        Assert.InRange(each, 1, 1200);
        Assert.Equal(0, test.Blocks);
    }

    [Fact]
    public async Task Stream_that_leaves_too_much_unread_is_reset_and_others_go_on()
    {
        var settings = new YamuxSettings { SessionReceiveMax = 300_000, ReceiveBudget = new YamuxReceiveBudget(10_000_000) };
        await using var test = new SessionUnderTest(settings: settings);
        YamuxStream slow = await test.AcceptAsync(1);
        YamuxStream slower = await test.AcceptAsync(3);
        YamuxStream good = await test.AcceptAsync(5);
        await test.Peer.SendAsync(RawPeer.Data(1, new byte[200_000]), RawPeer.Data(3, new byte[200_000]));
        await test.Peer.ExpectAsync(FrameType.WindowUpdate, FrameFlags.Rst, 3, 0);
        Assert.Equal("connection reset", slower.Failure);
        Assert.Contains(test.Logged, line => line.Contains("too much is unread", StringComparison.Ordinal));
        await test.Peer.SendAsync(RawPeer.Data(5, "ok"u8));
        Assert.Equal("ok"u8.ToArray(), await good.ReceiveAsync(2));
        Assert.Equal(200_000, (await slow.ReceiveAsync(200_000)).Length);
        Assert.Equal(0, test.Session.UnreadBytes);
        Assert.Equal(0, settings.ReceiveBudget.Used);
    }

    [Fact]
    public async Task Common_budget_hits_those_who_hold_much_first()
    {
        var budget = new YamuxReceiveBudget(8 << 20);
        var settings = new YamuxSettings { ReceiveBudget = budget };
        await using var hoarder = new SessionUnderTest(settings: settings);
        await using var modest = new SessionUnderTest(settings: settings);
        for (uint id = 1; id < 101; id += 2)
            await hoarder.Peer.SendAsync(RawPeer.Data(id, new byte[YamuxSession.WindowMax], FrameFlags.Syn));
        Assert.InRange(budget.Used, 1, budget.BytesMax * 3 / 4);
        Assert.InRange(hoarder.Session.StreamCount, 20, 30);

        YamuxStream stream = await modest.AcceptAsync(1);
        await modest.Peer.SendAsync(RawPeer.Data(1, new byte[100_000]));
        Assert.Equal(100_000, (await stream.ReceiveAsync(100_000)).Length);
        Assert.Null(stream.Failure);
        foreach (YamuxStream held in hoarder.Accepted) held.Release();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task Peer_that_never_reads_the_answers_to_its_pings_is_no_longer_read()
    {
        await using var test = new SessionUnderTest(capacity: 1);
        byte[][] pings = [.. Enumerable.Range(0, 4000).Select(i => RawPeer.Frame(FrameType.Ping, FrameFlags.Syn, 0, (uint)i))];
        Task sent = Task.CompletedTask;
        int rounds = 0;
        while (sent.IsCompleted)
        {
            Assert.InRange(++rounds, 1, 100);
            sent = test.Peer.SendAsync(pings);
        }

        Assert.InRange(test.Blocks, 1, 100);

        // It goes on where it stopped as soon as the answers are taken.
        for (int i = 0; i < rounds * pings.Length; i++)
            await test.Peer.ExpectAsync(FrameType.Ping, FrameFlags.Ack, 0, (uint)(i % pings.Length));
        await sent;
    }

    [Fact]
    public async Task Openers_wait_while_256_streams_are_unacknowledged()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client);
        for (int i = 0; i < 256; i++) test.Open();
        Assert.False(test.Session.TryOpenStream(out _));
        Assert.Null(test.Session.OpenFailure);
        Task<YamuxStream?>[] waiting = [.. Enumerable.Range(0, 3).Select(_ => test.Session.OpenStreamAsync(default).AsTask())];
        using var cancel = new CancellationTokenSource();
        Task<YamuxStream?> cancelled = test.Session.OpenStreamAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);

        await test.Peer.SendAsync(RawPeer.Update(1, FrameFlags.Ack), RawPeer.Update(1, FrameFlags.Ack));
        Assert.Equal(513u, (await (await Task.WhenAny(waiting)))!.Id);
        await test.Peer.SendAsync(RawPeer.Update(3, FrameFlags.Rst), RawPeer.Update(5, FrameFlags.Ack));
        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(test.Session.TryOpenStream(out _));
    }

    [Fact]
    public async Task End_of_the_session_wakes_openers()
    {
        await using var test = new SessionUnderTest(YamuxRole.Client, new YamuxSettings { AcceptBacklog = 1 });
        test.Open();
        Task<YamuxStream?> waiting = test.Session.OpenStreamAsync(default).AsTask();
        test.Peer.Close();
        Assert.Null(await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Small_flushes_that_wait_share_blocks()
    {
        await using var test = new SessionUnderTest(capacity: 1);
        YamuxStream stream = await test.AcceptAsync(1);
        for (int i = 0; i < 10_000; i++) await stream.SendAsync("x"u8.ToArray());
        Assert.InRange(test.Blocks, 1, 6);
    }

    [Fact]
    public async Task Written_is_known_when_the_connection_has_it()
    {
        await using var test = new SessionUnderTest(capacity: 1000);
        YamuxStream stream = await test.AcceptAsync(1);
        Assert.True(test.Session.WhenWrittenAsync().IsCompleted);
        await stream.SendAsync(new byte[5000]);
        Task written = test.Session.WhenWrittenAsync();
        Assert.False(written.IsCompleted);
        Assert.Equal(5000u, (await test.Peer.ReadAsync())!.Header.Length);
        await written.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
