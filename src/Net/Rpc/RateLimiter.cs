namespace Consul.Fast.Net.Rpc;

/// <summary>
/// A token bucket for the calls that this node starts: a call takes a token or fails at once, none waits. Thread safe.
/// </summary>
public sealed class RateLimiter
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private double _rate;
    private double _burst;
    private double _tokens;
    private long _filledAt;
    private bool _unlimited;

    /// <param name="ratePerSecond">Tokens that come in per second; negative for no limit, zero for none but the first ones.</param>
    /// <param name="burst">Most tokens that wait in the bucket, and what it starts with.</param>
    public RateLimiter(double ratePerSecond, int burst, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        Reload(ratePerSecond, burst);
    }

    /// <summary>Sets new limits and fills the bucket.</summary>
    public void Reload(double ratePerSecond, int burst)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(burst);
        lock (_gate)
        {
            _rate = ratePerSecond;
            _burst = burst;
            _tokens = burst;
            _filledAt = _time.GetTimestamp();
            Volatile.Write(ref _unlimited, ratePerSecond < 0);
        }
    }

    /// <summary>Takes a token; without one the call fails with <see cref="RpcErrors.RateLimited"/>.</summary>
    public bool TryTake()
    {
        if (Volatile.Read(ref _unlimited)) return true;
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _rate));
            _filledAt = now;
            if (_tokens < 1) return false;
            _tokens--;
            return true;
        }
    }
}
