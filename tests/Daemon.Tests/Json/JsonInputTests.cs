using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;
using Consul.Fast.Storage.Json;
using CsCheck;

namespace Consul.Fast.Daemon.Tests.Json;

public class JsonInputTests
{
    [Theory]
    [InlineData("", "EOF")]
    [InlineData("  \n\t", "EOF")]
    [InlineData("{", "unexpected EOF")]
    [InlineData("{\"a\":", "unexpected EOF")]
    [InlineData("[1,", "unexpected EOF")]
    [InlineData("\"abc", "unexpected EOF")]
    [InlineData("tru", "unexpected EOF")]
    [InlineData("-", "unexpected EOF")]
    [InlineData("{bad}", "invalid character 'b' looking for beginning of object key string")]
    [InlineData("bad", "invalid character 'b' looking for beginning of value")]
    [InlineData("{\"a\" 1}", "invalid character '1' after object key")]
    [InlineData("{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair")]
    [InlineData("[1 2]", "invalid character '2' after array element")]
    [InlineData("[1,]", "invalid character ']' looking for beginning of value")]
    [InlineData("{\"a\":1,}", "invalid character '}' looking for beginning of object key string")]
    [InlineData("\"a\nb\"", "invalid character '\\n' in string literal")]
    [InlineData("\"\\q\"", "invalid character 'q' in string escape code")]
    [InlineData("\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape")]
    [InlineData("trap", "invalid character 'a' in literal true (expecting 'u')")]
    [InlineData("nil", "invalid character 'i' in literal null (expecting 'u')")]
    [InlineData("-a", "invalid character 'a' in numeric literal")]
    [InlineData("1.x", "invalid character 'x' after decimal point in numeric literal")]
    [InlineData("1ex", "invalid character 'x' in exponent of numeric literal")]
    [InlineData("'a'", "invalid character '\\'' looking for beginning of value")]
    [InlineData("é", "invalid character 'Ã' looking for beginning of value")]
    public void Broken_text_is_refused_with_the_known_words(string body, string expected)
    {
        Assert.False(JsonInput.TryParse(Encoding.UTF8.GetBytes(body), out _, out string error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("{\"a\":1} trailing rubbish", "{\"a\":1}")]
    [InlineData("01", "0")]
    [InlineData("true false", "true")]
    [InlineData("[]]", "[]")]
    [InlineData("  -1.5e+3x", "-1.5e+3")]
    public void What_follows_the_first_value_is_ignored(string body, string expected)
    {
        Assert.True(JsonInput.TryParse(Encoding.UTF8.GetBytes(body), out JsonElement root, out _));
        Assert.Equal(expected, root.GetRawText());
    }

    [Fact]
    public void Invalid_text_is_read_as_replacement_characters()
    {
        byte[] body = [.. "{\"k\":\"a"u8, 0xff, .. "b\\ud800c\\ud83d\\ude00\\n\"}"u8];
        Assert.True(JsonInput.TryParse(body, out JsonElement root, out _));
        Assert.Equal("a\ufffdb\ufffdc😀\n", root.GetProperty("k").GetString());
    }

    [Fact]
    public void Nesting_has_a_bound()
    {
        Assert.True(JsonInput.TryParse(Nested(JsonScanner.MaxDepth), out _, out _));
        Assert.False(JsonInput.TryParse(Nested(100_000), out _, out string error));
        Assert.Equal("exceeded max depth", error);
    }

    [Fact]
    public void Arbitrary_bytes_never_throw_and_agree_with_a_strict_parser()
    {
        string[] pool = ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d83d", "de00", "true", "null", "1", "-", ".", "e", " ", "a", "é", "\n"];
        Gen.Int[0, pool.Length - 1].Select(i => pool[i]).List[0, 12].Sample(pieces =>
        {
            byte[] body = Encoding.UTF8.GetBytes(string.Concat(pieces));
            bool parsed = JsonInput.TryParse(body, out JsonElement root, out string error);
            Assert.Equal(parsed, error.Length == 0);
            if (parsed) _ = root.ToString();
            else Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(body).Dispose());
        }, iter: 20_000);
    }

    private static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
}
