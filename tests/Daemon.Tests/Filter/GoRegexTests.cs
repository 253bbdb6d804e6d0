using Consul.Fast.Daemon.Filter.Patterns;
using CsCheck;

namespace Consul.Fast.Daemon.Tests.Filter;

/// <summary>Expected results and texts are those of RE2's syntax, taken from its own library.</summary>
public class GoRegexTests
{
    private static readonly string[] s_texts =
        ["", "web", "WEB", "web-12", "xweb", "aa", "aaa", "aaaa", "abcd", "123", "a foo b", "foobar", "xyz", "abc", "ABC", "a\nb", "b\n", "a.b", "aXb", "a.bb", "😀", "😁", "x", "é", "É", "été", "a1", "  1", "-", "]a", "a-z", "y", "ab", "ac", "bac", "a{,2}", "日本", "_", "z"];

    [Theory]
    [InlineData("^web", "010100000000000000000000000000000000000")]
    [InlineData("web$", "010010000000000000000000000000000000000")]
    [InlineData("^web-[0-9]+$", "000100000000000000000000000000000000000")]
    [InlineData("(?i)WEB", "011110000000000000000000000000000000000")]
    [InlineData("w.b", "010110000000000000000000000000000000000")]
    [InlineData("a{2,3}$", "000001110000000000000000000000000000000")]
    [InlineData("^a{2,3}$", "000001100000000000000000000000000000000")]
    [InlineData("^(?:ab|cd)*$", "100000001000000000000000000000001000000")]
    [InlineData("^\\d+$", "000000000100000000000000000000000000000")]
    [InlineData("\\bfoo\\b", "000000000010000000000000000000000000000")]
    [InlineData("^[^a-c]+$", "001000000100101000001111110110010000111")]
    [InlineData("^[[:alpha:]]+$", "011011111001111000100010000000011110001")]
    [InlineData("^[[:^alpha:]]+$", "000000000100000000001101100110000000110")]
    [InlineData("^\\pL+$", "011011111001111000100011110000011110101")]
    [InlineData("^\\PL+$", "000000000100000000001100000110000000010")]
    [InlineData("(?m)^b$", "000000000000000110000000000000000000000")]
    [InlineData("^b$", "000000000000000000000000000000000000000")]
    [InlineData("(?s)a.b", "000000000000000101110000000000000000000")]
    [InlineData("a.b", "000000000000000001110000000000000000000")]
    [InlineData("^.$", "000000000000000000001111100010010000011")]
    [InlineData("^[😀-😂x]$", "000000000000000000001110000000000000000")]
    [InlineData("^[^😀]$", "000000000000000000000111100010010000011")]
    [InlineData("^[^a]$", "000000000000000000001111100010010000011")]
    [InlineData("\\Qa.b\\E+$", "000000000000000001010000000000000000000")]
    [InlineData("^\\x41\\x{42}\\103$", "000000000000001000000000000000000000000")]
    [InlineData("^$", "100000000000000000000000000000000000000")]
    [InlineData("a|b|", "111111111111111111111111111111111111111")]
    [InlineData("^[\\d\\s]*$", "100000000100000000000000000100000000000")]
    [InlineData("^\\W$", "000000000000000000001101100010000000000")]
    [InlineData("é", "000000000000000000000001010000000000000")]
    [InlineData("(?i)É", "000000000000000000000001110000000000000")]
    [InlineData("^a*?$", "100001110000000000000000000000000000000")]
    [InlineData("x{0}y", "000000000000100000000000000000010000000")]
    [InlineData("^[]a]+$", "000001110000000000000000000001000000000")]
    [InlineData("^[a\\-z]+$", "000001110000000000000000000010100000001")]
    [InlineData("^[a-]+$", "000001110000000000000000000010000000000")]
    [InlineData("\\.", "000000000000000001010000000000000000000")]
    [InlineData("(a)(b)?$", "000001110000000000000000000001001000000")]
    [InlineData("^\\S+$", "011111111101111001111111111011111111111")]
    [InlineData("(?i:a)b", "000000001000010000000000000000001000000")]
    [InlineData("(?i)[a-c]+$", "011011110010011101110000000001001110000")]
    [InlineData("a{,2}", "000000000000000000000000000000000001000")]
    [InlineData("^(a|b)*c$", "000000000000010000000000000000000110000")]
    [InlineData("\\x{1F600}", "000000000000000000001000000000000000000")]
    [InlineData("^\\D$", "000000000000000000001111100010010000011")]
    public void Pattern_matches_the_same_texts(string pattern, string expected)
    {
        Assert.True(GoRegex.TryCompile(pattern, out GoRegex? regex, out string error), error);
        Assert.Equal(expected, string.Concat(s_texts.Select(text => regex!.IsMatch(text) ? '1' : '0')));
    }

    [Theory]
    [InlineData("(", "error parsing regexp: missing closing ): `(`")]
    [InlineData("a)", "error parsing regexp: unexpected ): `a)`")]
    [InlineData("[a", "error parsing regexp: missing closing ]: `[a`")]
    [InlineData("[", "error parsing regexp: missing closing ]: `[`")]
    [InlineData("[z-a]", "error parsing regexp: invalid character class range: `z-a`")]
    [InlineData("*", "error parsing regexp: missing argument to repetition operator: `*`")]
    [InlineData("a**", "error parsing regexp: invalid nested repetition operator: `**`")]
    [InlineData("a*?+", "error parsing regexp: invalid nested repetition operator: `*?+`")]
    [InlineData("a{1001}", "error parsing regexp: invalid repeat count: `{1001}`")]
    [InlineData("a{2,1}", "error parsing regexp: invalid repeat count: `{2,1}`")]
    [InlineData("(a{100}){100}", "error parsing regexp: invalid repeat count: `{100}`")]
    [InlineData("\\q", "error parsing regexp: invalid escape sequence: `\\q`")]
    [InlineData("\\", "error parsing regexp: trailing backslash at end of expression: ``")]
    [InlineData("\\8", "error parsing regexp: invalid escape sequence: `\\8`")]
    [InlineData("\\1", "error parsing regexp: invalid escape sequence: `\\1`")]
    [InlineData("\\x", "error parsing regexp: invalid escape sequence: `\\x`")]
    [InlineData("\\x{110000}", "error parsing regexp: invalid escape sequence: `\\x{110000`")]
    [InlineData("\\x{", "error parsing regexp: invalid escape sequence: `\\x{`")]
    [InlineData("\\C", "error parsing regexp: invalid escape sequence: `\\C`")]
    [InlineData("(?P<n", "error parsing regexp: invalid named capture: `(?P<n`")]
    [InlineData("(?P<>a)", "error parsing regexp: invalid named capture: `(?P<>`")]
    [InlineData("(?z)", "error parsing regexp: invalid or unsupported Perl syntax: `(?z`")]
    [InlineData("(?=a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?=`")]
    [InlineData("(?i", "error parsing regexp: invalid or unsupported Perl syntax: `(?i`")]
    [InlineData("(?i-", "error parsing regexp: invalid or unsupported Perl syntax: `(?i-`")]
    [InlineData("(?", "error parsing regexp: invalid or unsupported Perl syntax: `(?`")]
    [InlineData("(?i)*", "error parsing regexp: missing argument to repetition operator: `*`")]
    [InlineData("a|*", "error parsing regexp: missing argument to repetition operator: `*`")]
    [InlineData("(*)", "error parsing regexp: missing argument to repetition operator: `*`")]
    [InlineData("[[:foo:]]", "error parsing regexp: invalid character class range: `[:foo:]`")]
    [InlineData("\\p{Foo}", "error parsing regexp: invalid character class range: `\\p{Foo}`")]
    [InlineData("\\pX", "error parsing regexp: invalid character class range: `\\pX`")]
    [InlineData("\\p{", "error parsing regexp: invalid character class range: `\\p{`")]
    [InlineData("\\p", "error parsing regexp: invalid character class range: `\\p`")]
    [InlineData("x{2}{3}", "error parsing regexp: invalid nested repetition operator: `{2}{3}`")]
    [InlineData("[^]", "error parsing regexp: missing closing ]: `[^]`")]
    [InlineData("[a-\\d]", "error parsing regexp: invalid escape sequence: `\\d`")]
    [InlineData("(?<n>x)", "error parsing regexp: invalid or unsupported Perl syntax: `(?<`")]
    [InlineData("[\\q]", "error parsing regexp: invalid escape sequence: `\\q`")]
    [InlineData("a{2}*", "error parsing regexp: invalid nested repetition operator: `{2}*`")]
    [InlineData("(?-)", "error parsing regexp: invalid or unsupported Perl syntax: `(?-)`")]
    [InlineData("((a{10}){10}){11}", "error parsing regexp: invalid repeat count: `{11}`")]
    [InlineData("a{1001,}", "error parsing regexp: invalid repeat count: `{1001,}`")]
    [InlineData("[[:alpha:]", "error parsing regexp: missing closing ]: `[[:alpha:]`")]
    [InlineData("\\Z", "error parsing regexp: invalid escape sequence: `\\Z`")]
    [InlineData("a++", "error parsing regexp: invalid nested repetition operator: `++`")]
    [InlineData("a?*", "error parsing regexp: invalid nested repetition operator: `?*`")]
    [InlineData("|*", "error parsing regexp: missing argument to repetition operator: `*`")]
    [InlineData("(?P=n)", "error parsing regexp: invalid or unsupported Perl syntax: `(?P`")]
    [InlineData("(?P>n)", "error parsing regexp: invalid or unsupported Perl syntax: `(?P`")]
    [InlineData("\\G", "error parsing regexp: invalid escape sequence: `\\G`")]
    [InlineData("[\\b]", "error parsing regexp: invalid escape sequence: `\\b`")]
    [InlineData("\\é", "error parsing regexp: invalid escape sequence: `\\é`")]
    public void Broken_pattern_is_refused_with_the_known_words(string pattern, string expected)
    {
        Assert.False(GoRegex.TryCompile(pattern, out _, out string error));
        Assert.EndsWith(": " + expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\\12")]
    [InlineData("(?P<a>x)(?P<a>y)")]
    [InlineData("[[:alpha:]]")]
    [InlineData("a{,2}")]
    [InlineData("a{")]
    [InlineData("a{2")]
    [InlineData("[]a]")]
    [InlineData("(?i-i)")]
    [InlineData("^*")]
    [InlineData("$+")]
    [InlineData("(?s).")]
    [InlineData("\\Qa*b")]
    [InlineData("[a-]")]
    [InlineData("\\pN*")]
    [InlineData("a{0}")]
    [InlineData("[[:^alpha:]]")]
    [InlineData("(?U)a+")]
    [InlineData("\\z\\A")]
    [InlineData("a||b")]
    [InlineData("()")]
    [InlineData("[\\pL\\d]")]
    [InlineData("\\_")]
    [InlineData("\\-")]
    [InlineData("[[.a.]]")]
    [InlineData("[[=a=]]")]
    public void Odd_but_valid_pattern_is_accepted(string pattern) =>
        Assert.True(GoRegex.TryCompile(pattern, out _, out string error), error);

    [Fact]
    public void Arbitrary_patterns_never_throw()
    {
        string[] pool =
        [
            "(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "^", "$", ".", "\\", "-", ":", "a", "z", "1", ",", "0", "2", "x", "p", "P", "L", "Q", "E", "d", "b",
            "i", "m", "<", ">", "[:alpha:]", "(?", "{2,3}", "\ud83d\ude00", "é", "\ud83d", "\n",
        ];
        Gen.Int[0, pool.Length - 1].Select(i => pool[i]).List[0, 10].Sample(
            parts =>
            {
                if (GoRegex.TryCompile(string.Concat(parts), out GoRegex? regex, out string error)) _ = regex!.IsMatch("abc123");
                else Assert.NotEmpty(error);
            },
            iter: 5_000);
    }

    [Fact]
    public void Hostile_patterns_are_refused_or_fast()
    {
        string[] hostile =
        [
            string.Concat(Enumerable.Repeat("a{1000}", 1000)), new string('(', 50_000), string.Concat(Enumerable.Repeat("(a*", 150)) + new string(')', 150) + "b",
            "(a|a)*(a|a)*(a|a)*b", "(.*)(.*)(.*)(.*)(.*)x$",
        ];
        string text = new('a', 5_000);
        foreach (string pattern in hostile)
        {
            if (GoRegex.TryCompile(pattern, out GoRegex? regex, out _)) Assert.False(regex!.IsMatch(text));
        }
    }
}
