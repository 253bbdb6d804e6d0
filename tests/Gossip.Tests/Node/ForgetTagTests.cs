using System.Text;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Gossip.Tests.Node;

/// <summary>Members that say themselves when they may be forgotten.</summary>
public sealed class ForgetTagTests
{
    [Theory]
    [InlineData("1h0m0s", 3600)]
    [InlineData("1.5s", 1.5)]
    [InlineData("90m", 5400)]
    [InlineData("250ms", 0.25)]
    [InlineData("1us", 0.000001)]
    [InlineData("-2s", -2)]
    [InlineData("+2s", 2)]
    [InlineData("1h.5m", 3630)]
    public void Durations_are_read(string text, double seconds)
    {
        Assert.True(ForgetTag.TryParse(Encoding.UTF8.GetBytes(text), out TimeSpan duration));
        Assert.Equal(seconds, duration.TotalSeconds, 7);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("1x")]
    [InlineData("1..5s")]
    [InlineData(".s")]
    [InlineData("1s ")]
    [InlineData("99999999999999999h")]
    [InlineData("99999999999999999999999999999999999999999999h")]
    public void Other_texts_are_not(string text) => Assert.False(ForgetTag.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("2h", 2)]
    [InlineData("0", 0)]
    [InlineData("soon", 0)]
    [InlineData(null, 0)]
    public void The_policy_takes_the_tag_where_it_makes_sense(string? text, int hours)
    {
        List<KeyValuePair<string, string>> tags = [new("role", "node")];
        if (text is not null) tags.Add(new("rc_tm", text));
        Assert.True(TagCodec.TryEncode(tags, out byte[] meta));
        TimeSpan? expected = hours == 0 ? null : TimeSpan.FromHours(hours);
        Assert.Equal(expected, new PoolPolicy(null, NullLogger.Instance).ForgetAfter(meta));
    }
}
