using System.Buffers;
using Consul.Fast.Net.MsgPack;
using CsCheck;

namespace Consul.Fast.Net.Tests.MsgPack;

public sealed class MsgPackReaderTests
{
    [Fact]
    public void Arbitrary_bytes_never_throw_and_never_read_beyond_the_input() =>
        Gen.Byte.Array[0, 64].Sample(
            bytes =>
            {
                var reader = new MsgPackReader(bytes);
                while (!reader.AtEnd && !reader.Failed) reader.Skip();
                Assert.InRange(reader.Consumed, 0, bytes.Length);
            },
            iter: 20_000);

    [Fact]
    public void A_header_that_promises_more_items_than_bytes_fails_at_once()
    {
        var reader = new MsgPackReader([0xdd, 0x7f, 0xff, 0xff, 0xff, 0x01]);
        Assert.Equal(0, reader.ReadArrayHeader());
        Assert.True(reader.Failed);
    }

    [Fact]
    public void Nesting_beyond_the_limit_fails()
    {
        byte[] deep = [.. Enumerable.Repeat((byte)0x91, MsgPackReader.MaxDepth + 1), 0x01];
        var reader = new MsgPackReader(deep);
        reader.Skip();
        Assert.True(reader.Failed);
    }

    [Theory]
    [InlineData(new byte[] { 0xd4, 5, 7 }, new byte[] { 7 })]
    [InlineData(new byte[] { 0xd6, 0xff, 1, 2, 3, 4 }, new byte[] { 1, 2, 3, 4 })]
    [InlineData(new byte[] { 0xc7, 0, 9 }, new byte[0])]
    [InlineData(new byte[] { 0xc8, 0, 2, 9, 1, 2 }, new byte[] { 1, 2 })]
    [InlineData(new byte[] { 0xc9, 0, 0, 0, 1, 9, 1 }, new byte[] { 1 })]
    public void Extension_gives_its_data_and_fails_at_every_cut(byte[] encoded, byte[] data)
    {
        var reader = new MsgPackReader(encoded);
        Assert.Equal(MsgPackKind.Extension, reader.Peek());
        Assert.Equal(data, reader.ReadExtensionInPlace().ToArray());
        Assert.True(reader.AtEnd && !reader.Failed);
        for (int cut = 0; cut < encoded.Length; cut++)
        {
            reader = new MsgPackReader(encoded.AsSpan(0, cut));
            Assert.True(reader.ReadExtensionInPlace().IsEmpty);
            Assert.True(reader.Failed);
        }

        reader = new MsgPackReader([0xa1, 0x61]);
        Assert.True(reader.ReadExtensionInPlace().IsEmpty);
        Assert.True(reader.Failed);
    }

    [Fact]
    public void Every_read_after_a_fault_gives_zero_values()
    {
        var reader = new MsgPackReader([0xc1, 0x05]);
        reader.Skip();
        Assert.True(reader.Failed);
        Assert.Equal(0UL, reader.ReadUInt64());
        Assert.Equal("", reader.ReadString());
        Assert.Null(reader.ReadBytes());
        Assert.Equal(0, reader.ReadMapHeader());
    }

    [Fact]
    public void Integers_and_text_survive_a_round_trip() =>
        Gen.Select(Gen.Long, Gen.ULong, Gen.String, Gen.Byte.Array[0, 300]).Sample((signed, unsigned, text, bytes) =>
        {
            string valid = string.Concat(text.EnumerateRunes());
            var output = new ArrayBufferWriter<byte>();
            var writer = new MsgPackWriter(output);
            writer.WriteInt64(signed);
            writer.WriteUInt64(unsigned);
            writer.WriteString(valid);
            writer.WriteBytes(bytes);
            var reader = new MsgPackReader(output.WrittenSpan);
            Assert.Equal(signed, reader.ReadInt64());
            Assert.Equal(unsigned, reader.ReadUInt64());
            Assert.Equal(valid, reader.ReadString());
            Assert.Equal(bytes, reader.ReadBytes() ?? []);
            Assert.True(reader.AtEnd && !reader.Failed);
        });

    [Theory]
    [InlineData("af010000000ed781d9a500000006ffff", "2021-01-02T03:04:05.0000000Z")]
    [InlineData("c40f010000000ed7836c65000000000078", "2021-01-03T07:42:29.0000000Z")]
    [InlineData("b0020000000ed7836c6500000000000005", "2021-01-03T07:42:29.0000000Z")]
    [InlineData("c0", "0001-01-01T00:00:00.0000000Z")]
    public void Time_stamps_of_every_form_are_read(string hex, string expected)
    {
        var reader = new MsgPackReader(Convert.FromHexString(hex));
        DateTime time = DateTime.SpecifyKind(reader.ReadTime(), DateTimeKind.Utc);
        Assert.False(reader.Failed);
        Assert.Equal(expected, time.ToString("O"));
    }

    [Theory]
    [InlineData("a0")]
    [InlineData("ce5fefe4a5")]
    [InlineData("af03000000000000000000000000ffff")]
    public void Malformed_time_stamps_fail(string hex)
    {
        var reader = new MsgPackReader(Convert.FromHexString(hex));
        reader.ReadTime();
        Assert.True(reader.Failed);
    }
}
