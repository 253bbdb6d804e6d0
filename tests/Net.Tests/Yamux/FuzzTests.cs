using Consul.Fast.Net.Yamux;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>
/// Arbitrary bytes from a peer, in arbitrary pieces: the session never throws, never hangs, and holds what its limits allow.
/// </summary>
public sealed class FuzzTests
{
    private static readonly YamuxSettings s_settings = new() { MaxStreams = 50, SessionReceiveMax = 1 << 20 };

    public static TheoryData<string> Corpus() =>
    [
        "", "00", "ff", "0001000100000001000000", "000100010000000100000000000100010000000100000000",
        "0000000100000001ffffffff", "000000090000000100000003616263", "0000000c00000001000000036162630000000400000001000000026465",
        "00030000000000000000000000030000000000000000000100", "000200010000000000000001000200020000000000000001",
        "000100010000000100000000000100000000000100000000ffffffff000100000000000100000000ffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffff", "000100080000000000000000", "0001ffff00000007ffffffff0000ffff0000000700000001aa",
    ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task Stored_input_is_survived_at_every_split(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        string whole = await FeedAsync([bytes], ReadAsync);
        for (int at = 1; at < bytes.Length; at++)
        {
            Assert.Equal(whole, await FeedAsync([bytes[..at], bytes[at..]], ReadAsync));
            await FeedAsync([bytes[..at], bytes[at..]], EchoAsync);
        }
    }

    [Fact]
    public async Task Generated_input_is_survived()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = Generate(random);
            string whole = await FeedAsync([bytes], ReadAsync);
            string pieces = await FeedAsync(Cut(bytes, random), ReadAsync);
            Assert.True(whole == pieces, $"seed {seed}: {whole} is not {pieces}");
            await FeedAsync(Cut(bytes, random), EchoAsync);
        }
    }

    /// <summary>Mostly well-formed frames on few ids, so that states are reached; then damage.</summary>
    private static byte[] Generate(Random random)
    {
        var bytes = new List<byte>();
        int frames = random.Next(1, 60);
        for (int i = 0; i < frames; i++)
        {
            var type = (FrameType)random.Next(random.Next(20) == 0 ? 6 : 3);
            var flags = (FrameFlags)(random.Next(3) == 0 ? random.Next(16) : random.Next(2));
            uint id = (uint)random.Next(8);
            byte[] payload = new byte[random.Next(4) == 0 ? random.Next(70_000) : random.Next(40)];
            random.NextBytes(payload);
            bytes.AddRange(
                type == FrameType.Data
                    ? RawPeer.Data(id, payload, flags)
                    : RawPeer.Frame(type, flags, id, random.Next(3) == 0 ? (uint)random.NextInt64(1L << 32) : 0));
        }

        byte[] result = [.. bytes];
        if (random.Next(2) == 0) result[random.Next(result.Length)] ^= (byte)(1 << random.Next(8));
        return random.Next(3) == 0 ? result[..random.Next(result.Length)] : result;
    }

    private static byte[][] Cut(byte[] bytes, Random random)
    {
        var pieces = new List<byte[]>();
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(random.Next(2) == 0 ? random.Next(1, 30) : random.Next(1, 20_000), bytes.Length - at);
            pieces.Add(bytes[at..(at + length)]);
            at += length;
        }

        return [.. pieces];
    }

    /// <summary>
    /// Feeds the pieces to a session and tells the outcome, which must not depend on the pieces as long as the owners of the
    /// streams send nothing: what they send leaves at the end of a batch.
    /// </summary>
    private static async Task<string> FeedAsync(byte[][] pieces, Func<YamuxStream, Task> owner)
    {
        await using var test = new SessionUnderTest(settings: s_settings);
        test.OnAccept = stream => _ = owner(stream);
        foreach (byte[] piece in pieces)
        {
            await test.Peer.SendAsync(piece);
            Assert.InRange(test.Session.StreamCount, 0, s_settings.MaxStreams);
            Assert.InRange(test.Session.UnreadBytes, 0, s_settings.SessionReceiveMax + YamuxSession.WindowMax);
        }

        string outcome = $"{test.Session.CloseText} {test.Accepted.Count} {test.Session.StreamCount}";
        test.Peer.Close();
        await test.Run.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.NotNull(test.Session.CloseText);
        Assert.DoesNotContain(test.Logged, line => line.Contains("session failed", StringComparison.Ordinal));
        return outcome;
    }

    private static async Task ReadAsync(YamuxStream stream)
    {
        bool over = false;
        while (!over)
        {
            System.IO.Pipelines.ReadResult result = await stream.Input.ReadAsync().ConfigureAwait(false);
            over = result.IsCompleted;
            stream.Input.AdvanceTo(result.Buffer.End);
        }
    }

    private static async Task EchoAsync(YamuxStream stream)
    {
        while (true)
        {
            System.IO.Pipelines.ReadResult result = await stream.Input.ReadAsync().ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> part in result.Buffer) part.Span.CopyTo(Take(stream, part.Length));
            stream.Input.AdvanceTo(result.Buffer.End);

            // Not waiting for room: a peer that gives no window would park the echo, and the rest of the input be unread.
            if (result.IsCompleted) break;
            if (stream.Id % 2 == 0) await stream.Output.FlushAsync().ConfigureAwait(false);
        }

        stream.Close();
        stream.Release();
    }

    private static Span<byte> Take(YamuxStream stream, int length)
    {
        Span<byte> span = stream.Output.GetSpan(length);
        stream.Output.Advance(length);
        return span;
    }
}
