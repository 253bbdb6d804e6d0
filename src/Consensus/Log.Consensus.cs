using System.Net;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus;

/// <summary>Log messages of Raft; ids from 3000.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "initial configuration: index={Index} servers={Servers}")]
    public static partial void InitialConfiguration(ILogger logger, ulong index, string servers);

    [LoggerMessage(3001, LogLevel.Information, "entering follower state: follower={Address} leader={Leader}")]
    public static partial void EnteringFollower(ILogger logger, string address, string leader);

    [LoggerMessage(3002, LogLevel.Information, "entering candidate state: node={Address} term={Term}")]
    public static partial void EnteringCandidate(ILogger logger, string address, ulong term);

    [LoggerMessage(3003, LogLevel.Information, "entering leader state: leader={Address} term={Term}")]
    public static partial void EnteringLeader(ILogger logger, string address, ulong term);

    [LoggerMessage(3004, LogLevel.Error, "failed to commit logs: error={Error}")]
    public static partial void WriteFailed(ILogger logger, string error, Exception? exception);

    [LoggerMessage(3005, LogLevel.Error, "failed to compact logs: index={Index} error={Error}")]
    public static partial void TruncateFailed(ILogger logger, ulong index, string error);

    [LoggerMessage(3006, LogLevel.Information, "compacting logs: from={From} to={To}")]
    public static partial void Compacting(ILogger logger, ulong from, ulong to);

    [LoggerMessage(3007, LogLevel.Information, "starting snapshot up to: index={Index}")]
    public static partial void SnapshotStarting(ILogger logger, ulong index);

    [LoggerMessage(3008, LogLevel.Information, "snapshot complete up to: index={Index}")]
    public static partial void SnapshotComplete(ILogger logger, ulong index);

    [LoggerMessage(3009, LogLevel.Error, "failed to take snapshot: error={Error}")]
    public static partial void SnapshotFailed(ILogger logger, string error);

    [LoggerMessage(3010, LogLevel.Information, "restored from snapshot: id={Id}")]
    public static partial void SnapshotRestored(ILogger logger, string id);

    [LoggerMessage(3011, LogLevel.Error, "failed to restore snapshot: id={Id} error={Error}")]
    public static partial void SnapshotUnreadable(ILogger logger, string id, string error);

    [LoggerMessage(3012, LogLevel.Information, "restored user snapshot: index={Index}")]
    public static partial void UserSnapshotRestored(ILogger logger, ulong index);

    [LoggerMessage(3013, LogLevel.Error, "failed to restore user snapshot: error={Error}")]
    public static partial void UserRestoreFailed(ILogger logger, string error);

    [LoggerMessage(3014, LogLevel.Critical, "failed to apply committed entries, raft stops")]
    public static partial void ApplyFailed(ILogger logger, Exception exception);

    [LoggerMessage(3015, LogLevel.Critical, "raft loop failed, raft stops")]
    public static partial void LoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(3016, LogLevel.Error, "leadership handler failed")]
    public static partial void HandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(3017, LogLevel.Information, "bootstrapped: servers={Servers}")]
    public static partial void Bootstrapped(ILogger logger, string servers);

    [LoggerMessage(3019, LogLevel.Information, "installed remote snapshot: index={Index} bytes={Bytes}")]
    public static partial void SnapshotInstalled(ILogger logger, ulong index, long bytes);

    [LoggerMessage(3020, LogLevel.Error, "failed to install snapshot: error={Error}")]
    public static partial void InstallFailed(ILogger logger, string error);

    [LoggerMessage(3021, LogLevel.Warning, "heartbeat timeout reached, starting election: last-leader={LastLeader}")]
    public static partial void HeartbeatTimeout(ILogger logger, string lastLeader);

    [LoggerMessage(3022, LogLevel.Warning, "Election timeout reached, restarting election")]
    public static partial void ElectionTimeout(ILogger logger);

    [LoggerMessage(3023, LogLevel.Information, "election won: tally={Tally}")]
    public static partial void ElectionWon(ILogger logger, ulong tally);

    [LoggerMessage(3024, LogLevel.Warning, "failed to contact quorum of nodes, stepping down")]
    public static partial void QuorumLost(ILogger logger);

    [LoggerMessage(3025, LogLevel.Error, "the disk does not finish a write, handing leadership over")]
    public static partial void DiskHangs(ILogger logger);

    [LoggerMessage(3026, LogLevel.Information, "added peer, starting replication: peer={Peer}")]
    public static partial void PeerAdded(ILogger logger, string peer);

    [LoggerMessage(3027, LogLevel.Information, "removed peer, stopping replication: peer={Peer} last-index={LastIndex}")]
    public static partial void PeerRemoved(ILogger logger, string peer, ulong lastIndex);

    [LoggerMessage(3028, LogLevel.Warning, "the leader's log never held the state here, waiting for its snapshot: leader={Leader}")]
    public static partial void Estranged(ILogger logger, string leader);

    [LoggerMessage(3018, LogLevel.Information, "recovered from peers.json: index={Index} servers={Servers}")]
    public static partial void PeersRecovered(ILogger logger, ulong index, string servers);

    [LoggerMessage(3100, LogLevel.Error, "failed to heartbeat to: peer={Peer} error={Error}")]
    public static partial void HeartbeatFailed(ILogger logger, string peer, string error);

    [LoggerMessage(3101, LogLevel.Error, "failed to appendEntries to: peer={Peer} error={Error}")]
    public static partial void AppendFailed(ILogger logger, string peer, string error);

    [LoggerMessage(3102, LogLevel.Error, "failed to make requestVote RPC: target={Peer} error={Error}")]
    public static partial void VoteFailed(ILogger logger, string peer, string error);

    [LoggerMessage(3103, LogLevel.Error, "failed to install snapshot: target={Peer} index={Index} error={Error}")]
    public static partial void SendSnapshotFailed(ILogger logger, string peer, ulong index, string error);

    [LoggerMessage(3104, LogLevel.Error, "failed to make TimeoutNow RPC: target={Peer} error={Error}")]
    public static partial void TimeoutNowFailed(ILogger logger, string peer, string error);

    [LoggerMessage(3105, LogLevel.Error, "raft transport failed: peer={Peer}")]
    public static partial void TransportFault(ILogger logger, string peer, Exception exception);

    [LoggerMessage(3106, LogLevel.Error, "failed to decode incoming command: remote={Remote} error={Error}")]
    public static partial void UndecodableRequest(ILogger logger, EndPoint remote, string error);

    [LoggerMessage(3107, LogLevel.Debug, "accepted connection: remote={Remote}")]
    public static partial void RaftConnectionAccepted(ILogger logger, EndPoint remote);
}
