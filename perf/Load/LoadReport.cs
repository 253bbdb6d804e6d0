using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Consul.Fast.Perf.Load;

/// <summary>What a run measured.</summary>
/// <param name="Latencies">Sorted, in ticks of the stopwatch.</param>
/// <param name="ServerCpu">CPU time of the server processes during the run; null when their ids were not given.</param>
/// <param name="ClientCpu">CPU time of this process during the run.</param>
internal sealed record LoadReport(Work Work, long Failures, TimeSpan Elapsed, long[] Latencies, TimeSpan? ServerCpu, TimeSpan ClientCpu)
{
    private const double Gigabyte = 1e9;

    private static readonly double[] s_percentiles = [50, 90, 99, 99.9, 100];

    /// <summary>Bytes of each answer's body when the run is about bytes; else 0.</summary>
    public long AnswerBytes { get; init; }

    /// <summary>What each connection has added to the server's resident memory; null when that was not measured.</summary>
    public double? ConnectionBytes { get; init; }

    public string Describe()
    {
        var text = new StringBuilder();
        int requests = Latencies.Length;
        double rate = requests / Elapsed.TotalSeconds;
        text.Append(CultureInfo.InvariantCulture, $"{Work}: {requests} requests in {Elapsed.TotalSeconds:F2} s, ");
        text.Append(CultureInfo.InvariantCulture, $"{rate:F0}/s, {Failures} failed");
        if (AnswerBytes > 0) text.Append(CultureInfo.InvariantCulture, $", {AnswerBytes} bytes each, {rate * AnswerBytes / Gigabyte:F2} GB/s");
        foreach (double percentile in s_percentiles)
        {
            text.Append(CultureInfo.InvariantCulture, $"\np{percentile,-5} {Microseconds(percentile),10:F0} µs");
        }

        if (requests == 0) return text.ToString();
        text.Append(CultureInfo.InvariantCulture, $"\nclient {ClientCpu.TotalMicroseconds / requests,10:F1} µs CPU per request");
        if (ServerCpu is { } cpu) text.Append(CultureInfo.InvariantCulture, $"\nserver {cpu.TotalMicroseconds / requests,10:F1} µs CPU per request");
        if (ConnectionBytes is { } bytes) text.Append(CultureInfo.InvariantCulture, $"\nserver {bytes,10:F0} bytes per connection");
        return text.ToString();
    }

    private double Microseconds(double percentile)
    {
        if (Latencies.Length == 0) return 0;
        int rank = (int)Math.Ceiling(percentile / 100 * Latencies.Length) - 1;
        return Latencies[Math.Clamp(rank, 0, Latencies.Length - 1)] * 1e6 / Stopwatch.Frequency;
    }
}
