namespace Consul.Fast.Gossip.Core;

/// <summary>
/// The protocol's scaling rules. All nodes of a pool must reckon alike, so each is pinned by a table of the specification.
/// </summary>
internal static class Formulas
{
    private const int PushPullScaleThreshold = 32;

    /// <summary><c>multiplier x ceil(log10(n + 1))</c>: how often a broadcast is sent.</summary>
    public static int RetransmitLimit(int multiplier, int n) => multiplier * CeilingLog10(n + 1);

    /// <summary>Shortest suspicion: <c>multiplier x max(1, log10 n) x interval</c>, the factor cut to three decimals.</summary>
    public static TimeSpan SuspicionMin(int multiplier, int n, TimeSpan interval)
    {
        double scale = Math.Max(1, Math.Log10(Math.Max(1, n)));
        return multiplier * (long)(scale * 1000) * interval / 1000;
    }

    /// <summary>Suspicion after <paramref name="confirmed"/> of <paramref name="expected"/> confirmations, from its start.</summary>
    public static TimeSpan SuspicionTotal(int confirmed, int expected, TimeSpan min, TimeSpan max)
    {
        double fraction = Math.Log(confirmed + 1.0) / Math.Log(expected + 1.0);
        double seconds = max.TotalSeconds - (fraction * (max.TotalSeconds - min.TotalSeconds));
        TimeSpan total = TimeSpan.FromMilliseconds((long)Math.Floor(1000 * seconds));
        return total < min ? min : total;
    }

    /// <summary>Pause between state exchanges in a pool of n.</summary>
    public static TimeSpan PushPullInterval(TimeSpan interval, int n)
    {
        if (n <= PushPullScaleThreshold) return interval;
        int factor = (int)Math.Ceiling(Math.Log2(n) - Math.Log2(PushPullScaleThreshold)) + 1;
        return interval * factor;
    }

    /// <summary>Default time-out of a query in a pool with this many nodes alive.</summary>
    public static TimeSpan QueryTimeout(TimeSpan gossipInterval, int multiplier, int alive) =>
        gossipInterval * multiplier * CeilingLog10(alive + 1);

    private static int CeilingLog10(int value)
    {
        int digits = 0;
        for (long power = 1; power < value; power *= 10) digits++;
        return digits;
    }
}
