namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>The values of one series during one interval.</summary>
internal struct Aggregate
{
    /// <summary>The number of the interval since 1970; 0 while unused.</summary>
    public long Interval;
    public long Count;
    public double Sum;
    public double SumOfSquares;
    public double Min;
    public double Max;
    public double Last;

    public readonly double Mean => Count == 0 ? 0 : Sum / Count;

    public readonly double StandardDeviation
    {
        get
        {
            if (Count < 2) return 0;
            double variance = ((Count * SumOfSquares) - (Sum * Sum)) / ((double)Count * (Count - 1));
            // Rounding can push the variance of equal values a little below zero.
            return variance > 0 ? Math.Sqrt(variance) : 0;
        }
    }

    public void Add(double value)
    {
        Min = Count == 0 ? value : Math.Min(Min, value);
        Max = Count == 0 ? value : Math.Max(Max, value);
        Last = value;
        Count++;
        Sum += value;
        SumOfSquares += value * value;
    }
}
