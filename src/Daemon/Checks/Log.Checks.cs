using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Checks;

internal static partial class LogChecks
{
    [LoggerMessage(5700, LogLevel.Debug, "Check status updated: check={CheckId} status={Status}")]
    public static partial void CheckStatusUpdated(this ILogger logger, string checkId, string status);

    [LoggerMessage(5701, LogLevel.Warning, "Check is now critical: check={CheckId}")]
    public static partial void CheckIsCritical(this ILogger logger, string checkId);

    [LoggerMessage(5702, LogLevel.Warning,
        "Check passed but has not reached success threshold: "
        + "check={CheckId} status={Status} success_count={Count} success_threshold={Threshold}")]
    public static partial void CheckBelowSuccessThreshold(this ILogger logger, string checkId, string status, int count, int threshold);

    [LoggerMessage(5703, LogLevel.Warning,
        "Check failed but has not reached failure threshold: "
        + "check={CheckId} status={Status} failure_count={Count} failure_threshold={Threshold}")]
    public static partial void CheckBelowFailureThreshold(this ILogger logger, string checkId, string status, int count, int threshold);

    [LoggerMessage(5704, LogLevel.Warning, "check has interval below minimum: check={CheckId} minimum_interval={Minimum}")]
    public static partial void CheckIntervalTooShort(this ILogger logger, string checkId, string minimum);

    [LoggerMessage(5705, LogLevel.Error, "Check failed in an unforeseen way: check={CheckId}")]
    public static partial void CheckFailedUnexpectedly(this ILogger logger, Exception fault, string checkId);

    [LoggerMessage(5706, LogLevel.Warning, "Check missed TTL, is now critical: check={CheckId}")]
    public static partial void CheckMissedTtl(this ILogger logger, string checkId);

    [LoggerMessage(5707, LogLevel.Warning, "Timed out running check: check={CheckId} timeout={Timeout}")]
    public static partial void CheckTimedOut(this ILogger logger, string checkId, string timeout);

    [LoggerMessage(5708, LogLevel.Error, "Check failed to invoke: check={CheckId} error={Error}")]
    public static partial void CheckFailedToStart(this ILogger logger, string checkId, string error);

    [LoggerMessage(5709, LogLevel.Warning, "Check failed to kill after timeout: check={CheckId} error={Error}")]
    public static partial void CheckNotKilled(this ILogger logger, string checkId, string error);

    [LoggerMessage(5710, LogLevel.Warning, "Check HTTP request failed: check={CheckId} error={Error}")]
    public static partial void HttpRequestFailed(this ILogger logger, string checkId, string error);

    [LoggerMessage(5711, LogLevel.Warning, "Check socket connection failed: check={CheckId} error={Error}")]
    public static partial void SocketConnectionFailed(this ILogger logger, string checkId, string error);

    [LoggerMessage(5712, LogLevel.Warning, "Check error while reading body: check={CheckId} error={Error}")]
    public static partial void HttpBodyFailed(this ILogger logger, string checkId, string error);

    [LoggerMessage(5713, LogLevel.Warning, "Failed to query the checks of an aliased node: check={CheckId} error={Error}")]
    public static partial void AliasQueryFailed(this ILogger logger, string checkId, string error);
}
