using Consul.Fast.Daemon.Config.Hcl;
using Consul.Fast.Daemon.Config.Sources;

namespace Consul.Fast.Daemon.Tests.Config;

public sealed class HclTests
{
    [Theory]
    [InlineData("a = 12", 12L)]
    [InlineData("a = -12", -12L)]
    [InlineData("a = 0x1F", 31L)]
    [InlineData("a = 0755", 493L)]
    [InlineData("a = 0", 0L)]
    [InlineData("a = 1.5", 1.5)]
    [InlineData("a = 2e3", 2000.0)]
    [InlineData("a = true", true)]
    [InlineData("a = \"x\"", "x")]
    [InlineData("a = \"\\n\\t\\\\\\\"\\x41\\u00e9\\101\"", "\n\t\\\"AéA")]
    [InlineData("a = \"${ \"in\" }\"", "${ \"in\" }")]
    [InlineData("\"a\" = 1", 1L)]
    [InlineData("a = <<EOF\none\n two\nEOF\n", "one\n two\n")]
    [InlineData("a = <<-EOF\n  one\n    two\n  EOF\n", "one\n  two\n")]
    [InlineData("# c\n// c\n/* c\nc */ a = 1", 1L)]
    [InlineData("a = 1\na = 2", 2L)]
    public void Value_is_read(string text, object expected) => Assert.Equal(expected, Read(text)["a"]);

    [Fact]
    public void Block_forms_mean_the_same()
    {
        foreach (string text in new[] { "b { c = 1 }", "b = { c = 1 }", "\"b\" { \"c\" = 1 }", "b { c = 1, d = 2 }" })
        {
            Assert.Equal(1L, Assert.IsType<ConfigObject>(Read(text)["b"])["c"]);
        }
    }

    [Fact]
    public void Repeated_blocks_form_a_list_and_labels_nest()
    {
        Assert.Equal(3, Assert.IsAssignableFrom<List<object?>>(Read("b { }\nb { }\nb { }")["b"]).Count);
        ConfigObject outer = Assert.IsType<ConfigObject>(Read("service \"web\" { a = 1 }")["service"]);
        Assert.Equal(1L, Assert.IsType<ConfigObject>(outer["web"])["a"]);
    }

    [Fact]
    public void List_takes_objects_and_a_final_comma()
    {
        List<object?> list = Assert.IsType<List<object?>>(Read("a = [1, \"x\", { b = 2 },]")["a"]);
        Assert.Equal([1L, "x"], list.Take(2));
        Assert.IsType<ConfigObject>(list[2]);
    }

    [Theory]
    [InlineData("a =\n tru", "At 2:2: Unknown token: 2:2 IDENT tru")]
    [InlineData("a = \"x", "At 1:5: literal not terminated")]
    [InlineData("a = \"x\ny\"", "At 1:5: literal not terminated")]
    [InlineData("a = \"\\q\"", "At 1:6: illegal char escape")]
    [InlineData("a {", "At 1:4: object expected closing RBRACE got: EOF")]
    [InlineData("a = [1 2]", "At 1:8: error parsing list, expected comma or list end, got: NUMBER 2")]
    [InlineData("a = 1z", "At 1:5: illegal number 1z")]
    [InlineData("a", "At 1:2: key 'a' expected start of object ('{') or assignment ('=')")]
    [InlineData("a = <<EOF\nx", "At 1:5: heredoc not terminated")]
    [InlineData("/* x", "At 1:1: comment not terminated")]
    [InlineData("a = ?", "At 1:5: illegal character ?")]
    public void Fault_is_placed(string text, string expected)
    {
        Assert.False(HclReader.TryParse(text, out _, out string error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Deep_nesting_is_refused_not_fatal()
    {
        Assert.False(HclReader.TryParse(string.Concat(Enumerable.Repeat("a {", 100_000)), out _, out _));
        Assert.False(HclReader.TryParse("a = " + new string('[', 100_000), out _, out _));
        Assert.False(HclReader.TryParse(string.Concat(Enumerable.Repeat("a ", 100_000)) + "{}", out _, out _));
    }

    private static ConfigObject Read(string text)
    {
        Assert.True(HclReader.TryParse(text, out ConfigObject root, out string error), error);
        return root;
    }
}
