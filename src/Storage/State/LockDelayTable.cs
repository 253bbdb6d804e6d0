using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>
/// Keys that nobody may lock for a while because their holder's session ended. Local to this server, from its own clock;
/// no part of the replicated state. Thread safe.
/// </summary>
internal sealed class LockDelayTable(TimeProvider time)
{
    /// <summary>From this size on, adding first drops what has expired.</summary>
    private const int SweepSize = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], long> _expiries = new(BytesComparer.Instance);
    private int _count;
    private int _sweepAt = SweepSize;

    public void Add(byte[] key, TimeSpan delay)
    {
        long expiry = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
        lock (_gate)
        {
            if (_expiries.Count >= _sweepAt) Sweep();
            _expiries[key] = expiry;
            _count = _expiries.Count;
        }
    }

    /// <summary>What is left of a key's delay, zero for none.</summary>
    public TimeSpan Remaining(ReadOnlySpan<byte> key)
    {
        if (Volatile.Read(ref _count) == 0) return TimeSpan.Zero;
        lock (_gate)
        {
            if (!_expiries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out long expiry)) return TimeSpan.Zero;
            long now = time.GetTimestamp();
            if (now < expiry) return time.GetElapsedTime(now, expiry);
            _expiries.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(key);
            _count = _expiries.Count;
            return TimeSpan.Zero;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _expiries.Clear();
            _count = 0;
        }
    }

    private void Sweep()
    {
        long now = time.GetTimestamp();
        foreach ((byte[] key, long expiry) in _expiries)
        {
            if (expiry <= now) _expiries.Remove(key);
        }

        _sweepAt = Math.Max(SweepSize, _expiries.Count * 2);
    }
}
