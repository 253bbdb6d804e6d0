using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Daemon.Client;

/// <summary>
/// Counts and bounds the calls that an agent starts itself, whether it is a server or not; those that it passes on for others are
/// none of them. Thread safe.
/// </summary>
internal sealed class OwnCalls(RateLimiter limiter, IMetrics metrics)
{
    private const string FailedName = "client.rpc.failed";

    private readonly IMetricSeries _made = metrics.Series(MetricKind.Counter, "client.rpc");
    private readonly IMetricSeries _exceeded = metrics.Series(MetricKind.Counter, "client.rpc.exceeded");

    /// <summary>Whether a call may start; else it fails with <see cref="RpcErrors.RateLimited"/>. Every try counts.</summary>
    public bool TryStart()
    {
        _made.Record(1);
        if (limiter.TryTake()) return true;
        _exceeded.Record(1);
        return false;
    }

    /// <summary>A server did not answer a call, or answered with an error.</summary>
    public void NoteFailed(RpcServerAddress server) =>
        metrics.Series(MetricKind.Counter, FailedName, new MetricLabel("server", server.Node)).Record(1);

    /// <summary>Sets new limits.</summary>
    public void Reload(double ratePerSecond, int burst) => limiter.Reload(ratePerSecond, burst);
}
