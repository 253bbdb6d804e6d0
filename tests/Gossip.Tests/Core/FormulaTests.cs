using Consul.Fast.Gossip.Core;

namespace Consul.Fast.Gossip.Tests.Core;

/// <summary>The tables of the specification; peers reckon with the same numbers.</summary>
public sealed class FormulaTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(9, 4)]
    [InlineData(10, 8)]
    [InlineData(99, 8)]
    [InlineData(100, 12)]
    [InlineData(999, 12)]
    [InlineData(1000, 16)]
    [InlineData(9999, 16)]
    [InlineData(10000, 20)]
    public void Retransmit_limit_grows_with_the_pool(int n, int limit) => Assert.Equal(limit, Formulas.RetransmitLimit(4, n));

    [Theory]
    [InlineData(1, 4, 30)]
    [InlineData(10, 4, 30)]
    [InlineData(11, 4.164, 31.23)]
    [InlineData(32, 6.02, 45.15)]
    [InlineData(100, 8, 60)]
    [InlineData(1000, 12, 90)]
    [InlineData(10000, 16, 120)]
    public void Shortest_suspicion_grows_with_the_pool(int n, double lan, double wan)
    {
        Assert.Equal(lan, Formulas.SuspicionMin(4, n, TimeSpan.FromSeconds(1)).TotalSeconds, 1e-6);
        Assert.Equal(wan, Formulas.SuspicionMin(6, n, TimeSpan.FromSeconds(5)).TotalSeconds, 1e-6);
    }

    [Theory]
    [InlineData(1, new[] { 24, 4.0 })]
    [InlineData(2, new[] { 24, 11.381, 4 })]
    [InlineData(3, new[] { 24, 14, 8.15, 4 })]
    [InlineData(4, new[] { 24, 15.386, 10.347, 6.772, 4 })]
    public void Confirmations_shorten_a_suspicion(int expected, double[] seconds)
    {
        for (int c = 0; c < seconds.Length; c++)
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds[c]), Formulas.SuspicionTotal(c, expected, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(24)));
        }
    }

    [Theory]
    [InlineData(32, 1)]
    [InlineData(33, 2)]
    [InlineData(64, 2)]
    [InlineData(65, 3)]
    [InlineData(128, 3)]
    [InlineData(129, 4)]
    [InlineData(500, 5)]
    [InlineData(1000, 6)]
    [InlineData(10000, 10)]
    [InlineData(100000, 13)]
    public void State_exchanges_get_rarer_in_large_pools(int n, int factor) =>
        Assert.Equal(factor * TimeSpan.FromSeconds(30), Formulas.PushPullInterval(TimeSpan.FromSeconds(30), n));

    [Theory]
    [InlineData(1, 3.2)]
    [InlineData(9, 3.2)]
    [InlineData(10, 6.4)]
    public void Query_timeout_grows_with_the_pool(int alive, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Formulas.QueryTimeout(TimeSpan.FromMilliseconds(200), 16, alive));
}
