using System.Net;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Log messages about the agent's pools; ids from 5700.</summary>
internal static partial class PoolLog
{
    [LoggerMessage(5700, LogLevel.Error, "Handling a gossip event failed: kind={Kind}")]
    public static partial void EventFailed(ILogger logger, string kind, Exception fault);

    [LoggerMessage(5701, LogLevel.Information, "adding server: server={Server}")]
    public static partial void ServerAdded(ILogger logger, string server);

    [LoggerMessage(5702, LogLevel.Information, "updating server: server={Server}")]
    public static partial void ServerUpdated(ILogger logger, string server);

    [LoggerMessage(5703, LogLevel.Information, "removing server: server={Server}")]
    public static partial void ServerRemoved(ILogger logger, string server);

    [LoggerMessage(5704, LogLevel.Warning,
        "server has joined the wrong cluster: wrong datacenter: server={Server} datacenter={Datacenter}")]
    public static partial void WrongDatacenter(ILogger logger, string server, string datacenter);

    [LoggerMessage(5705, LogLevel.Information, "New leader elected: payload={Payload}")]
    public static partial void NewLeader(ILogger logger, string payload);

    [LoggerMessage(5706, LogLevel.Debug, "user event: name={Name}")]
    public static partial void UserEvent(ILogger logger, string name);

    [LoggerMessage(5707, LogLevel.Warning, "Unhandled local event: event={Event}")]
    public static partial void UnhandledEvent(ILogger logger, string @event);

    [LoggerMessage(5708, LogLevel.Debug, "Successfully performed flood-join for server at address: server={Server} address={Address}")]
    public static partial void FloodJoined(ILogger logger, string server, IPEndPoint address);

    [LoggerMessage(5709, LogLevel.Debug, "Failed to flood-join server at address: server={Server} address={Address} error={Error}")]
    public static partial void FloodJoinFailed(ILogger logger, string server, IPEndPoint address, string error);

    [LoggerMessage(5710, LogLevel.Error, "failed to announce the new leader: error={Error}")]
    public static partial void LeaderNotAnnounced(ILogger logger, string error);

    [LoggerMessage(5711, LogLevel.Error, "failed to leave {Pool} Serf cluster: error={Error}")]
    public static partial void LeaveFailed(ILogger logger, string pool, string error);

    [LoggerMessage(5712, LogLevel.Information, "client starting leave")]
    public static partial void ClientLeaves(ILogger logger);

    [LoggerMessage(5713, LogLevel.Information, "server starting leave")]
    public static partial void ServerLeaves(ILogger logger);

    [LoggerMessage(5714, LogLevel.Information, "Force leaving node: node={Node}")]
    public static partial void ForceLeaving(ILogger logger, string node);

    [LoggerMessage(5715, LogLevel.Warning, "Failed to remove node: node={Node} error={Error}")]
    public static partial void NotRemoved(ILogger logger, string node, string error);

    [LoggerMessage(5716, LogLevel.Information, "({Pool}) joining: {Kind}_addresses={Addresses}")]
    public static partial void Joining(ILogger logger, string pool, string kind, string addresses);

    [LoggerMessage(5717, LogLevel.Information, "({Pool}) joined: number_of_nodes={Count}")]
    public static partial void Joined(ILogger logger, string pool, int count);

    [LoggerMessage(5750, LogLevel.Error, "Failed to check servers: error={Error}")]
    public static partial void ServersUnclear(ILogger logger, string error);

    [LoggerMessage(5751, LogLevel.Debug, "Skipping coordinate updates until servers are upgraded")]
    public static partial void CoordinateSkipped(ILogger logger);

    [LoggerMessage(5752, LogLevel.Warning, "Coordinate update blocked by ACLs")]
    public static partial void CoordinateBlocked(ILogger logger);

    [LoggerMessage(5753, LogLevel.Error, "Coordinate update error: error={Error}")]
    public static partial void CoordinateFailed(ILogger logger, string error);
}
