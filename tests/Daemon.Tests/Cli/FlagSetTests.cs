using Consul.Fast.Daemon.Cli.Flags;

namespace Consul.Fast.Daemon.Tests.Cli;

public sealed class FlagSetTests
{
    [Fact]
    public void Flags_stop_at_the_first_positional()
    {
        var flags = new FlagSet();
        Flag<bool> wan = flags.Bool("wan", "");
        Flag<string> name = flags.String("name", "");
        Assert.True(flags.TryParse(["-wan", "--name", "x", "zz", "-name=y"], out _));
        Assert.True(wan.Value);
        Assert.Equal("x", name.Value);
        Assert.Equal(["zz", "-name=y"], flags.Arguments);
    }

    [Fact]
    public void Two_dashes_alone_end_the_flags()
    {
        var flags = new FlagSet();
        Flag<bool> wan = flags.Bool("wan", "");
        Assert.True(flags.TryParse(["--", "-wan"], out _));
        Assert.False(wan.IsSet);
        Assert.Equal(["-wan"], flags.Arguments);
    }

    [Theory]
    [InlineData("-bogus", "flag provided but not defined: -bogus")]
    [InlineData("-name", "flag needs an argument: -name")]
    [InlineData("-wan=zz", "invalid boolean value \"zz\" for -wan: parse error")]
    [InlineData("-n=x", "invalid value \"x\" for flag -n: parse error")]
    [InlineData("-n=99999999999999999999", "invalid value \"99999999999999999999\" for flag -n: value out of range")]
    [InlineData("-u=-1", "invalid value \"-1\" for flag -u: parse error")]
    [InlineData("-wait=2", "invalid value \"2\" for flag -wait: parse error")]
    [InlineData("-meta=x", "invalid value \"x\" for flag -meta: Missing \"=\" value in argument: x")]
    [InlineData("---name", "bad flag syntax: ---name")]
    public void A_wrong_flag_is_reported_in_gos_words(string arg, string expected)
    {
        Assert.False(All().TryParse([arg], out string error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Lists_append_and_other_flags_keep_the_last_value()
    {
        var flags = new FlagSet();
        Flag<List<string>> tags = flags.Strings("tag", "");
        Flag<long> n = flags.Int("n", "", 7);
        Flag<SortedDictionary<string, string>> meta = flags.Map("meta", "");
        Assert.True(flags.TryParse(["-tag=a", "-n=1", "-tag", "b", "-n=0x10", "-meta=k=v=w"], out _));
        Assert.Equal(["a", "b"], tags.Value);
        Assert.Equal(16, n.Value);
        Assert.Equal("v=w", meta.Value["k"]);
    }

    [Fact]
    public void The_plain_list_names_types_and_defaults()
    {
        var flags = new FlagSet();
        flags.Bool("b", "A switch.");
        flags.Int("n", "A `count` of things.", 3);
        flags.String("s", "Text.", "x");
        using var output = new StringWriter();
        flags.WriteUsage(output);
        Assert.Equal("Usage:\n  -b\tA switch.\n  -n count\n    \tA count of things. (default 3)\n  -s string\n    \tText. (default \"x\")\n",
            output.ToString());
    }

    private static FlagSet All()
    {
        var flags = new FlagSet();
        flags.Bool("wan", "");
        flags.String("name", "");
        flags.Int("n", "");
        flags.UInt("u", "");
        flags.Duration("wait", "");
        flags.Map("meta", "");
        return flags;
    }
}
