using Consul.Fast.Net.Rpc;

namespace Consul.Fast.Net.Tests.Rpc;

public sealed class RateLimiterTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_bucket_gives_its_burst_and_then_its_rate()
    {
        var limiter = new RateLimiter(10, 3, _time);
        Assert.Equal(3, Take(limiter, 10));
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, Take(limiter, 10));
        _time.Advance(TimeSpan.FromMilliseconds(1.1));
        Assert.Equal(1, Take(limiter, 10));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, Take(limiter, 10));
    }

    [Fact]
    public void A_negative_rate_is_no_limit() => Assert.Equal(1000, Take(new RateLimiter(-1, 0, _time), 1000));

    [Fact]
    public void A_rate_of_zero_gives_the_burst_only()
    {
        var limiter = new RateLimiter(0, 2, _time);
        Assert.Equal(2, Take(limiter, 10));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, Take(limiter, 10));
    }

    [Fact]
    public void New_limits_take_effect_at_once()
    {
        var limiter = new RateLimiter(1, 1, _time);
        Assert.Equal(1, Take(limiter, 10));
        limiter.Reload(1, 4);
        Assert.Equal(4, Take(limiter, 10));
        limiter.Reload(-1, 0);
        Assert.Equal(10, Take(limiter, 10));
    }

    [Fact]
    public void Threads_together_get_no_more_than_there_is()
    {
        var limiter = new RateLimiter(0, 1000, _time);
        int taken = 0;
        Parallel.For(0, 8, _ => Interlocked.Add(ref taken, Take(limiter, 1000)));
        Assert.Equal(1000, taken);
    }

    private static int Take(RateLimiter limiter, int times) => Enumerable.Range(0, times).Count(_ => limiter.TryTake());
}
