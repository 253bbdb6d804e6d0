using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Tests.Captures;

namespace Consul.Fast.Net.Tests.MsgPack;

public sealed class MsgPackScannerTests
{
    private const long NoLimit = long.MaxValue;

    public static TheoryData<string> Recorded() => new(Capture.Names("err-*.hex").Append("kvs-get.hex")
        .SelectMany(static name => Capture.Load(name).Messages)
        .Select(static message => Convert.ToHexStringLower(message.Bytes))
        .Distinct());

    [Theory]
    [MemberData(nameof(Recorded))]
    public void A_recorded_value_ends_where_it_does_at_every_split(string hex)
    {
        byte[] value = Convert.FromHexString(hex);
        byte[] followed = [.. value, 0xc1, 0x00];
        for (int split = 0; split <= value.Length; split++)
        {
            MsgPackScanner scanner = default;
            MsgPackScanStatus first = scanner.Advance(followed.AsSpan(0, split), NoLimit, out int used);
            if (split < value.Length)
            {
                Assert.Equal(MsgPackScanStatus.NeedMore, first);
                Assert.Equal(split, used);
                Assert.Equal(MsgPackScanStatus.Done, scanner.Advance(followed.AsSpan(split), NoLimit, out used));
            }

            Assert.Equal(value.Length, scanner.Length);
        }
    }

    [Theory]
    [InlineData("c0", 1)]
    [InlineData("7f", 1)]
    [InlineData("e0", 1)]
    [InlineData("cc80", 2)]
    [InlineData("d1ffff", 3)]
    [InlineData("ca00000000", 5)]
    [InlineData("cf0000000000000001", 9)]
    [InlineData("a0", 1)]
    [InlineData("a3616263", 4)]
    [InlineData("d903616263", 5)]
    [InlineData("da0003616263", 6)]
    [InlineData("db00000003616263", 8)]
    [InlineData("c403616263", 5)]
    [InlineData("c50003616263", 6)]
    [InlineData("c600000003616263", 8)]
    [InlineData("d40100", 3)]
    [InlineData("d801000102030405060708090a0b0c0d0e0f", 18)]
    [InlineData("c70305616263", 6)]
    [InlineData("c8000305616263", 7)]
    [InlineData("c90000000305616263", 9)]
    [InlineData("80", 1)]
    [InlineData("90", 1)]
    [InlineData("81a161920102", 6)]
    [InlineData("dc00020102", 5)]
    [InlineData("dd000000020102", 7)]
    [InlineData("de0001a16101", 6)]
    [InlineData("df00000001a16101", 8)]
    [InlineData("da0000", 3)]
    public void Every_code_has_its_length(string hex, int length)
    {
        byte[] bytes = [.. Convert.FromHexString(hex), 0, 0];
        foreach (int step in new[] { 1, 2, bytes.Length })
        {
            MsgPackScanner scanner = default;
            var status = MsgPackScanStatus.NeedMore;
            for (int at = 0; status == MsgPackScanStatus.NeedMore; at += step)
                status = scanner.Advance(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)), NoLimit, out _);
            Assert.Equal(MsgPackScanStatus.Done, status);
            Assert.Equal(length, scanner.Length);
        }
    }

    [Fact]
    public void A_code_that_is_never_used_is_malformed()
    {
        MsgPackScanner scanner = default;
        Assert.Equal(MsgPackScanStatus.Malformed, scanner.Advance([0x92, 0x01, 0xc1], NoLimit, out _));
    }

    [Theory]
    [InlineData("db00010000", 100)]
    [InlineData("dd00010000", 100)]
    [InlineData("df00000033", 100)]
    [InlineData("c9ffffffff", 100)]
    [InlineData("8fa1", 25)]
    public void A_value_that_cannot_fit_is_refused_when_it_is_announced(string head, long maxBytes)
    {
        MsgPackScanner scanner = default;
        Assert.Equal(MsgPackScanStatus.TooLarge, scanner.Advance(Convert.FromHexString(head), maxBytes, out _));
    }

    [Fact]
    public void A_value_of_exactly_the_limit_is_accepted()
    {
        byte[] value = [0xa5, 1, 2, 3, 4, 5];
        MsgPackScanner scanner = default;
        Assert.Equal(MsgPackScanStatus.Done, scanner.Advance(value, value.Length, out _));
        scanner = default;
        Assert.Equal(MsgPackScanStatus.TooLarge, scanner.Advance(value, value.Length - 1, out _));
    }

    [Fact]
    public void Nesting_without_end_needs_no_memory()
    {
        byte[] nested = Enumerable.Repeat((byte)0x91, 1_000_000).Append((byte)0x01).ToArray();
        MsgPackScanner scanner = default;
        Assert.Equal(MsgPackScanStatus.Done, scanner.Advance(nested, NoLimit, out _));
        Assert.Equal(nested.Length, scanner.Length);
    }

    [Fact]
    public void Arbitrary_bytes_have_the_same_end_however_they_are_cut()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(1, 80)];
            random.NextBytes(bytes);
            // Codes that announce something are what is worth trying.
            for (int i = 0; i < bytes.Length; i++)
            {
                if (random.Next(3) == 0) bytes[i] = (byte)random.Next(0xc0, 0xe0);
                else if (random.Next(3) == 0) bytes[i] = 0;
            }

            MsgPackMeasure reference = default;
            bool whole = reference.Advance(bytes);
            MsgPackScanner scanner = default;
            var status = MsgPackScanStatus.NeedMore;
            for (int at = 0; at < bytes.Length && status == MsgPackScanStatus.NeedMore;)
            {
                int step = random.Next(1, bytes.Length - at + 1);
                status = scanner.Advance(bytes.AsSpan(at, step), NoLimit, out _);
                at += step;
            }

            Assert.True(whole == (status == MsgPackScanStatus.Done), $"seed {seed}");
            if (whole) Assert.True(reference.Length == scanner.Length, $"seed {seed}");
            if (reference.Malformed) Assert.True(status == MsgPackScanStatus.Malformed, $"seed {seed}");
        }
    }
}
