using Consul.Fast.Gossip.Wire.Lzw;

namespace Consul.Fast.Gossip.Tests.Wire;

/// <summary>Compression both ways; that the bytes are those of real agents is the business of the vectors.</summary>
public sealed class LzwTests
{
    private readonly LzwEncoder _encoder = new();
    private readonly LzwDecoder _decoder = new();

    public static TheoryData<int, int> Shapes()
    {
        var shapes = new TheoryData<int, int>();
        int[] lengths = [0, 1, 2, 3, 100, 254, 255, 256, 3838, 3839, 3840, 4096, 20_000, 300_000];
        foreach (int length in lengths)
        {
            foreach (int alphabet in new[] { 1, 2, 16, 256 }) shapes.Add(length, alphabet);
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_was_compressed_expands_to_itself(int length, int alphabet)
    {
        Random random = new((length * 1000) + alphabet);
        byte[] plain = new byte[length];
        for (int i = 0; i < length; i++) plain[i] = (byte)random.Next(alphabet);
        byte[] compressed = Encode(plain);
        Assert.Equal(LzwStatus.Done, _decoder.Measure(compressed, length, out int measured));
        Assert.Equal(length, measured);
        byte[] expanded = new byte[length];
        Assert.Equal(LzwStatus.Done, _decoder.Decode(compressed, expanded, out int written));
        Assert.Equal(length, written);
        Assert.Equal(plain, expanded);
        if (length == 0) return;
        Assert.Equal(LzwStatus.TooLarge, _decoder.Measure(compressed, length - 1, out _));
        Assert.Equal(LzwStatus.TooLarge, _decoder.Decode(compressed, new byte[length - 1], out _));
    }

    [Fact]
    public void Worked_example_gives_its_bytes()
    {
        byte[] plain = Convert.FromHexString("0282a75061796c6f6164c0a55365714e6f17");
        Assert.Equal("0005083a05254c1e366fc29001566a4a99384ede5c0808", Convert.ToHexStringLower(Encode(plain)));
    }

    [Fact]
    public void Encoder_gives_up_when_the_room_is_too_small()
    {
        byte[] plain = new byte[500];
        new Random(1).NextBytes(plain);
        int needed = Encode(plain).Length;
        for (int room = 0; room < needed; room++) Assert.Equal(-1, _encoder.Encode(plain, new byte[room]));
        Assert.Equal(needed, _encoder.Encode(plain, new byte[needed]));
    }

    [Fact]
    public void Every_cut_of_a_compressed_text_is_malformed()
    {
        byte[] compressed = Encode(new byte[5000]);
        for (int length = 0; length < compressed.Length; length++)
        {
            Assert.Equal(LzwStatus.Malformed, _decoder.Measure(compressed.AsSpan(0, length), 5000, out _));
            Assert.Equal(LzwStatus.Malformed, _decoder.Decode(compressed.AsSpan(0, length), new byte[5000], out _));
        }
    }

    [Fact]
    public void Decoder_keeps_the_full_table_when_the_peer_does_not_clear_it()
    {
        // The encoder never lets the table fill up, but another one may: pairs of new literals until every code is taken, then more.
        List<(int Code, int Width)> codes = [(LzwCode.Clear, 9)];
        int last = LzwCode.End;
        int width = 9;
        List<byte> plain = [];
        Random random = new(7);
        for (int i = 0; i < 6000; i++)
        {
            byte literal = (byte)random.Next(256);
            plain.Add(literal);
            codes.Add((literal, width));
            if (last == 4095) continue;
            last++;
            if (last == 1 << width && width < 12) width++;
        }

        codes.Add((4095, 12));
        plain.AddRange([plain[3837], plain[3838]]);
        codes.Add((LzwCode.End, 12));
        byte[] expanded = new byte[plain.Count];
        Assert.Equal(LzwStatus.Done, _decoder.Decode(Pack(codes), expanded, out int written));
        Assert.Equal(plain.Count, written);
        Assert.Equal(plain, expanded);
        Assert.Equal(LzwStatus.Done, _decoder.Measure(Pack(codes), int.MaxValue, out int measured));
        Assert.Equal(plain.Count, measured);
    }

    [Fact]
    public void A_code_from_the_future_is_malformed()
    {
        Assert.Equal(LzwStatus.Malformed, _decoder.Decode(Pack([(256, 9), (258, 9), (257, 9)]), new byte[10], out _));
        Assert.Equal(LzwStatus.Malformed, _decoder.Decode(Pack([(256, 9), (65, 9), (259, 9), (257, 9)]), new byte[10], out _));
        Assert.Equal(LzwStatus.Malformed, _decoder.Decode(Pack([(256, 9), (65, 9), (258, 9), (256, 9), (258, 9)]), new byte[10], out _));
    }

    [Fact]
    public void Measuring_and_expanding_agree_on_noise()
    {
        Random random = new(11);
        byte[] output = new byte[1 << 16];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] noise = new byte[random.Next(64)];
            random.NextBytes(noise);
            if (noise.Length > 2) (noise[0], noise[1]) = (0, (byte)((noise[1] & 0xfe) | 1));
            LzwStatus status = _decoder.Decode(noise, output, out int written);
            Assert.Equal(status, _decoder.Measure(noise, output.Length, out int measured));
            if (status == LzwStatus.Done) Assert.Equal(written, measured);
        }
    }

    private static byte[] Pack(List<(int Code, int Width)> codes)
    {
        List<byte> bytes = [];
        ulong bits = 0;
        int count = 0;
        foreach ((int code, int width) in codes)
        {
            bits |= (ulong)code << count;
            for (count += width; count >= 8; count -= 8, bits >>= 8) bytes.Add((byte)bits);
        }

        bytes.Add((byte)bits);
        return [.. bytes];
    }

    private byte[] Encode(byte[] plain)
    {
        byte[] output = new byte[LzwCode.EncodedBytesMax(plain.Length)];
        int written = _encoder.Encode(plain, output);
        Assert.True(written > 0);
        return output[..written];
    }
}
