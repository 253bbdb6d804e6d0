using System.Buffers;
using System.Text;
using Consul.Fast.Net.Rpc;
using Consul.Fast.Net.Tests.Captures;

namespace Consul.Fast.Net.Tests.Rpc;

public sealed class RpcHeadersTests
{
    public static TheoryData<string> Captures() => new(Capture.Names("*.hex")
        .Where(static name => !name.StartsWith("codec-", StringComparison.Ordinal) && Capture.Load(name).Messages.Count > 0));

    [Theory]
    [MemberData(nameof(Captures))]
    public void Recorded_headers_are_read_and_written_back_byte_for_byte(string name)
    {
        foreach (CapturedMessage message in Capture.Load(name).Messages)
        {
            if (!message.Part.EndsWith("-header", StringComparison.Ordinal)) continue;
            var output = new ArrayBufferWriter<byte>();
            Assert.True(RpcHeaders.TryReadRequest(message.Bytes, out ulong seq, out ReadOnlySpan<byte> method));
            var encoded = new RpcName(Encoding.UTF8.GetString(method));
            if (message.Part == "request-header")
            {
                RpcHeaders.WriteRequest(output, seq, encoded);
                Assert.Equal(message.Bytes, output.WrittenSpan.ToArray());
                continue;
            }

            Assert.True(RpcHeaders.TryReadResponse(message.Bytes, out ulong echoed, out string? error));
            Assert.Equal(seq, echoed);
            if (error is null) RpcHeaders.WriteSuccess(output, seq, encoded.EncodedField);
            else RpcHeaders.WriteFailure(output, seq, encoded.EncodedField, error);
            byte[] expected = error is null ? message.Bytes : [.. message.Bytes, 0x80];
            Assert.Equal(expected, output.WrittenSpan.ToArray());
        }
    }

    [Theory]
    [InlineData("92 a4 612e6263 07", 7, "a.bc")]
    [InlineData("91 a4 612e6263", 0, "a.bc")]
    [InlineData("93 a4 612e6263 07 c0", 7, "a.bc")]
    [InlineData("82 ad536572766963654d6574686f64 a4612e6263 a3536571 07", 7, "a.bc")]
    [InlineData("82 ad536572766963654d6574686f64 d904612e6263 a3536571 cf0000000000000007", 7, "a.bc")]
    [InlineData("83 a5 4f74686572 81a16101 ad536572766963654d6574686f64 a4612e6263 a3536571 d007", 7, "a.bc")]
    [InlineData("83 a3536571 01 ad536572766963654d6574686f64 a4612e6263 a3536571 07", 7, "a.bc")]
    [InlineData("de0002 a3536571 07 ad536572766963654d6574686f64 a4612e6263", 7, "a.bc")]
    [InlineData("c0", 0, "")]
    [InlineData("80", 0, "")]
    [InlineData("82 a3536571 c0 ad536572766963654d6574686f64 c0", 0, "")]
    public void Every_form_of_a_request_header_is_read(string hex, ulong seq, string method)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.True(RpcHeaders.TryReadRequest(bytes, out ulong readSeq, out ReadOnlySpan<byte> readMethod));
        Assert.Equal(seq, readSeq);
        Assert.Equal(method, Encoding.UTF8.GetString(readMethod));
    }

    [Theory]
    [InlineData("06")]
    [InlineData("a3616263")]
    [InlineData("c3")]
    [InlineData("cb0000000000000000")]
    [InlineData("81 a3536571 a161")]
    [InlineData("81 a3536571 ff")]
    [InlineData("81 ad536572766963654d6574686f64 01")]
    [InlineData("81 ad536572766963654d6574686f64 c40161")]
    [InlineData("81 01 01")]
    [InlineData("82 a3536571 01")]
    [InlineData("")]
    public void What_is_no_header_is_refused(string hex) =>
        Assert.False(RpcHeaders.TryReadRequest(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _, out _));

    [Fact]
    public void The_largest_number_and_a_long_error_come_back()
    {
        var output = new ArrayBufferWriter<byte>();
        string error = new('ä', 70_000);
        RpcHeaders.WriteFailure(output, ulong.MaxValue, new RpcName("A.B").EncodedField, error);
        ReadOnlySpan<byte> header = output.WrittenSpan[..^1];
        Assert.True(RpcHeaders.TryReadResponse(header, out ulong seq, out string? read));
        Assert.Equal(ulong.MaxValue, seq);
        Assert.Equal(error, read);
        Assert.Equal(0x80, output.WrittenSpan[^1]);
    }

    [Fact]
    public void Arbitrary_bytes_never_throw()
    {
        byte[] header = new byte[64];
        for (int seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            random.NextBytes(header);
            header[0] = (byte)(0x80 + random.Next(0x20));
            RpcHeaders.TryReadRequest(header.AsSpan(0, random.Next(header.Length)), out _, out _);
            RpcHeaders.TryReadResponse(header.AsSpan(0, random.Next(header.Length)), out _, out _);
        }
    }
}
