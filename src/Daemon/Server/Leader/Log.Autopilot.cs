using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server.Leader;

internal static partial class AutopilotLog
{
    [LoggerMessage(5450, LogLevel.Debug, "autopilot is now running")]
    public static partial void Running(ILogger logger);

    [LoggerMessage(5451, LogLevel.Debug, "autopilot is now stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(5452, LogLevel.Debug, "state update routine is now running")]
    public static partial void UpdaterRunning(ILogger logger);

    [LoggerMessage(5453, LogLevel.Debug, "state update routine is now stopped")]
    public static partial void UpdaterStopped(ILogger logger);

    [LoggerMessage(5454, LogLevel.Error, "Error when computing next state: error={Error}")]
    public static partial void StateFailed(ILogger logger, string error);

    [LoggerMessage(5455, LogLevel.Error, "failed to initialize config: error={Error}")]
    public static partial void ConfigurationNotStored(ILogger logger, string error);

    [LoggerMessage(5456, LogLevel.Error, "Failed to reconcile current state with the desired state: error={Error}")]
    public static partial void ReconcileFailed(ILogger logger, string error);

    [LoggerMessage(5457, LogLevel.Error, "Failed to prune dead servers: error={Error}")]
    public static partial void PruneFailed(ILogger logger, string error);

    [LoggerMessage(5458, LogLevel.Information, "Promoting server: id={Id} address={Address} name={Name}")]
    public static partial void Promoting(ILogger logger, string id, string address, string name);

    [LoggerMessage(5459, LogLevel.Error, "failed to add raft voting peer: id={Id} address={Address} error={Error}")]
    public static partial void VoterNotAdded(ILogger logger, string id, string address, string error);

    [LoggerMessage(5460, LogLevel.Error, "failed to add raft non-voting peer: id={Id} address={Address} error={Error}")]
    public static partial void NonVoterNotAdded(ILogger logger, string id, string address, string error);

    [LoggerMessage(5461, LogLevel.Debug, "removing server by ID: id={Id}")]
    public static partial void Removing(ILogger logger, string id);

    [LoggerMessage(5462, LogLevel.Information, "removed server: id={Id}")]
    public static partial void Removed(ILogger logger, string id);

    [LoggerMessage(5463, LogLevel.Error, "failed to remove raft server: id={Id} error={Error}")]
    public static partial void NotRemoved(ILogger logger, string id, string error);

    [LoggerMessage(5464, LogLevel.Information, "removed server with duplicate address: address={Address}")]
    public static partial void DuplicateRemoved(ILogger logger, string address);

    [LoggerMessage(5465, LogLevel.Debug, "removing stale raft server from configuration: id={Id}")]
    public static partial void RemovingStale(ILogger logger, string id);

    [LoggerMessage(5466, LogLevel.Information, "Attempting removal of failed server node: id={Id} name={Name} address={Address}")]
    public static partial void RemovingFailed(ILogger logger, string id, string name, string address);

    [LoggerMessage(5467, LogLevel.Debug,
        "will not remove server as it would leave less voters than the minimum number allowed: id={Id} min={Min}")]
    public static partial void KeptForMinQuorum(ILogger logger, string id, ulong min);

    [LoggerMessage(5468, LogLevel.Debug, "will not remove server as removal of a majority or servers is not safe: id={Id}")]
    public static partial void KeptForMajority(ILogger logger, string id);

    [LoggerMessage(5469, LogLevel.Error, "the work of autopilot failed, will retry")]
    public static partial void WorkFailed(ILogger logger, Exception fault);

    [LoggerMessage(5470, LogLevel.Warning, "error getting server health from server: server={Server} error={Error}")]
    public static partial void ServerSilent(ILogger logger, string server, string error);

    [LoggerMessage(5471, LogLevel.Error, "failed to remove server: name={Name} id={Id} error={Error}")]
    public static partial void ForceLeaveFailed(ILogger logger, string name, string id, string error);

    [LoggerMessage(5472, LogLevel.Error,
        "Two nodes are in bootstrap mode. Only one node should be in bootstrap mode, not adding Raft peer.: "
        + "node_to_add={Node} other={Other}")]
    public static partial void TwoBootstrapServers(ILogger logger, string node, string other);
}
