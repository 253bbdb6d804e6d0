using System.Globalization;
using System.Text;

namespace Consul.Fast.Perf.Load;

/// <summary>What a run measured.</summary>
/// <param name="Latencies">Sorted, in ticks of the stopwatch.</param>
/// <param name="ServerCpu">CPU time of the server processes during the run; null when their ids were not given.</param>
internal sealed record LoadReport(Work Work, long Requests, long Failures, TimeSpan Elapsed, long[] Latencies, TimeSpan? ServerCpu)
{
    private static readonly double[] s_percentiles = [50, 90, 99, 99.9, 100];

    public string Describe()
    {
        var text = new StringBuilder();
        double rate = Requests / Elapsed.TotalSeconds;
        text.Append(CultureInfo.InvariantCulture, $"{Work}: {Requests} requests in {Elapsed.TotalSeconds:F2} s, ");
        text.Append(CultureInfo.InvariantCulture, $"{rate:F0}/s, {Failures} failed");
        foreach (double percentile in s_percentiles)
        {
            text.Append(CultureInfo.InvariantCulture, $"\np{percentile,-5} {Microseconds(percentile),10:F0} µs");
        }

        if (ServerCpu is { } cpu && Requests > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nserver {cpu.TotalMicroseconds / Requests,10:F1} µs CPU per request");
        }

        return text.ToString();
    }

    private double Microseconds(double percentile)
    {
        if (Latencies.Length == 0) return 0;
        int rank = (int)Math.Ceiling(percentile / 100 * Latencies.Length) - 1;
        return Latencies[Math.Clamp(rank, 0, Latencies.Length - 1)] * 1e6 / System.Diagnostics.Stopwatch.Frequency;
    }
}
