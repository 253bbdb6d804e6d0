using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>What the log says of calls on their way to the leader. Ids 5440 to 5449.</summary>
internal static partial class ForwardingLog
{
    [LoggerMessage(5440, LogLevel.Warning, "Raft has a leader but other tracking of the node would indicate that the node is "
        + "unhealthy or does not exist. The network may be misconfigured.: leader={Leader}")]
    public static partial void LeaderNotTracked(ILogger logger, string leader);
}
