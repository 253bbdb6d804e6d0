using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Telemetry.Logging;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>What the agent tells about its work: <c>/v1/agent/metrics</c> and the log stream <c>/v1/agent/monitor</c>.</summary>
internal sealed class AgentTelemetryArea(MetricsRegistry metrics, AgentLogging logging, ILogger logger)
{
    public void Map(RouteTable routes)
    {
        routes.Add("/v1/agent/metrics", "GET", MetricsAsync);
        routes.Add("/v1/agent/monitor", "GET", MonitorAsync);
    }

    private ValueTask MetricsAsync(HttpExchange exchange)
    {
        if (!WantsPrometheus(exchange))
        {
            exchange.Json(metrics.LastInterval(), static (writer, snapshot) => snapshot.WriteJson(writer));
        }
        else if (metrics.Retention <= TimeSpan.Zero)
        {
            exchange.Text(
                StatusCodes.Status415UnsupportedMediaType, "Prometheus is not enabled since its retention time is not positive");
        }
        else
        {
            exchange.Text(StatusCodes.Status200OK, PrometheusText.Write(metrics), PrometheusText.ContentType);
        }

        return default;
    }

    private static bool WantsPrometheus(HttpExchange exchange)
    {
        if (exchange.Query.Get("format") == "prometheus") return true;
        string accept = exchange.RequestHeaders.Accept.ToString();
        return accept.Contains("application/openmetrics-text", StringComparison.Ordinal)
            || (accept.Contains("text/plain", StringComparison.Ordinal) && accept.Contains("version=0.0.4", StringComparison.Ordinal));
    }

    private async ValueTask MonitorAsync(HttpExchange exchange)
    {
        var level = LogLevel.Information;
        if (exchange.Query.Get("loglevel") is { Length: > 0 } name && !LogLevels.TryParse(name, out level))
        {
            exchange.BadRequest($"Unknown log level: {name}");
            return;
        }

        CancellationToken gone = exchange.Aborted;
        using LogSubscription subscription = logging.Subscribe(level, exchange.Query.Has("logjson"));
        try
        {
            await using Stream stream = await exchange.BeginStreamAsync(StatusCodes.Status200OK, contentType: null);
            await stream.FlushAsync(gone);
            while (await subscription.Lines.WaitToReadAsync(gone))
            {
                while (subscription.Lines.TryRead(out byte[]? line)) await stream.WriteAsync(line, gone);
                await stream.FlushAsync(gone);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // The reader has left.
        }

        if (subscription.Dropped > 0) logger.MonitorDroppedLines(subscription.Dropped);
    }
}
