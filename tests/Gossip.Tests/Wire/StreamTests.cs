using System.Text;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Security;
using Consul.Fast.Gossip.Wire.Streams;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>Wrapping and unwrapping of stream messages, and what a peer is told of damaged ones.</summary>
public sealed class StreamTests
{
    private static readonly WireSettings s_plain = new();
    private static readonly WireSettings s_encrypting = new() { Keyring = new Keyring(Vector.K2, Vector.K1) };

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public void Messages_come_through_every_wrapping(bool encrypted, bool labelled, bool compress)
    {
        WireSettings settings = (encrypted ? s_encrypting : s_plain) with { Compress = compress, Label = labelled ? "pool"u8.ToArray() : default };
        using GossipCipher? cipher = encrypted ? new GossipCipher(settings.Keyring!) : null;
        StreamMessageWriter writer = new(settings, cipher);
        for (int seed = 0; seed < 100; seed++)
        {
            PushPullState state = new WireSamples(seed).PushPull();
            bool isReply = seed % 2 == 0;
            byte[] bytes = writer.Write(state, isReply).ToArray();
            using StreamMessageReader reader = new(settings, cipher, isReply);
            int cut = seed * bytes.Length / 100;
            Assert.Equal(StreamStatus.NeedMore, reader.Append(bytes.AsSpan(0, cut)));
            Assert.Equal(StreamStatus.Complete, reader.Append(bytes.AsSpan(cut)));
            Assert.Equal(MessageType.PushPull, reader.Type);
            Assert.True(PushPullDecoder.TryDecode(reader.Message, new DecodeScratch(), out PushPullState decoded));
            Assert.Equal(Show.Of(state.UserState), Show.Of(decoded.UserState));
            Assert.Equal(StreamStatus.Complete, reader.Append("ignored"u8));
            Assert.Equal(StreamStatus.Complete, reader.End());
        }
    }

    [Fact]
    public void Messages_of_every_type_are_recognised()
    {
        StreamMessageWriter writer = new(s_plain, null);
        Check(MessageType.Ping, writer.Write(new WireSamples(1).Ping()));
        Check(MessageType.AckResp, writer.Write(new AckResp(7, default)));
        Check(MessageType.Err, writer.Write(new ErrResp("no"u8.ToArray())));
        Check(MessageType.User, writer.WriteUser("\u0003\u0080"u8));
        using StreamMessageReader reader = new(s_plain, null, isReply: false);
        reader.Append(Vector.Of("ml-29-stream-user-message").Bytes);
        Assert.True(SerfDecoder.TryDecode(reader.UserMessage, out UserEvent message));
        Assert.Equal("viatcp"u8.ToArray(), message.Name.ToArray());
        return;

        static void Check(MessageType type, ReadOnlyMemory<byte> bytes)
        {
            using StreamMessageReader reader = new(s_plain, null, isReply: true);
            Assert.Equal(StreamStatus.Complete, reader.Append(bytes.Span));
            Assert.Equal(type, reader.Type);
        }
    }

    [Fact]
    public void Peers_of_other_encryption_are_told_so()
    {
        byte[] plain = Vector.Of("ml-26-stream-ping-uncompressed").Bytes;
        byte[] encrypted = Vector.Of("enc-16-k1-stream-ping-v1").Bytes;
        Assert.Equal(StreamStatus.NotEncrypted, Read(s_encrypting, plain[..1]));
        Assert.Equal(StreamStatus.NoKeys, Read(s_plain, encrypted[..1]));
        Assert.Equal(StreamStatus.Complete, Read(s_encrypting, encrypted));
        Assert.Equal(StreamStatus.Complete, Read(s_encrypting with { VerifyIncoming = false }, plain));
        Assert.Equal(StreamStatus.Undecryptable, Read(new WireSettings { Keyring = new Keyring(Vector.K2) }, encrypted));
        Assert.Equal("Encryption is configured but remote state is not encrypted", Text(StreamStatus.NotEncrypted));
        Assert.Equal("Remote state is encrypted and encryption is not configured", Text(StreamStatus.NoKeys));
        Assert.Equal("No installed keys could decrypt the message", Text(StreamStatus.Undecryptable));
        StreamStatus[] silent = [StreamStatus.Nothing, StreamStatus.WrongLabel, StreamStatus.WrongType, StreamStatus.Malformed];
        Assert.All(silent, status => Assert.Empty(Text(status)));
    }

    [Theory]
    [InlineData("0a0140000101", nameof(StreamStatus.TooLarge))]
    [InlineData("0a00000000", nameof(StreamStatus.Undecryptable))]
    [InlineData("0a0000001d00" + "00000000000000000000000000000000000000000000000000000000", nameof(StreamStatus.Undecryptable))]
    public void Encrypted_lengths_are_bounded(string hex, string expected) =>
        Assert.Equal(expected, Read(s_encrypting, Convert.FromHexString(hex)).ToString());

    [Theory]
    [InlineData("00c1", nameof(StreamStatus.Malformed))]
    [InlineData("0680", nameof(StreamStatus.Complete))]
    [InlineData("0693ce7fffffff00c3", nameof(StreamStatus.TooLarge))] // nodes
    [InlineData("069300ce7fffffffc3", nameof(StreamStatus.TooLarge))] // user state
    [InlineData("0693ff00c3", nameof(StreamStatus.Malformed))]
    [InlineData("0891ce7fffffff", nameof(StreamStatus.TooLarge))]
    [InlineData("0891ff", nameof(StreamStatus.Malformed))]
    [InlineData("03c0", nameof(StreamStatus.WrongType))]
    [InlineData("07010002", nameof(StreamStatus.WrongType))]
    [InlineData("f40161", nameof(StreamStatus.WrongLabel))]
    [InlineData("0980", nameof(StreamStatus.BadWrapping))]
    [InlineData("09c1", nameof(StreamStatus.BadWrapping))]
    [InlineData("0982a4416c676f01a3427566a0", nameof(StreamStatus.BadWrapping))]
    [InlineData("0982a4416c676f00a3427566a300030200", nameof(StreamStatus.BadWrapping))] // expands to nothing
    public void Impossible_messages_end_at_once(string hex, string expected) =>
        Assert.Equal(expected, Read(s_plain, Convert.FromHexString(hex)).ToString());

    [Theory]
    [InlineData("", nameof(StreamStatus.Nothing))]
    [InlineData("0a0000", nameof(StreamStatus.BadWrapping))]
    [InlineData("0982a4", nameof(StreamStatus.BadWrapping))]
    [InlineData("0083", nameof(StreamStatus.Malformed))]
    [InlineData("0693020ac3", nameof(StreamStatus.Malformed))]
    public void A_stream_that_ends_early_is_noticed(string hex, string expected)
    {
        WireSettings settings = s_encrypting with { VerifyIncoming = false };
        using GossipCipher cipher = new(settings.Keyring!);
        using StreamMessageReader reader = new(settings, cipher, isReply: false);
        Assert.Equal(StreamStatus.NeedMore, reader.Append(Convert.FromHexString(hex)));
        Assert.Equal(expected, reader.End().ToString());
    }

    [Fact]
    public void A_bomb_is_refused_before_it_expands()
    {
        // Twenty-five megabytes of one byte, which compress to less than a hundred kilobytes.
        byte[] bomb = PacketTests.Compressed(new byte[25 * 1024 * 1024]);
        Assert.InRange(bomb.Length, 1, 100_000);
        using StreamMessageReader reader = new(s_plain, null, isReply: false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(StreamStatus.TooLarge, reader.Append(bomb));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000);
    }

    [Fact]
    public void More_than_the_limit_is_not_kept()
    {
        using StreamMessageReader reader = new(s_plain, null, isReply: false);
        byte[] chunk = new byte[1024 * 1024];
        // A user state as long as allowed, sent by a peer that does not stop.
        Assert.Equal(StreamStatus.NeedMore, reader.Append(Convert.FromHexString("0891ce01400000")));
        StreamStatus status = StreamStatus.NeedMore;
        int chunks = 0;
        while (status == StreamStatus.NeedMore && chunks < 30)
        {
            status = reader.Append(chunk);
            chunks++;
        }

        Assert.Equal((StreamStatus.Complete, 20), (status, chunks));
        using StreamMessageReader endless = new(s_plain, null, isReply: false);
        endless.Append(Convert.FromHexString("0982a3427566c67fffffff"));
        for (chunks = 0; chunks < 20; chunks++) Assert.Equal(StreamStatus.NeedMore, endless.Append(chunk));
        Assert.Equal(StreamStatus.TooLarge, endless.Append(chunk));
    }

    private static StreamStatus Read(WireSettings settings, byte[] bytes)
    {
        using GossipCipher? cipher = settings.Keyring is { } ring ? new GossipCipher(ring) : null;
        using StreamMessageReader reader = new(settings, cipher, isReply: false);
        return reader.Append(bytes);
    }

    private static string Text(StreamStatus status) => Encoding.ASCII.GetString(StreamErrors.TextOf(status).Span);
}
