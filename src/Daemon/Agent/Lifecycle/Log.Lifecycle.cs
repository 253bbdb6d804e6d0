using System.Net.Sockets;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Config;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

internal static partial class LogLifecycle
{
    [LoggerMessage(5000, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigWarning(this ILogger logger, string warning);

    [LoggerMessage(5001, LogLevel.Warning, "configuration key is not yet effective: key={Key}")]
    public static partial void KeyNotYetEffective(this ILogger logger, string key);

    [LoggerMessage(5002, LogLevel.Error, "Error starting agent: error={Error}")]
    private static partial void StartRefused(this ILogger logger, string error);

    [LoggerMessage(5017, LogLevel.Error, "Error starting agent")]
    private static partial void StartBroken(this ILogger logger, Exception fault);

    [LoggerMessage(5019, LogLevel.Error, "{Failures}")]
    private static partial void StartJoinFailed(this ILogger logger, string failures);

    [LoggerMessage(5018, LogLevel.Error, "Error running agent")]
    public static partial void RunBroken(this ILogger logger, Exception fault);

    /// <summary>
    /// Reports why there is no agent. What the start is known to meet (its disk, its network, its configuration) tells enough
    /// by its message; anything else is a fault of the program and is shown whole.
    /// </summary>
    public static void StartFailed(this ILogger logger, Exception fault)
    {
        bool expected = fault is IOException or InvalidDataException or UnauthorizedAccessException or SocketException
            or ConfigException or OperationCanceledException;
        if (fault is StartJoinException) logger.StartJoinFailed(fault.Message);
        else if (expected) logger.StartRefused(fault.Message);
        else logger.StartBroken(fault);
    }

    [LoggerMessage(5003, LogLevel.Information, "Caught: signal={Signal}")]
    public static partial void CaughtSignal(this ILogger logger, string signal);

    [LoggerMessage(5004, LogLevel.Error, "Caught: signal={Signal} error={Error}")]
    public static partial void RefusedSignal(this ILogger logger, string signal, string error);

    [LoggerMessage(5005, LogLevel.Information, "Graceful shutdown disabled. Exiting")]
    public static partial void GracefulShutdownDisabled(this ILogger logger);

    [LoggerMessage(5006, LogLevel.Information, "Gracefully shutting down agent...")]
    public static partial void GracefulShutdown(this ILogger logger);

    [LoggerMessage(5007, LogLevel.Information, "Caught second signal, Exiting: signal={Signal}")]
    public static partial void CaughtSecondSignal(this ILogger logger, string signal);

    [LoggerMessage(5008, LogLevel.Information, "Timeout on graceful leave. Exiting")]
    public static partial void LeaveTimedOut(this ILogger logger);

    [LoggerMessage(5009, LogLevel.Information, "Graceful exit completed")]
    public static partial void GracefulExitCompleted(this ILogger logger);

    [LoggerMessage(5010, LogLevel.Error, "Error on leave: error={Error}")]
    public static partial void LeaveFailed(this ILogger logger, string error);

    [LoggerMessage(5011, LogLevel.Error, "Reload config failed: error={Error}")]
    public static partial void ReloadFailed(this ILogger logger, string error);

    [LoggerMessage(5012, LogLevel.Information, "Exit code: code={Code}")]
    public static partial void ExitCode(this ILogger logger, int code);

    [LoggerMessage(5013, LogLevel.Information, "Consul agent running!")]
    public static partial void Running(this ILogger logger);

    [LoggerMessage(5014, LogLevel.Warning, "Invalid log level in new configuration: level={Level}")]
    public static partial void InvalidLogLevelKept(this ILogger logger, string level);

    [LoggerMessage(5015, LogLevel.Warning, "Could not remove PID file: file={File} error={Error}")]
    public static partial void PidFileNotRemoved(this ILogger logger, string file, string error);

    [LoggerMessage(5016, LogLevel.Information, "Reloading configuration...")]
    public static partial void Reloading(this ILogger logger);
}
