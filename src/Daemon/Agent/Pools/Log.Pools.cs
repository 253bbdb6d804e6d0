using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Log messages about the agent's pools; ids from 5700.</summary>
internal static partial class PoolLog
{
    [LoggerMessage(5700, LogLevel.Error, "Handling a gossip event failed: kind={Kind}")]
    public static partial void EventFailed(ILogger logger, string kind, Exception fault);
}
