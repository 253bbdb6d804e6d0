using Consul.Fast.Daemon.Filter;
using CsCheck;

namespace Consul.Fast.Daemon.Tests.Filter;

public class FilterParserTests
{
    [Theory]
    [InlineData("Node == web", "Node|Equal|web")]
    [InlineData("Node==web", "Node|Equal|web")]
    [InlineData("  Node\t!=\n web  ", "Node|NotEqual|web")]
    [InlineData("Node == a.b.c", "Node|Equal|a.b.c")]
    [InlineData("Port == 80", "Port|Equal|80")]
    [InlineData("Port == -1.50", "Port|Equal|-1.50")]
    [InlineData("Name == \"a b\\t\\x41\\u00e9\"", "Name|Equal|a b\tA\u00e9")]
    [InlineData("Name == `raw \\n \"text\"`", "Name|Equal|raw \\n \"text\"")]
    [InlineData("Meta[\"a-b\"] == x", "Meta/a-b|Equal|x")]
    [InlineData("Meta[ `x y` ].z == x", "Meta/x y/z|Equal|x")]
    [InlineData("Tags contains a", "Tags|In|a")]
    [InlineData("Tags not contains a", "Tags|NotIn|a")]
    [InlineData("a in Tags", "Tags|In|a")]
    [InlineData("\"a b\" not in Tags", "Tags|NotIn|a b")]
    [InlineData("12 in Tags", "Tags|In|12")]
    [InlineData("Name matches \"^a\"", "Name|Matches|^a")]
    [InlineData("Name not matches a", "Name|NotMatches|a")]
    [InlineData("Tags is empty", "Tags|IsEmpty|")]
    [InlineData("Tags is not empty", "Tags|IsNotEmpty|")]
    [InlineData("notes == x", "notes|Equal|x")]
    [InlineData("not == x", "not|Equal|x")]
    [InlineData("((Node == web))", "Node|Equal|web")]
    [InlineData("not Node == web", "!(Node|Equal|web)")]
    [InlineData("not not Node == web", "!(!(Node|Equal|web))")]
    [InlineData("a==1 or b==2 and c==3", "or(a|Equal|1 and(b|Equal|2 c|Equal|3))")]
    [InlineData("(a==1 or b==2) and not c==3", "and(or(a|Equal|1 b|Equal|2) !(c|Equal|3))")]
    [InlineData("a==1 and b==2 and c==3", "and(a|Equal|1 b|Equal|2 c|Equal|3)")]
    [InlineData("( a==1 )or b==2", null)]
    public void Expression_has_the_expected_shape(string text, string? expected)
    {
        bool parsed = FilterParser.TryParse(text, out FilterNode? node, out _);
        Assert.Equal(expected is not null, parsed);
        if (expected is not null) Assert.Equal(expected, Show(node!));
    }

    [Theory]
    [InlineData("Node", "1:5 (4): no match found, expected: \"!=\", \".\", \"==\", \"[\", [ \\t\\r\\n] or [a-zA-Z0-9_]")]
    [InlineData("Node x", "1:6 (5): no match found, expected: \"!=\", \"==\", \"contains\", \"in\", \"is\", \"matches\", \"not\" or [ \\t\\r\\n]")]
    [InlineData("Node==host-name", "1:11 (10): no match found, expected: \".\", \"[\", [ \\t\\r\\n], [a-zA-Z0-9_] or EOF")]
    [InlineData("Node ==", "1:8 (7): no match found, expected: \"-\", \"0\", \"\\\"\", \"`\", [ \\t\\r\\n], [1-9] or [a-zA-Z]")]
    [InlineData(" ", "1:2 (1): no match found, expected: \"(\", \"-\", \"0\", \"\\\"\", \"`\", \"not\", [ \\t\\r\\n], [1-9] or [a-zA-Z]")]
    [InlineData("Node == a and", "1:14 (13): no match found, expected: [ \\t\\r\\n]")]
    [InlineData("Node == a xor b", "1:11 (10): no match found, expected: \"and\", \"or\", [ \\t\\r\\n] or EOF")]
    [InlineData("é == a", "1:1 (0): no match found, expected: \"(\", \"-\", \"0\", \"\\\"\", \"`\", \"not\", [ \\t\\r\\n], [1-9] or [a-zA-Z]")]
    [InlineData("Node\n== a\nor  ?", "3:5 (14): no match found, expected: \"(\", \"-\", \"0\", \"\\\"\", \"`\", \"not\", [ \\t\\r\\n], [1-9] or [a-zA-Z]")]
    [InlineData("A == `é` ?", "1:10 (10): no match found, expected: \"and\", \"or\", [ \\t\\r\\n] or EOF")]
    [InlineData("(Node == a1", "1:12 (11): rule \"grouping\": Unmatched parentheses")]
    [InlineData("Node == \"abc", "1:13 (12): rule \"string\": Unterminated string literal")]
    [InlineData("Node == `abc", "1:13 (12): rule \"string\": Unterminated string literal")]
    [InlineData("Node == \"a\\q\"", "1:9 (8): rule \"string\": invalid syntax")]
    [InlineData("Meta[abc] == x", "1:6 (5): rule \"index\": Invalid index")]
    [InlineData("Meta[\"abc\" == x", "1:12 (11): rule \"index\": Unclosed index expression")]
    [InlineData("Meta[\"a", "1:8 (7): rule \"string\": Unterminated string literal\n1:6 (5): rule \"index\": Invalid index")]
    [InlineData("\"x\" in 5", "1:8 (7): rule \"match\": Invalid selector")]
    [InlineData("Port == 12x", "1:11 (10): rule \"number\": Invalid number literal")]
    [InlineData("Port == 010", "1:10 (9): rule \"number\": Invalid number literal")]
    [InlineData("Address == 10.0.0.1", "1:16 (15): rule \"number\": Invalid number literal")]
    public void Fault_is_told_with_its_place(string text, string expected)
    {
        Assert.False(FilterParser.TryParse(text, out _, out string error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Assert.False(FilterParser.TryParse(new string('(', 100_000), out _, out string error));
        Assert.Contains("nested too deeply", error);
        Assert.False(FilterParser.TryParse(string.Concat(Enumerable.Repeat("not ", 100_000)) + "a == b", out _, out _));
        Assert.True(FilterParser.TryParse(new string('(', 100) + "a == b" + new string(')', 100), out _, out _));
        Assert.True(FilterParser.TryParse("a == b" + string.Concat(Enumerable.Repeat(" and a == b", 20_000)), out _, out _));
    }

    [Fact]
    public void Arbitrary_text_never_throws_and_always_gives_an_expression_or_an_error()
    {
        string[] pool =
        [
            "(", ")", "not", "and", "or", "in", "is", "empty", "contains", "matches", "==", "!=", " ", "\n", "Node", "Meta", ".", "[", "]", "\"", "`", "\\", "1", "0", "-",
            "a", "é", "😀", "_",
        ];
        Gen.Int[0, pool.Length - 1].Select(i => pool[i]).List[0, 14].Sample(
            parts => FilterParser.TryParse(string.Concat(parts), out FilterNode? node, out string error)
                ? node is not null && error.Length == 0 : error.Length > 0,
            iter: 20_000);
        Gen.String.Sample(text => FilterParser.TryParse(text, out _, out string error) || error.Length > 0, iter: 5_000);
    }

    private static string Show(FilterNode node) => node switch
    {
        FilterMatch m => $"{string.Join('/', m.Selector)}|{m.Operator}|{m.Value}",
        FilterNot n => $"!({Show(n.Operand)})",
        FilterAnd a => $"and({string.Join(' ', a.Operands.Select(Show))})",
        FilterOr o => $"or({string.Join(' ', o.Operands.Select(Show))})",
        _ => "?",
    };
}
