using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Config;

namespace Consul.Fast.Daemon.Server;

/// <summary>Raft's settings out of the agent's configuration.</summary>
internal static class RaftSettings
{
    public static RaftOptions From(AgentConfig config) => new()
    {
        ServerId = config.Node.Id,
        ServerAddress = config.Addresses.RpcAdvertise.ToString(),
        Timings = config.Node.DevMode ? RaftTimings.Development : RaftTimings.ForMultiplier(config.Raft.Multiplier),
        Snapshots = Snapshots(config),
        PeersDirectory = config.Node.DevMode || config.Node.DataDir.Length == 0 ? null : Path.Combine(config.Node.DataDir, "raft"),
    };

    public static SnapshotPolicy Snapshots(AgentConfig config) =>
        new(config.Raft.SnapshotInterval, (ulong)config.Raft.SnapshotThreshold, (ulong)config.Raft.TrailingLogs);

    /// <summary>The configuration with which a server begins alone, or null when it waits for others.</summary>
    public static ClusterConfiguration? Bootstrap(AgentConfig config) => config.Server.Bootstrap || config.Node.DevMode
        ? new ClusterConfiguration([new RaftServer(Suffrage.Voter, config.Node.Id, config.Addresses.RpcAdvertise.ToString())])
        : null;
}
