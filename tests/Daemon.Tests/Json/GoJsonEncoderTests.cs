using System.Buffers;
using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;

namespace Consul.Fast.Daemon.Tests.Json;

public class GoJsonEncoderTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("", "")]
    [InlineData("say \"hi\" \\ there", "say \\\"hi\\\" \\\\ there")]
    [InlineData("<a href='x'>&</a>", "\\u003ca href='x'\\u003e\\u0026\\u003c/a\\u003e")]
    [InlineData("tab\there\nnext\r", "tab\\there\\nnext\\r")]
    [InlineData("\u0000\u0008\u000c\u001f\u007f", "\\u0000\\u0008\\u000c\\u001f\u007f")]
    [InlineData("one\u2028two\u2029three", "one\\u2028two\\u2029three")]
    [InlineData("Zürich – 東京 😀+`'/", "Zürich – 東京 😀+`'/")]
    public void Text_is_escaped_as_Consul_does(string text, string expected)
    {
        Assert.Equal($"\"{expected}\"", Write(w => w.WriteStringValue(text)));
        Assert.Equal($"\"{expected}\"", Write(w => w.WriteStringValue(Encoding.UTF8.GetBytes(text))));
        Assert.Equal($"{{\"{expected}\":1}}", Write(w =>
        {
            w.WriteStartObject();
            w.WriteNumber(text, 1);
            w.WriteEndObject();
        }));
    }

    [Fact]
    public void Invalid_bytes_are_replaced_one_by_one()
    {
        byte[] text = [(byte)'a', 0xff, 0xc3, (byte)'b', 0xe2, 0x80];
        Assert.Equal("\"a\\ufffd\\ufffdb\\ufffd\\ufffd\"", Write(w => w.WriteStringValue(text)));
    }

    [Fact]
    public void Long_text_with_specials_everywhere_survives_a_round_trip()
    {
        string text = string.Concat(Enumerable.Range(0, 3000).Select(i => (i % 7) switch { 0 => "<", 1 => "é", 2 => "\n", 3 => "😀", 4 => "\u2028", _ => "x" }));
        string json = Write(w => w.WriteStringValue(text));
        Assert.Equal(text, JsonElement.Parse(json).GetString());
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(10, "10")]
    [InlineData(-5, "-5")]
    [InlineData(1.5, "1.5")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(123456789012345680000d, "123456789012345680000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1e-6, "0.000001")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(1.5e-9, "1.5e-9")]
    [InlineData(0.1, "0.1")]
    [InlineData(1.2345e30, "1.2345e+30")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(0.000001234, "0.000001234")]
    [InlineData(123456789, "123456789")]
    [InlineData(3e-5, "0.00003")]
    [InlineData(1e23, "1e+23")]
    public void Floats_are_written_in_their_shortest_form(double value, string expected) => Assert.Equal(expected, GoFloat.Format(value));

    internal static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance })) write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
