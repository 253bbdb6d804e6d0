using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent;

internal static partial class ProcessLog
{
    [LoggerMessage(5653, LogLevel.Information, "Requesting shutdown")]
    public static partial void ShuttingDown(ILogger logger);

    [LoggerMessage(5654, LogLevel.Information, "consul {Role} down")]
    public static partial void Down(ILogger logger, string role);

    [LoggerMessage(5655, LogLevel.Information, "shutdown complete")]
    public static partial void ShutDown(ILogger logger);
}
