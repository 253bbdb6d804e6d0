using System.Buffers;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Lzw;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>Wrapping and unwrapping of datagrams, and what becomes of damaged ones.</summary>
public sealed class PacketTests
{
    private static readonly NackResp s_nack = new(11);

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    public void Messages_come_through_every_wrapping(bool encrypted, bool labelled, bool checksum)
    {
        WireSettings settings = new()
        {
            Keyring = encrypted ? new Keyring(Vector.K2) : null,
            Label = labelled ? "pool"u8.ToArray() : default,
        };
        using GossipCipher? cipher = encrypted ? new GossipCipher(settings.Keyring!) : null;
        PacketWriter writer = new(settings, cipher);
        PacketReader reader = new(settings, cipher);
        for (int seed = 0; seed < 300; seed++)
        {
            List<byte[]> sent = Fill(writer, seed);
            Assert.True(writer.TryEnd(checksum, out ReadOnlyMemory<byte> datagram));
            Assert.Equal(PacketStatus.Open, reader.Open(datagram.ToArray()));
            Assert.Equal(sent, Take(reader).Select(message => message.Bytes.ToArray()));
            Assert.Equal(PacketFaults.None, reader.Faults);
        }
    }

    [Fact]
    public void Overhead_for_the_room_of_broadcasts_is_what_is_added()
    {
        WireSettings settings = new() { Keyring = new Keyring(Vector.K1), Label = "pool"u8.ToArray(), Compress = false };
        using GossipCipher cipher = new(settings.Keyring);
        PacketWriter writer = new(settings, cipher);
        writer.Begin();
        writer.Add(s_nack);
        writer.TryEnd(checksum: false, out ReadOnlyMemory<byte> datagram);
        Assert.Equal(WireSize.Of(s_nack) + settings.PacketOverhead, datagram.Length);
        Assert.Equal(6, (settings with { VerifyOutgoing = false }).PacketOverhead);
        Assert.Equal(6, (settings with { Keyring = new Keyring() }).PacketOverhead);
    }

    [Fact]
    public void Outgoing_packets_stay_plain_while_encryption_is_introduced()
    {
        WireSettings settings = new() { Keyring = new Keyring(Vector.K1), VerifyOutgoing = false };
        using GossipCipher cipher = new(settings.Keyring);
        byte[] plain = Build(new PacketWriter(settings, cipher));
        Assert.Equal(Vector.Of("ml-10-nack").Bytes, plain);
        Assert.Equal(PacketStatus.Undecryptable, new PacketReader(settings, cipher).Open(plain));
        PacketReader lenient = new(settings with { VerifyIncoming = false }, cipher);
        Assert.Equal(PacketStatus.Open, lenient.Open(plain));
        Assert.Equal(MessageType.NackResp, Assert.Single(Take(lenient)).Type);
    }

    [Fact]
    public void Foreign_labels_are_refused()
    {
        byte[] labelled = Build(new PacketWriter(new WireSettings { Label = "pool"u8.ToArray() }, null));
        byte[] plain = Build(new PacketWriter(new WireSettings(), null));
        Assert.Equal([0xf4, 4, .. "pool"u8], labelled[..6]);
        Assert.Equal(PacketStatus.WrongLabel, new PacketReader(new WireSettings(), null).Open(labelled));
        PacketReader reader = new(new WireSettings { Label = "pool"u8.ToArray() }, null);
        Assert.Equal(PacketStatus.Open, reader.Open(labelled));
        Assert.Equal(PacketStatus.WrongLabel, reader.Open(plain));
        Assert.Equal(PacketStatus.WrongLabel, reader.Open((byte[])[0xf4, 4, .. "pond"u8, .. plain]));
        Assert.Equal(PacketStatus.WrongLabel, reader.Open((byte[])[0xf4, 0, .. plain]));
        Assert.Equal(PacketStatus.WrongLabel, reader.Open((byte[])[0xf4, 4, .. "poo"u8]));
        Assert.Equal(PacketStatus.WrongLabel, reader.Open((byte[])[0xf4]));
    }

    [Fact]
    public void A_wrong_checksum_drops_the_datagram()
    {
        byte[] datagram = [.. Vector.Of("ml-11-crc-suspect").Bytes];
        datagram[^1] ^= 1;
        PacketReader reader = new(new WireSettings(), null);
        Assert.Equal(PacketStatus.WrongChecksum, reader.Open(datagram));
        Assert.Empty(Take(reader));
        Assert.Equal(PacketStatus.Empty, reader.Open(default));
    }

    [Theory]
    [InlineData("0702000200020bc00bc0", nameof(PacketFaults.None), 2)]
    [InlineData("0702000200020bc00b", nameof(PacketFaults.Truncated), 1)]
    [InlineData("0702000200", nameof(PacketFaults.Truncated), 0)]
    [InlineData("07", nameof(PacketFaults.Truncated), 0)]
    [InlineData("0700", nameof(PacketFaults.None), 0)]
    [InlineData("07020000" + "0002" + "0bc0", nameof(PacketFaults.EmptyPart), 1)]
    [InlineData("07010005" + "0c00000000", nameof(PacketFaults.WrongType), 0)]
    [InlineData("06c0", nameof(PacketFaults.WrongType), 0)]
    [InlineData("ffc0", nameof(PacketFaults.WrongType), 0)]
    [InlineData("0982a4416c676f01a3427566a0", nameof(PacketFaults.Uncompressible), 0)]
    [InlineData("0982a4416c676f00a3427566a0", nameof(PacketFaults.Uncompressible), 0)]
    [InlineData("0982a4416c676f00a3427566a300030200", nameof(PacketFaults.EmptyPart), 0)]
    public void Damaged_parts_are_dropped_and_the_others_taken(string hex, string faults, int messages)
    {
        PacketReader reader = new(new WireSettings(), null);
        Assert.Equal(PacketStatus.Open, reader.Open(Convert.FromHexString(hex)));
        Assert.Equal(messages, Take(reader).Count);
        Assert.Equal(faults, reader.Faults.ToString());
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        byte[] message = [0x0b, 0xc0];
        PacketReader reader = new(new WireSettings(), null);
        for (int depth = 0; depth <= WireLimits.DatagramDepthMax + 2; depth++)
        {
            Assert.Equal(PacketStatus.Open, reader.Open(message));
            bool allowed = depth <= WireLimits.DatagramDepthMax;
            Assert.Equal(allowed ? 1 : 0, Take(reader).Count);
            Assert.Equal(allowed ? PacketFaults.None : PacketFaults.TooDeep, reader.Faults);
            message = depth % 2 == 0 ? [0x07, 1, 0, (byte)message.Length, .. message] : Compressed(message);
        }
    }

    [Fact]
    public void Compressed_parts_of_one_datagram_share_a_bound()
    {
        byte[] part = Compressed([0x08, .. new byte[50_000]]);
        byte[] length = [(byte)(part.Length >> 8), (byte)part.Length];
        byte[] datagram = [0x07, 3, .. length, .. length, .. length, .. part, .. part, .. part];
        PacketReader reader = new(new WireSettings(), null);
        Assert.Equal(PacketStatus.Open, reader.Open(datagram));
        Assert.Equal(2, Take(reader).Count);
        Assert.Equal(PacketFaults.TooLarge, reader.Faults);
    }

    [Fact]
    public void Packets_beyond_what_a_datagram_carries_are_not_built()
    {
        PacketWriter writer = new(new WireSettings { Compress = false }, null);
        writer.Begin();
        Assert.False(writer.TryEnd(checksum: false, out _));
        writer.AddUser(new byte[WireLimits.DatagramBytesMax - 1]);
        Assert.True(writer.TryEnd(checksum: false, out ReadOnlyMemory<byte> largest));
        Assert.Equal(WireLimits.DatagramBytesMax, largest.Length);
        writer.Begin();
        writer.AddUser(new byte[WireLimits.DatagramBytesMax]);
        Assert.False(writer.TryEnd(checksum: false, out _));
        writer.Begin();
        writer.AddUser(new byte[70_000]);
        writer.Add(s_nack);
        Assert.False(writer.TryEnd(checksum: false, out _));
        writer.Begin();
        for (int i = 0; i < WireLimits.CompoundPartsMax; i++) writer.Add(s_nack);
        Assert.Throws<InvalidOperationException>(() => writer.Add(s_nack));
        Assert.True(writer.TryEnd(checksum: false, out _) && writer.Parts == WireLimits.CompoundPartsMax);
    }

    [Fact]
    public void Keys_of_the_ring_may_change_between_packets()
    {
        Keyring ring = new(Vector.K1);
        WireSettings settings = new() { Keyring = ring };
        using GossipCipher cipher = new(ring);
        PacketReader reader = new(settings, cipher);
        byte[] ping = Vector.Of("enc-01-k1-packet-ping").Bytes;
        byte[] query = Vector.Of("enc-11-k2-use-key-query").Bytes;
        Assert.Equal((PacketStatus.Open, PacketStatus.Undecryptable), (reader.Open(ping), reader.Open(query)));
        ring.Add(Vector.K2.Bytes.Span);
        Assert.Equal((PacketStatus.Open, PacketStatus.Open), (reader.Open(ping), reader.Open(query)));
        ring.Use(Vector.K2.Bytes.Span);
        ring.Remove(Vector.K1.Bytes.Span);
        Assert.Equal((PacketStatus.Undecryptable, PacketStatus.Open), (reader.Open(ping), reader.Open(query)));
    }

    internal static byte[] Compressed(byte[] message)
    {
        WireBuffer buffer = new(64);
        buffer.Reset(Compression.HeadBytesMax);
        int room = LzwCode.EncodedBytesMax(message.Length);
        buffer.Advance(new LzwEncoder().Encode(message, buffer.GetSpan(room)[..room]));
        Compression.PrependHead(buffer, buffer.Length);
        return buffer.Span.ToArray();
    }

    internal static List<PacketMessage> Take(PacketReader reader)
    {
        List<PacketMessage> messages = [];
        while (reader.TryNext(out PacketMessage message)) messages.Add(message);
        return messages;
    }

    private static byte[] Build(PacketWriter writer)
    {
        writer.Begin();
        writer.Add(s_nack);
        Assert.True(writer.TryEnd(checksum: false, out ReadOnlyMemory<byte> datagram));
        return datagram.ToArray();
    }

    /// <summary>Adds between one and eight messages and gives their encodings.</summary>
    private static List<byte[]> Fill(PacketWriter writer, int seed)
    {
        WireSamples samples = new(seed);
        List<byte[]> sent = [];
        writer.Begin();
        for (int i = 0; i <= seed % 8; i++)
        {
            ArrayBufferWriter<byte> output = new();
            switch ((seed + i) % 4)
            {
                case 0:
                    SwimEncoder.Encode(samples.Alive(), output);
                    break;
                case 1:
                    SwimEncoder.Encode(samples.Suspect(), output);
                    break;
                case 2:
                    SwimEncoder.Encode(samples.Ping(), output);
                    break;
                default:
                    output.Write([(byte)MessageType.User]);
                    SerfEncoder.Encode(samples.UserEvent(), output);
                    break;
            }

            sent.Add(output.WrittenSpan.ToArray());
            VectorTests.Add(writer, sent[^1]);
        }

        return sent;
    }
}
