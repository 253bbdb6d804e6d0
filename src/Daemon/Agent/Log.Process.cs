using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent;

internal static partial class ProcessLog
{
    [LoggerMessage(5650, LogLevel.Information, "Consul agent running!")]
    public static partial void Running(ILogger logger);

    [LoggerMessage(5651, LogLevel.Information, "Reloading configuration...")]
    public static partial void Reloading(ILogger logger);

    [LoggerMessage(5652, LogLevel.Information, "Leaving the cluster")]
    public static partial void Leaving(ILogger logger);

    [LoggerMessage(5653, LogLevel.Information, "Requesting shutdown")]
    public static partial void ShuttingDown(ILogger logger);

    [LoggerMessage(5654, LogLevel.Information, "consul {Role} down")]
    public static partial void Down(ILogger logger, string role);

    [LoggerMessage(5655, LogLevel.Information, "shutdown complete")]
    public static partial void ShutDown(ILogger logger);
}
