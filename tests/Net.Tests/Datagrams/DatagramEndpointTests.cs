using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Consul.Fast.Net.Datagrams;

namespace Consul.Fast.Net.Tests.Datagrams;

/// <summary>Both implementations behave the same.</summary>
public sealed class DatagramEndpointTests
{
    public static TheoryData<DatagramMode> Modes => DatagramFixture.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Datagrams_arrive_in_order_with_their_contents_and_batches_are_bounded(DatagramMode mode)
    {
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint sender = fixture.Bind(), receiver = fixture.Bind();
        DatagramBatch output = fixture.Batch(capacity: 50, slotBytes: 300), input = fixture.Batch(capacity: 7);
        PeerAddress from = DatagramFixture.AddressOf(sender);
        int expected = 0;
        for (int round = 0; round < 20; round++)
        {
            output.Clear();
            while (!output.IsFull)
            {
                int length = 4 + output.Count;
                output.NextSlot[..length].Fill((byte)output.Count);
                BinaryPrimitives.WriteInt32LittleEndian(output.NextSlot, (round * output.Capacity) + output.Count);
                output.Append(DatagramFixture.AddressOf(receiver), length);
            }

            Assert.Equal(50, await sender.SendAsync(output));
            for (int end = expected + 50; expected < end;)
            {
                int count = await DatagramFixture.ReceiveAsync(receiver, input);
                Assert.InRange(count, 1, 7);
                Assert.Equal(count, input.Count);
                for (int i = 0; i < count; i++, expected++)
                {
                    int ordinal = expected % 50;
                    Assert.Equal(from, input[i].Address);
                    Assert.Equal(4 + ordinal, input[i].Length);
                    Assert.False(input[i].IsTruncated);
                    Assert.Equal(expected, BinaryPrimitives.ReadInt32LittleEndian(input.Payload(i)));
                    Assert.Equal(-1, input.Payload(i)[4..].IndexOfAnyExcept((byte)ordinal));
                }
            }
        }

        Assert.Equal(1000, receiver.Statistics.Received);
        Assert.Equal(1000, sender.Statistics.Sent);
        Assert.Equal(sender.Statistics.SentBytes, receiver.Statistics.ReceivedBytes);
        Assert.Equal(0, sender.Statistics.SendFailures + receiver.Statistics.IgnoredErrors);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Waiting_takes_no_datagram_away_and_an_empty_datagram_is_one(DatagramMode mode)
    {
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint sender = fixture.Bind(), receiver = fixture.Bind();
        DatagramBatch input = fixture.Batch();
        for (int length = 0; length < 40; length++)
        {
            Task<int> waiting = DatagramFixture.ReceiveAsync(receiver, input);
            Assert.False(waiting.IsCompleted);
            Assert.Equal(DatagramStatus.Sent, sender.Send(DatagramFixture.AddressOf(receiver), new byte[length]));
            Assert.Equal(1, await waiting);
            Assert.Equal(length, input[0].Length);
        }

        Assert.Equal(40, receiver.Statistics.Waits);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task What_does_not_fit_is_marked(DatagramMode mode)
    {
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint sender = fixture.Bind(), receiver = fixture.Bind();
        DatagramBatch input = fixture.Batch(slotBytes: 100);
        int[] lengths = [100, 101, 0, 5000, 99, 65_507, 1];
        foreach (int length in lengths)
        {
            byte[] bytes = new byte[length];
            bytes.AsSpan().Fill((byte)length);
            Assert.Equal(DatagramStatus.Sent, sender.Send(DatagramFixture.AddressOf(receiver), bytes));
        }

        for (int seen = 0; seen < lengths.Length;)
        {
            int count = await DatagramFixture.ReceiveAsync(receiver, input);
            for (int i = 0; i < count; i++, seen++)
            {
                Assert.Equal(lengths[seen] > 100, input[i].IsTruncated);
                Assert.Equal(Math.Min(lengths[seen], 100), input[i].Length);
                Assert.Equal(-1, input.Payload(i).IndexOfAnyExcept((byte)lengths[seen]));
            }
        }

        Assert.Equal(3, receiver.Statistics.Truncated);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_longest_datagram_arrives_whole(DatagramMode mode)
    {
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint sender = fixture.Bind(), receiver = fixture.Bind();
        byte[] bytes = new byte[65_507];
        new Random(1).NextBytes(bytes);
        DatagramBatch input = fixture.Batch();
        Assert.Equal(DatagramStatus.Sent, sender.Send(DatagramFixture.AddressOf(receiver), bytes));
        Assert.Equal(1, await DatagramFixture.ReceiveAsync(receiver, input));
        Assert.False(input[0].IsTruncated);
        Assert.True(bytes.AsSpan().SequenceEqual(input.Payload(0)));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_datagram_that_fails_does_not_hold_up_the_others(DatagramMode mode)
    {
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint sender = fixture.Bind(), receiver = fixture.Bind();
        PeerAddress to = DatagramFixture.AddressOf(receiver);
        DatagramBatch output = fixture.Batch();
        (PeerAddress To, int Length, DatagramStatus Expected)[] cases =
        [
            (to, 65_508, DatagramStatus.TooLong),
            (to, 1, DatagramStatus.Sent),
            (to, 2, DatagramStatus.Sent),
            (PeerAddress.From(IPAddress.IPv6Loopback, to.Port), 3, DatagramStatus.Unreachable),
            (PeerAddress.From(IPAddress.Loopback, 0), 4, DatagramStatus.Failed),
            (to, 65_535, DatagramStatus.TooLong),
            (to, 5, DatagramStatus.Sent),
        ];
        foreach (var entry in cases)
        {
            output.Append(entry.To, entry.Length);
            if (entry.Expected != DatagramStatus.Sent) Assert.Equal(entry.Expected, sender.Send(entry.To, new byte[entry.Length]));
        }

        Assert.Equal(3, await sender.SendAsync(output));
        for (int i = 0; i < cases.Length; i++) Assert.Equal(cases[i].Expected, output[i].Status);
        DatagramBatch input = fixture.Batch();
        for (int seen = 0; seen < 3;)
        {
            int count = await DatagramFixture.ReceiveAsync(receiver, input);
            for (int i = 0; i < count; i++) Assert.Equal(new[] { 1, 2, 5 }[seen++], input[i].Length);
        }

        Assert.Equal(8, sender.Statistics.SendFailures);
        Assert.Equal(3, sender.Statistics.Sent);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Closing_ends_a_waiting_receive(DatagramMode mode)
    {
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint endpoint = fixture.Bind();
        DatagramBatch input = fixture.Batch(), output = fixture.Batch(capacity: 2);
        Task<int> waiting = DatagramFixture.ReceiveAsync(endpoint, input);
        // The blocks stay while the endpoint has the batch; the fixture checks that they come back.
        input.Dispose();
        Assert.NotEqual(0, fixture.Pool.Outstanding);
        endpoint.Dispose();
        endpoint.Dispose();
        Assert.Equal(0, await waiting);

        output.TryAppend(DatagramFixture.AddressOf(endpoint), "x"u8);
        Assert.Equal(0, await DatagramFixture.ReceiveAsync(endpoint, fixture.Batch()));
        Assert.Equal(0, await DatagramFixture.ReceiveAsync(endpoint, fixture.Batch()));
        Assert.Equal(0, await endpoint.SendAsync(output));
        Assert.Equal(DatagramStatus.Closed, output[0].Status);
        Assert.Equal(DatagramStatus.Closed, endpoint.Send(DatagramFixture.AddressOf(endpoint), "x"u8));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Closing_in_a_flood_ends_every_loop(DatagramMode mode)
    {
        for (int round = 0; round < 20; round++)
        {
            using var fixture = new DatagramFixture(mode);
            IDatagramEndpoint sender = fixture.Bind(), receiver = fixture.Bind();
            DatagramBatch output = fixture.Batch(slotBytes: 200), input = fixture.Batch(capacity: 4);
            Task sending = Task.Run(() => Flood(sender, receiver.LocalEndPoint, output));
            Task<long> receiving = Task.Run(() => Drain(receiver, input, until: round * 50, closing: round % 2 == 0 ? receiver : null));
            if (round % 2 != 0)
            {
                Assert.True(SpinWait.SpinUntil(() => receiver.Statistics.Received > round, DatagramFixture.Deadline));
                receiver.Dispose();
            }

            Assert.NotEqual(0, await receiving.WaitAsync(DatagramFixture.Deadline));
            sender.Dispose();
            await sending.WaitAsync(DatagramFixture.Deadline);
        }

        static async Task Flood(IDatagramEndpoint sender, IPEndPoint to, DatagramBatch output)
        {
            while (output.TryAppend(PeerAddress.From(to), new byte[200])) continue;
            while (await sender.SendAsync(output) > 0) continue;
        }

        static async Task<long> Drain(IDatagramEndpoint receiver, DatagramBatch input, int until, IDatagramEndpoint? closing)
        {
            long seen = 0;
            int count;
            while ((count = await receiver.ReceiveAsync(input)) > 0)
            {
                seen += count;
                if (seen > until) closing?.Dispose();
            }

            return seen;
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task IPv6_and_mapped_IPv4_arrive_at_the_wildcard(DatagramMode mode)
    {
        if (!Socket.OSSupportsIPv6) return;
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint receiver = fixture.Bind(IPAddress.IPv6Any), v4 = fixture.Bind(), v6 = fixture.Bind(IPAddress.IPv6Loopback);
        DatagramBatch batch = fixture.Batch(capacity: 1);
        int port = receiver.LocalEndPoint.Port;
        foreach ((IDatagramEndpoint peer, IPAddress address) in new[] { (v4, IPAddress.Loopback), (v6, IPAddress.IPv6Loopback) })
        {
            Assert.Equal(DatagramStatus.Sent, peer.Send(PeerAddress.From(address, port), "ping"u8));
            Assert.Equal(1, await DatagramFixture.ReceiveAsync(receiver, batch));
            Assert.Equal(DatagramFixture.AddressOf(peer), batch[0].Address);
            Assert.Equal(peer == v4, batch[0].Address.IsIPv4);

            // The received address is where an answer goes, in both ways of sending.
            Assert.Equal(DatagramStatus.Sent, receiver.Send(batch[0].Address, "pong"u8));
            PeerAddress back = batch[0].Address;
            batch.Clear();
            Assert.True(batch.TryAppend(back, "pong"u8));
            Assert.Equal(1, await receiver.SendAsync(batch));
            for (int i = 0; i < 2; i++)
            {
                Assert.Equal(1, await DatagramFixture.ReceiveAsync(peer, batch));
                Assert.Equal(PeerAddress.From(address, port), batch[0].Address);
                Assert.True(batch.Payload(0).SequenceEqual("pong"u8));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Many_senders_are_told_apart(DatagramMode mode)
    {
        const int Senders = 40, Each = 25;
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint receiver = fixture.Bind();
        IDatagramEndpoint[] senders = [.. Enumerable.Range(0, Senders).Select(_ => fixture.Bind())];
        PeerAddress to = DatagramFixture.AddressOf(receiver);
        Task[] sending = [.. senders.Select((sender, number) => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++) Assert.Equal(DatagramStatus.Sent, sender.Send(to, [(byte)number, (byte)i]));
        }))];
        var next = new Dictionary<PeerAddress, (int Number, int Next)>();
        for (int i = 0; i < Senders; i++) next.Add(DatagramFixture.AddressOf(senders[i]), (i, 0));
        DatagramBatch input = fixture.Batch(slotBytes: 64);
        for (int seen = 0; seen < Senders * Each;)
        {
            int count = await DatagramFixture.ReceiveAsync(receiver, input);
            seen += count;
            for (int i = 0; i < count; i++)
            {
                (int number, int ordinal) = next[input[i].Address];
                Assert.Equal([(byte)number, (byte)ordinal], input.Payload(i).ToArray());
                next[input[i].Address] = (number, ordinal + 1);
            }
        }

        await Task.WhenAll(sending);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Errors_of_earlier_datagrams_are_counted_and_ignored(DatagramMode mode)
    {
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint endpoint = fixture.Bind(), gone = fixture.Bind();
        PeerAddress to = DatagramFixture.AddressOf(gone);
        DatagramBatch input = fixture.Batch(), output = fixture.Batch();
        // Only a connected socket is told that the peer's port is closed.
        DatagramFixture.SocketOf(endpoint).Connect(gone.LocalEndPoint);
        gone.Dispose();

        Task<int> waiting = DatagramFixture.ReceiveAsync(endpoint, input);
        Assert.Equal(DatagramStatus.Sent, endpoint.Send(to, "x"u8));
        Assert.True(SpinWait.SpinUntil(() => endpoint.Statistics.IgnoredErrors == 1, DatagramFixture.Deadline));
        Assert.False(waiting.IsCompleted);

        using var revived = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        revived.Bind(to.ToIPEndPoint());
        revived.SendTo("back"u8.ToArray(), endpoint.LocalEndPoint);
        Assert.Equal(1, await waiting);
        Assert.Equal(4, input[0].Length);

        // And with nobody waiting, the next send meets the error first.
        revived.Dispose();
        for (int i = 0; i < 3; i++) output.TryAppend(to, "y"u8);
        Assert.Equal(DatagramStatus.Sent, endpoint.Send(to, "x"u8));
        Assert.Equal(3, await endpoint.SendAsync(output));
        Assert.True(endpoint.Statistics.IgnoredErrors >= 2);
        Assert.Equal(0, endpoint.Statistics.SendFailures);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_receiver_that_always_finds_datagrams_gives_its_thread_back(DatagramMode mode)
    {
        const int Packets = 200;
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint sender = fixture.Bind(), receiver = fixture.Bind();
        for (int i = 0; i < Packets; i++) Assert.Equal(DatagramStatus.Sent, sender.Send(DatagramFixture.AddressOf(receiver), [(byte)i]));
        DatagramBatch input = fixture.Batch(capacity: 1);
        int longest = 0, inRow = 0;
        for (int i = 0; i < Packets; i++)
        {
            ValueTask<int> receive = receiver.ReceiveAsync(input);
            inRow = receive.IsCompleted ? inRow + 1 : 0;
            longest = Math.Max(longest, inRow);
            Assert.Equal(1, await receive.AsTask().WaitAsync(DatagramFixture.Deadline));
            Assert.Equal((byte)i, input.Payload(0)[0]);
        }

        Assert.InRange(longest, 1, 32);
        Assert.Equal(0, receiver.Statistics.Waits);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Misuse_is_refused(DatagramMode mode)
    {
        using var fixture = new DatagramFixture(mode);
        IDatagramEndpoint endpoint = fixture.Bind();
        DatagramBatch input = fixture.Batch(), disposed = fixture.Batch();
        disposed.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await endpoint.ReceiveAsync(disposed));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await endpoint.SendAsync(disposed));
        Task<int> waiting = DatagramFixture.ReceiveAsync(endpoint, input);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await endpoint.ReceiveAsync(input));
        endpoint.Dispose();
        Assert.Equal(0, await waiting);
    }
}
