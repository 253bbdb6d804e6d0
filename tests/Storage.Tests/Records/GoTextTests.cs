using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Tests.Records;

public sealed class GoTextTests
{
    [Theory]
    [InlineData(0, "'\\x00'")]
    [InlineData(2, "'\\x02'")]
    [InlineData(7, "'\\a'")]
    [InlineData(9, "'\\t'")]
    [InlineData('"', "'\"'")]
    [InlineData('\'', "'\\''")]
    [InlineData('\\', "'\\\\'")]
    [InlineData('A', "'A'")]
    [InlineData(' ', "' '")]
    [InlineData(0x7f, "'\\x7f'")]
    [InlineData(0x80, "'\\u0080'")]
    [InlineData(0xa0, "'\\u00a0'")]
    [InlineData(0xad, "'\\u00ad'")]
    [InlineData(0xe9, "'é'")]
    [InlineData(0x2028, "'\\u2028'")]
    [InlineData(0xe000, "'\\ue000'")]
    [InlineData(0x1f600, "'😀'")]
    [InlineData(0x1d173, "'\\U0001d173'")]
    [InlineData(0xd800, "'\ufffd'")]
    [InlineData(0x110000, "'\ufffd'")]
    [InlineData(-1, "'\ufffd'")]
    [InlineData(long.MaxValue, "'\ufffd'")]
    public void Number_is_quoted_as_a_character(long number, string expected) => Assert.Equal(expected, GoText.QuoteRune(number));
}
