namespace Consul.Fast.Consensus.Core;

/// <summary>The core's own random numbers (SplitMix64): the same seed gives the same run on every platform.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextUInt64()
    {
        _state += 0x9e3779b97f4a7c15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number in [0, <paramref name="bound"/>).</summary>
    public ulong Below(ulong bound) => Math.BigMul(NextUInt64(), bound, out _);

    /// <summary>A duration in [d, 2d): how Raft spreads its time-outs.</summary>
    public TimeSpan Spread(TimeSpan d) => d + TimeSpan.FromTicks((long)Below((ulong)Math.Max(1, d.Ticks)));
}
