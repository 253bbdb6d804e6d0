using System.Buffers;
using System.Text.RegularExpressions;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Gossip.Wire.Security;
using Consul.Fast.Gossip.Wire.Streams;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>Everything recorded from real agents is understood, and written again to the same bytes where they are determined.</summary>
public sealed partial class VectorTests
{
    public static TheoryData<string> Names() => Vector.Names(_ => true);

    public static TheoryData<string> Datagrams() => Vector.Names(vector => !vector.IsStream);

    public static TheoryData<string> Streams() => Vector.Names(vector => vector.IsStream);

    [Theory]
    [MemberData(nameof(Names))]
    public void Vector_decodes_to_its_outline(string name)
    {
        string expected = NilSlots().Replace(Vector.Outlines[name], "[$1]");
        string actual = new VectorWalk(Vector.Of(name)).Outline;
        int cut = expected.IndexOf(" ...", StringComparison.Ordinal);
        if (cut < 0) Assert.Equal(expected, actual);
        else Assert.StartsWith(expected[..cut].Replace("[512 entries, non-nil: ", "[", StringComparison.Ordinal), actual, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_layer_is_written_again_to_the_same_bytes(string name) => Assert.Empty(new VectorWalk(Vector.Of(name)).Differences);

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void Packet_reader_gives_the_messages_in_order(string name)
    {
        Vector vector = Vector.Of(name);
        using GossipCipher? cipher = vector.Cipher();
        PacketReader reader = new(vector.Settings, cipher);
        Assert.Equal(PacketStatus.Open, reader.Open(vector.Bytes.ToArray()));
        List<byte[]> messages = [];
        while (reader.TryNext(out PacketMessage message)) messages.Add(message.Bytes.ToArray());
        Assert.Equal(PacketFaults.None, reader.Faults);
        Assert.Equal(new VectorWalk(vector).Leaves, messages);
    }

    [Theory]
    [MemberData(nameof(Datagrams))]
    public void Packet_writer_builds_the_recorded_datagram(string name)
    {
        VectorWalk walk = new(Vector.Of(name));
        PacketWriter writer = new(new WireSettings(), null);
        writer.Begin();
        foreach (byte[] leaf in walk.Leaves) Add(writer, leaf);
        Assert.True(writer.TryEnd(checksum: walk.Plain[0] == (byte)MessageType.HasCrc, out ReadOnlyMemory<byte> datagram));
        Assert.Equal(Convert.ToHexStringLower(walk.Plain), Convert.ToHexStringLower(datagram.Span));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_reader_gives_the_message_however_the_bytes_come(string name)
    {
        Vector vector = Vector.Of(name);
        byte[] expected = Assert.Single(new VectorWalk(vector).Leaves);
        foreach (int step in new[] { 1, 7, vector.Bytes.Length })
        {
            using GossipCipher? cipher = vector.Cipher();
            using StreamMessageReader reader = new(vector.Settings, cipher, isReply: false);
            for (int offset = 0; offset < vector.Bytes.Length; offset += step)
            {
                Assert.Equal(StreamStatus.NeedMore, reader.Status);
                reader.Append(new ReadOnlySequence<byte>(vector.Bytes, offset, Math.Min(step, vector.Bytes.Length - offset)));
            }

            Assert.Equal(StreamStatus.Complete, reader.Status);
            Assert.Equal(expected, reader.Message.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_writer_builds_the_recorded_message(string name)
    {
        VectorWalk walk = new(Vector.Of(name));
        byte[] leaf = Assert.Single(walk.Leaves);
        bool isCompressed = walk.Plain[0] == (byte)MessageType.Compress;
        StreamMessageWriter writer = new(new WireSettings { Compress = isCompressed }, null);
        ReadOnlyMemory<byte> written = (MessageType)leaf[0] switch
        {
            MessageType.Ping when SwimDecoder.TryDecode(leaf, out Ping ping) => writer.Write(ping),
            MessageType.AckResp when SwimDecoder.TryDecode(leaf, out AckResp ack) => writer.Write(ack),
            MessageType.Err when SwimDecoder.TryDecode(leaf, out ErrResp error) => writer.Write(error),
            MessageType.PushPull when PushPullDecoder.TryDecode(leaf, new DecodeScratch(), out PushPullState state) =>
                writer.Write(state, isReply: false),
            MessageType.User => writer.WriteUser(leaf.AsSpan(14)),
            _ => default,
        };
        bool hasNilEvents = Vector.Outlines[name].Contains("512 entries", StringComparison.Ordinal);
        if (!hasNilEvents) Assert.Equal(Convert.ToHexStringLower(walk.Plain), Convert.ToHexStringLower(written.Span));
        using StreamMessageReader reader = new(new WireSettings(), null, isReply: false);
        Assert.Equal(StreamStatus.Complete, reader.Append(written.Span));
    }

    internal static void Add(PacketWriter writer, byte[] leaf)
    {
        switch ((MessageType)leaf[0])
        {
            case MessageType.Ping when SwimDecoder.TryDecode(leaf, out Ping message):
                writer.Add(message);
                break;
            case MessageType.IndirectPing when SwimDecoder.TryDecode(leaf, out IndirectPing message):
                writer.Add(message);
                break;
            case MessageType.AckResp when SwimDecoder.TryDecode(leaf, out AckResp message):
                writer.Add(message);
                break;
            case MessageType.NackResp when SwimDecoder.TryDecode(leaf, out NackResp message):
                writer.Add(message);
                break;
            case MessageType.Suspect when SwimDecoder.TryDecode(leaf, out Suspect message):
                writer.Add(message);
                break;
            case MessageType.Alive when SwimDecoder.TryDecode(leaf, out Alive message):
                writer.Add(message);
                break;
            case MessageType.Dead when SwimDecoder.TryDecode(leaf, out Dead message):
                writer.Add(message);
                break;
            default:
                writer.AddUser(leaf.AsSpan(1));
                break;
        }
    }

    [GeneratedRegex(@"\[512 entries, non-nil: (.*)\](?=, LTime: \d+, LeftMembers)")]
    private static partial Regex NilSlots();
}
