using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>A node that probes, answers and gossips allocates nothing for its packets.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 2000;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Packets_are_built_and_read_without_allocation(bool encrypted, bool compress)
    {
        WireSettings settings = new() { Keyring = encrypted ? new Keyring(Vector.K2, Vector.K1) : null, Compress = compress };
        using GossipCipher? cipher = encrypted ? new GossipCipher(settings.Keyring!) : null;
        PacketWriter writer = new(settings, cipher);
        PacketReader reader = new(settings, cipher);
        Memory<byte> datagram = new byte[WireLimits.DatagramBytesMax];
        byte[] first = new VectorWalk(Vector.Of("ml-01-ping")).Leaves[0];
        byte[] ack = new VectorWalk(Vector.Of("ml-02-ack-coordinate")).Leaves[0];
        byte[] alive = new VectorWalk(Vector.Of("consul-06-lan-alive-server-client")).Leaves[0];
        byte[] user = new VectorWalk(Vector.Of("serf-03-crc-user-event")).Leaves[0];
        int read = 0;
        for (int i = 0; i < 50; i++) read = Run(writer, reader, datagram, first, ack, alive, user);
        Assert.Equal(4, read);
        Assert.Equal(0, Quietest(() => Run(writer, reader, datagram, first, ack, alive, user)));
    }

    [Fact]
    public void Foreign_packets_cost_no_allocation_either()
    {
        WireSettings settings = new() { Keyring = new Keyring(Vector.K2) };
        using GossipCipher cipher = new(settings.Keyring);
        PacketReader reader = new(settings, cipher);
        byte[] foreign = Vector.Of("enc-01-k1-packet-ping").Bytes;
        for (int i = 0; i < 50; i++) reader.Open(foreign);
        Assert.Equal(0, Quietest(() => reader.Open(foreign)));
    }

    [Fact]
    public void States_are_decoded_without_allocation_once_warm()
    {
        byte[] state = new VectorWalk(Vector.Of("consul-05-lan-pushpull-with-events")).Leaves[0];
        DecodeScratch scratch = new();
        bool decoded = PushPullDecoder.TryDecode(state, scratch, out PushPullState _);
        Assert.True(decoded);
        Assert.Equal(0, Quietest(() => PushPullDecoder.TryDecode(state, scratch, out PushPullState _)));
    }

    /// <summary>
    /// Bytes that many repeats allocate, in the best of some runs: the run time now and then allocates a little on any thread,
    /// what the code itself allocates it allocates in every run.
    /// </summary>
    private static long Quietest(Action repeat)
    {
        long least = long.MaxValue;
        for (int run = 0; run < 5; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++) repeat();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>Sends and receives a ping, an acknowledgement, and an alive with a user message; gives the messages read.</summary>
    private static int Run(
        PacketWriter writer, PacketReader reader, Memory<byte> datagram, byte[] ping, byte[] ack, byte[] alive, byte[] user)
    {
        SwimDecoder.TryDecode(ping, out Ping pingMessage);
        SwimDecoder.TryDecode(ack, out AckResp ackMessage);
        SwimDecoder.TryDecode(alive, out Alive aliveMessage);
        writer.Begin();
        writer.Add(pingMessage);
        int read = Deliver(writer, reader, datagram, checksum: false);
        writer.Begin();
        writer.Add(ackMessage);
        read += Deliver(writer, reader, datagram, checksum: false);
        writer.Begin();
        writer.Add(aliveMessage);
        writer.AddUser(user.AsSpan(1));
        return read + Deliver(writer, reader, datagram, checksum: true);
    }

    private static int Deliver(PacketWriter writer, PacketReader reader, Memory<byte> datagram, bool checksum)
    {
        writer.TryEnd(checksum, out ReadOnlyMemory<byte> sent);
        sent.CopyTo(datagram);
        reader.Open(datagram[..sent.Length]);
        int read = 0;
        while (reader.TryNext(out PacketMessage message))
        {
            bool decoded = message.Type switch
            {
                MessageType.Ping => SwimDecoder.TryDecode(message.Bytes, out Ping _),
                MessageType.AckResp => SwimDecoder.TryDecode(message.Bytes, out AckResp ack)
                    && SerfDecoder.TryDecodePingPayload(ack.Payload.Span, out _),
                MessageType.Alive => SwimDecoder.TryDecode(message.Bytes, out Alive _),
                _ => SerfDecoder.TryDecode(message.Bytes[1..], out UserEvent _),
            };
            if (decoded) read++;
        }

        return read;
    }
}
