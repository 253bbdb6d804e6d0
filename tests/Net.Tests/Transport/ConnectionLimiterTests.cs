using System.Net;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Transport;

public sealed class ConnectionLimiterTests
{
    private static readonly IPAddress Here = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress There = IPAddress.Parse("10.0.0.2");

    [Fact]
    public void Each_source_has_its_own_count_whatever_form_its_address_has()
    {
        var limiter = new ConnectionLimiter(2);
        Assert.True(limiter.TryEnter(Here));
        Assert.True(limiter.TryEnter(Here.MapToIPv6()));
        Assert.False(limiter.TryEnter(Here));
        Assert.True(limiter.TryEnter(There));
        Assert.Equal(2, limiter.Sources);
        limiter.Leave(Here.MapToIPv6());
        Assert.True(limiter.TryEnter(Here));
        limiter.Leave(Here);
        limiter.Leave(Here);
        limiter.Leave(There);
        Assert.Equal(0, limiter.Sources);
    }

    [Fact]
    public void A_lower_limit_lets_open_connections_be()
    {
        var limiter = new ConnectionLimiter(0);
        for (int i = 0; i < 5; i++) Assert.True(limiter.TryEnter(Here));
        limiter.Limit = 3;
        Assert.False(limiter.TryEnter(Here));
        for (int i = 0; i < 3; i++) limiter.Leave(Here);
        Assert.True(limiter.TryEnter(Here));
    }

    [Fact]
    public async Task Many_threads_never_pass_the_limit_and_end_at_zero()
    {
        var limiter = new ConnectionLimiter(3);
        int inside = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 5000; i++)
            {
                if (!limiter.TryEnter(Here)) continue;
                int now = Interlocked.Increment(ref inside);
                if (now > Volatile.Read(ref most)) Volatile.Write(ref most, now);
                Interlocked.Decrement(ref inside);
                limiter.Leave(Here);
            }
        })));
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, limiter.Sources);
    }
}
