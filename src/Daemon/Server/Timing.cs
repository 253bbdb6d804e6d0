using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Server;

/// <summary>Measures the calls of a service.</summary>
internal static class Timing
{
    /// <summary>Records how long a call took, whatever it answered.</summary>
    public static async ValueTask<T> MeasuredAsync<T>(this ValueTask<T> call, IMetricSeries series, long startTimestamp)
    {
        try
        {
            return await call;
        }
        finally
        {
            series.RecordSince(startTimestamp);
        }
    }
}
