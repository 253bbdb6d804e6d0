using System.Net;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Gossip;

/// <summary>Log messages of a gossip node, in the words operators know; ids from 6500.</summary>
internal static partial class Log
{
    [LoggerMessage(6500, LogLevel.Information, "serf: EventMemberJoin: {Name} {Address}")]
    public static partial void MemberJoin(ILogger logger, string name, IPAddress address);

    [LoggerMessage(6501, LogLevel.Information, "serf: EventMemberLeave: {Name} {Address}")]
    public static partial void MemberLeave(ILogger logger, string name, IPAddress address);

    [LoggerMessage(6502, LogLevel.Information, "serf: EventMemberFailed: {Name} {Address}")]
    public static partial void MemberFailed(ILogger logger, string name, IPAddress address);

    [LoggerMessage(6503, LogLevel.Information, "serf: EventMemberUpdate: {Name}")]
    public static partial void MemberUpdate(ILogger logger, string name);

    [LoggerMessage(6504, LogLevel.Information, "serf: EventMemberReap: {Name}")]
    public static partial void MemberReap(ILogger logger, string name);

    [LoggerMessage(6505, LogLevel.Warning, "memberlist: {Kind}: node={Name} address={Address}")]
    public static partial void CoreWarning(ILogger logger, string kind, string name, string address);

    [LoggerMessage(6506, LogLevel.Information, "memberlist: Suspect {Name} has failed, no acks received: address={Address}")]
    public static partial void Suspected(ILogger logger, string name, string address);

    [LoggerMessage(6507, LogLevel.Warning, "memberlist: Refuting an accusation of this node")]
    public static partial void Refuted(ILogger logger);

    [LoggerMessage(6508, LogLevel.Debug, "memberlist: Dropped a packet: reason={Reason} from={From}")]
    public static partial void PacketDropped(ILogger logger, string reason, string from);

    [LoggerMessage(6509, LogLevel.Debug, "memberlist: Stream failed: peer={Peer} error={Error}")]
    public static partial void StreamFailed(ILogger logger, IPEndPoint peer, string error);

    [LoggerMessage(6510, LogLevel.Error, "serf: The pool knows another node of this name, this one has to stop: name={Name}")]
    public static partial void NameLost(ILogger logger, string name);

    [LoggerMessage(6511, LogLevel.Information, "serf: Attempting re-join to previously known node: {Name} {Address}")]
    public static partial void Rejoining(ILogger logger, string name, IPEndPoint address);

    [LoggerMessage(6512, LogLevel.Warning, "serf: Failed to re-join any previously known node")]
    public static partial void RejoinFailed(ILogger logger);

    [LoggerMessage(6513, LogLevel.Error, "serf: Failed to write the snapshot: path={Path} error={Error}")]
    public static partial void SnapshotFailed(ILogger logger, string path, string error);

    [LoggerMessage(6514, LogLevel.Warning, "serf: Skipped unusable lines of the snapshot: path={Path} lines={Lines}")]
    public static partial void SnapshotLinesSkipped(ILogger logger, string path, int lines);

    [LoggerMessage(6515, LogLevel.Information, "memberlist: Node is up: name={Name} bind={Bind} advertise={Advertise}")]
    public static partial void Started(ILogger logger, string name, IPEndPoint bind, IPEndPoint advertise);

    [LoggerMessage(6517, LogLevel.Error, "memberlist: Failed push/pull merge: {Reason}")]
    public static partial void MergeRefused(ILogger logger, string reason);

    [LoggerMessage(6518, LogLevel.Warning, "serf: Member is advertising a malformed reconnect timeout: rc_tm={Text}")]
    public static partial void MalformedForgetTag(ILogger logger, string text);

    [LoggerMessage(6516, LogLevel.Error, "memberlist: The loop of a gossip node failed")]
    public static partial void LoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(6519, LogLevel.Warning, "serf: Events wait too long and the oldest are lost: dropped={Count}")]
    public static partial void EventsDropped(ILogger logger, long count);
}
