using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Gossip.Wire.Security;
using Consul.Fast.Gossip.Wire.Streams;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>
/// Whatever bytes come, every decoder ends with a verdict: no exception, no endless work, no memory beyond the limits. Input is
/// stored, cut at every place, mutated, spliced and random, from seeds that a failure names.
/// </summary>
public sealed class FuzzTests
{
    /// <summary>Decoders take a message of a few kilobytes; what they allocate for lists of their own stays near its size.</summary>
    private const long AllocationMax = 8 * 1024 * 1024;

    private static readonly byte[][] s_messages =
        [.. Vector.All.SelectMany(vector => new VectorWalk(vector).Leaves).Select(leaf => leaf[..Math.Min(leaf.Length, 4096)])];

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 16)];

    [Fact]
    public void Stored_hostile_input_is_survived()
    {
        Assert.NotEmpty(Vector.Hostile);
        foreach ((string name, byte[] bytes) in Vector.Hostile) Survive(bytes, name);
    }

    [Fact]
    public void Every_cut_of_every_message_is_survived()
    {
        foreach (byte[] message in s_messages)
        {
            int step = message.Length > 1024 ? 61 : 1;
            for (int length = 0; length <= message.Length; length += step) Decode(message.AsMemory(0, length));
        }
    }

    [Fact]
    public void Every_cut_of_every_vector_is_survived()
    {
        using Targets targets = new();
        foreach (Vector vector in Vector.All)
        {
            int step = vector.Bytes.Length > 1024 ? 61 : 1;
            for (int length = 0; length <= vector.Bytes.Length; length += step) targets.Run(vector.Bytes.AsSpan(0, length));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Mutated_messages_are_survived(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 8000; round++) Decode(Mutate(s_messages[random.Next(s_messages.Length)], random));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Mutated_vectors_are_survived(int seed)
    {
        Random random = new(seed * 77);
        using Targets targets = new();
        for (int round = 0; round < 1500; round++) targets.Run(Mutate(Vector.All[random.Next(Vector.All.Count)].Bytes, random));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Noise_is_survived(int seed)
    {
        Random random = new(seed * 1001);
        using Targets targets = new();
        for (int round = 0; round < 4000; round++)
        {
            byte[] noise = new byte[random.Next(1, 200)];
            random.NextBytes(noise);
            noise[0] = (byte)random.Next(16);
            // Heads of structures and lengths make noise go deeper.
            for (int i = 1; i < noise.Length; i++) noise[i] = random.Next(3) == 0 ? (byte)random.Next(0x80, 0xe0) : noise[i];
            Decode(noise);
            targets.Run(noise);
        }
    }

    [Fact]
    public void Deep_nesting_in_an_unknown_field_is_survived()
    {
        byte[] arrays = [.. Enumerable.Repeat((byte)0x91, 60_000)];
        Decode((byte[])[0x00, 0x81, 0xa1, (byte)'x', .. arrays]);
        byte[] maps = [.. Enumerable.Repeat(new byte[] { 0x81, 0xa1, (byte)'x' }, 20_000).SelectMany(b => b)];
        Decode((byte[])[0x04, .. maps]);
        using Targets targets = new();
        targets.Run([0x00, 0x81, 0xa1, (byte)'x', .. arrays]);
    }

    private static void Survive(byte[] bytes, string name)
    {
        using Targets targets = new();
        Exception? thrown = Record.Exception(() =>
        {
            targets.Run(bytes);
            Decode(bytes);
        });
        Assert.True(thrown is null, $"{name}: {thrown}");
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (int changes = random.Next(1, 6); changes > 0 && bytes.Count > 0; changes--)
        {
            int place = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[place] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(place, Math.Min(random.Next(1, 9), bytes.Count - place));
                    break;
                case 3:
                    bytes.Insert(place, (byte)random.Next(0x80, 0x100));
                    break;
                case 4:
                    byte[] other = s_messages[random.Next(s_messages.Length)];
                    int from = random.Next(other.Length);
                    bytes.InsertRange(place, other.Skip(from).Take(random.Next(40)));
                    break;
                default:
                    // A length or count of four bytes, as large as it can be or nearly.
                    bytes[place] = new byte[] { 0xdb, 0xdd, 0xdf, 0xc6, 0xce, 0xcf }[random.Next(6)];
                    for (int i = 1; i < 5 && place + i < bytes.Count; i++) bytes[place + i] = (byte)(random.Next(2) * 255);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Gives a message to every decoder, whatever its type byte.</summary>
    private static void Decode(ReadOnlyMemory<byte> message)
    {
        DecodeScratch scratch = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        byte[] retyped = message.ToArray();
        for (int type = 0; type < 14; type++)
        {
            if (retyped.Length > 0) retyped[0] = (byte)type;
            DecodeSwim(retyped);
            DecodeSerf(retyped, scratch);
            if (message.Length > 1 && type == message.Span[0]) DecodeSerf(retyped.AsMemory(1), scratch);
        }

        SerfDecoder.TryDecodeFilter(message, out _);
        SerfDecoder.TryDecodePingPayload(message.Span, out _);
        TagCodec.TryFind(message, "role"u8, out _);
        ConsulEventPayload.Decode(message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationMax);
    }

    private static void DecodeSwim(ReadOnlyMemory<byte> message)
    {
        SwimDecoder.TryDecode(message, out Ping _);
        SwimDecoder.TryDecode(message, out IndirectPing _);
        SwimDecoder.TryDecode(message, out AckResp _);
        SwimDecoder.TryDecode(message, out NackResp _);
        SwimDecoder.TryDecode(message, out ErrResp _);
        SwimDecoder.TryDecode(message, out Suspect _);
        SwimDecoder.TryDecode(message, out Dead _);
        SwimDecoder.TryDecode(message, out Alive _);
    }

    private static void DecodeSerf(ReadOnlyMemory<byte> message, DecodeScratch scratch)
    {
        PushPullDecoder.TryDecode(message, scratch, out PushPullState _);
        PushPullDecoder.TryDecode(message, scratch, out SerfPushPull _);
        SerfDecoder.TryDecode(message, out LeaveIntent _);
        SerfDecoder.TryDecode(message, out JoinIntent _);
        SerfDecoder.TryDecode(message, out UserEvent _);
        SerfDecoder.TryDecode(message, scratch, out Query _);
        SerfDecoder.TryDecode(message, out QueryResponse _);
        SerfDecoder.TryDecode(message, out Relay _);
        SerfDecoder.TryDecode(message, out KeyRequest _);
        SerfDecoder.TryDecode(message, out KeyResponse _);
        SerfDecoder.TryDecode(message, out ConflictResponse _);
    }

    /// <summary>Readers of datagrams and streams, with and without keys.</summary>
    private sealed class Targets : IDisposable
    {
        private static readonly WireSettings s_lenient = new() { Keyring = new Keyring(Vector.K1, Vector.K2), VerifyIncoming = false };
        private static readonly WireSettings s_plain = new();
        private readonly GossipCipher _cipher = new(s_lenient.Keyring!);
        private readonly PacketReader _plainPackets = new(s_plain, null);
        private readonly PacketReader _packets;

        public Targets() => _packets = new PacketReader(s_lenient, _cipher);

        public void Run(ReadOnlySpan<byte> bytes)
        {
            RunPackets(_plainPackets, bytes.ToArray());
            RunPackets(_packets, bytes.ToArray());
            using StreamMessageReader plain = new(s_plain, null, isReply: false);
            RunStream(plain, bytes);
            using StreamMessageReader lenient = new(s_lenient, _cipher, isReply: true);
            RunStream(lenient, bytes);
        }

        public void Dispose() => _cipher.Dispose();

        private static void RunPackets(PacketReader reader, byte[] datagram)
        {
            if (reader.Open(datagram) != PacketStatus.Open) return;
            long bytes = 0;
            while (reader.TryNext(out PacketMessage message)) bytes += message.Bytes.Length;
            Assert.InRange(bytes, 0, (datagram.Length + WireLimits.DatagramExpandedBytesMax) * (long)WireLimits.DatagramDepthMax);
        }

        private static void RunStream(StreamMessageReader reader, ReadOnlySpan<byte> bytes)
        {
            int half = bytes.Length / 2;
            reader.Append(bytes[..half]);
            reader.Append(bytes[half..]);
            Assert.NotEqual(StreamStatus.NeedMore, reader.End());
            if (reader.Status != StreamStatus.Complete) return;
            if (reader.Type == MessageType.User) _ = reader.UserMessage;
            PushPullDecoder.TryDecode(reader.Message, new DecodeScratch(), out PushPullState _);
        }
    }
}
