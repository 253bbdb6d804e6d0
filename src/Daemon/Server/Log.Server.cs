using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Server;

internal static partial class ServerLog
{
    [LoggerMessage(5400, LogLevel.Information, "cluster leadership acquired")]
    public static partial void LeadershipAcquired(ILogger logger);

    [LoggerMessage(5401, LogLevel.Information, "cluster leadership lost")]
    public static partial void LeadershipLost(ILogger logger);

    [LoggerMessage(5402, LogLevel.Error, "failed to wait for barrier: error={Error}")]
    public static partial void BarrierFailed(ILogger logger, string error);

    [LoggerMessage(5403, LogLevel.Information, "member joined, marking health alive: member={Member}")]
    public static partial void MemberJoined(ILogger logger, string member);

    [LoggerMessage(5404, LogLevel.Information, "member failed, marking health critical: member={Member}")]
    public static partial void MemberFailed(ILogger logger, string member);

    [LoggerMessage(5405, LogLevel.Information, "deregistering member: member={Member} reason={Reason}")]
    public static partial void MemberDeregistered(ILogger logger, string member, string reason);

    [LoggerMessage(5406, LogLevel.Error, "failed to reconcile member: member={Member} error={Error}")]
    public static partial void ReconcileFailed(ILogger logger, string member, string error);

    [LoggerMessage(5410, LogLevel.Warning, "deregistering self should be done by follower: name={Name}")]
    public static partial void SelfNotDeregistered(ILogger logger, string name);

    [LoggerMessage(5411, LogLevel.Information,
        "ignoring failed event for member because it does not exist in the catalog: member={Member}")]
    public static partial void FailureIgnored(ILogger logger, string member);

    [LoggerMessage(5412, LogLevel.Information, "Adding LAN server: server={Server}")]
    public static partial void LanServerAdded(ILogger logger, string server);

    [LoggerMessage(5413, LogLevel.Information, "Updating LAN server: server={Server}")]
    public static partial void LanServerUpdated(ILogger logger, string server);

    [LoggerMessage(5414, LogLevel.Information, "Removing LAN server: server={Server}")]
    public static partial void LanServerRemoved(ILogger logger, string server);

    [LoggerMessage(5415, LogLevel.Information, "Waiting to drain RPC traffic: drain_time={DrainTime}")]
    public static partial void WaitingToDrain(ILogger logger, string drainTime);

    [LoggerMessage(5416, LogLevel.Warning, "Discarded coordinate updates: number_discarded={Discarded}")]
    public static partial void CoordinatesDiscarded(ILogger logger, int discarded);

    [LoggerMessage(5417, LogLevel.Warning, "Batch update failed: error={Error}")]
    public static partial void CoordinateBatchFailed(ILogger logger, string error);

    [LoggerMessage(5407, LogLevel.Debug, "Session TTL expired: session={Session}")]
    public static partial void SessionExpired(ILogger logger, string session);

    [LoggerMessage(5408, LogLevel.Error, "Session destroy failed: session={Session} error={Error}")]
    public static partial void SessionDestroyFailed(ILogger logger, string session, string error);

    [LoggerMessage(5409, LogLevel.Error, "failed to reap tombstones up to: index={Index} error={Error}")]
    public static partial void ReapFailed(ILogger logger, ulong index, string error);

    [LoggerMessage(5420, LogLevel.Error, "failed to transfer leadership, removing the server: error={Error}")]
    public static partial void LeavesAsLeader(ILogger logger, string error);

    [LoggerMessage(5421, LogLevel.Error, "failed to remove ourself as raft peer: error={Error}")]
    public static partial void SelfNotRemoved(ILogger logger, string error);

    [LoggerMessage(5422, LogLevel.Warning, "failed to leave raft configuration gracefully, timeout")]
    public static partial void StillInConfiguration(ILogger logger);

    [LoggerMessage(5440, LogLevel.Debug, "successfully established leadership: duration={Duration}")]
    public static partial void Established(ILogger logger, TimeSpan duration);

    [LoggerMessage(5441, LogLevel.Error, "failed to establish leadership: error={Error}")]
    public static partial void EstablishFailed(ILogger logger, string error);

    [LoggerMessage(5442, LogLevel.Information, "successfully transferred leadership: attempt={Attempt} retry_limit={Limit}")]
    public static partial void LeadershipHandedOver(ILogger logger, int attempt, int limit);

    [LoggerMessage(5443, LogLevel.Error,
        "failed to transfer leadership attempt, will retry: attempt={Attempt} retry_limit={Limit} error={Error}")]
    public static partial void HandOverFailed(ILogger logger, int attempt, int limit, string error);

    [LoggerMessage(5444, LogLevel.Error, "failed to transfer leadership: error={Error}")]
    public static partial void NotHandedOver(ILogger logger, string error);

    [LoggerMessage(5445, LogLevel.Error, "the work of the leader failed, will retry")]
    public static partial void LeaderWorkFailed(ILogger logger, Exception fault);

    [LoggerMessage(5480, LogLevel.Warning, "Removed Raft server: address={Address}")]
    public static partial void RaftServerRemoved(ILogger logger, string address);

    [LoggerMessage(5481, LogLevel.Warning, "Failed to remove Raft server: address={Address} error={Error}")]
    public static partial void RaftServerNotRemoved(ILogger logger, string address, string error);

    [LoggerMessage(5482, LogLevel.Warning, "Removed Raft peer with id: peer_id={Id}")]
    public static partial void RaftPeerRemoved(ILogger logger, string id);

    [LoggerMessage(5483, LogLevel.Warning, "Failed to remove Raft peer with id: peer_id={Id} error={Error}")]
    public static partial void RaftPeerNotRemoved(ILogger logger, string id, string error);

    [LoggerMessage(5430, LogLevel.Error, "failed to save a snapshot")]
    public static partial void SnapshotSaveFailed(ILogger logger, Exception exception);

    [LoggerMessage(5432, LogLevel.Error, "failed to restore a snapshot")]
    public static partial void SnapshotRestoreFailed(ILogger logger, Exception exception);

    [LoggerMessage(5431, LogLevel.Information, "snapshot restored: id={Id} index={Index}")]
    public static partial void SnapshotRestored(ILogger logger, string id, ulong index);
}
