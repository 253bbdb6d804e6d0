namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>The latest samples of one series, for its quantiles. Bounded: of very frequent samples the oldest are overwritten.</summary>
internal sealed class QuantileWindow
{
    /// <summary>Samples older than this no longer count.</summary>
    private static readonly long MaxAgeTicks = TimeSpan.FromSeconds(10).Ticks;

    private readonly (long Ticks, double Value)[] _samples = new (long, double)[512];
    private long _next;

    public void Add(double value, long ticks) => _samples[_next++ % _samples.Length] = (ticks, value);

    /// <summary>The 0.5, 0.9 and 0.99 quantiles; NaN when there are no recent samples.</summary>
    public double[] Read(long nowTicks)
    {
        double[] recent = [.. _samples.Where(sample => sample.Ticks > nowTicks - MaxAgeTicks).Select(static sample => sample.Value)
            .Order()];
        return [At(recent, 0.5), At(recent, 0.9), At(recent, 0.99)];
    }

    private static double At(double[] sorted, double quantile) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(quantile * sorted.Length) - 1)];
}
