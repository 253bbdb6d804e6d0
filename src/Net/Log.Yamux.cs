using Consul.Fast.Net.Yamux;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net;

/// <summary>Log messages of multiplexed sessions; ids from 6100.</summary>
internal static partial class YamuxLog
{
    [LoggerMessage(6100, LogLevel.Debug, "yamux: session ended: peer={Peer} reason={Reason}")]
    public static partial void Ended(ILogger logger, object? peer, string reason);

    [LoggerMessage(6101, LogLevel.Error, "yamux: session refused: peer={Peer} reason={Reason}")]
    public static partial void Refused(ILogger logger, object? peer, string reason);

    [LoggerMessage(6102, LogLevel.Error, "yamux: session overdue: peer={Peer} reason={Reason}")]
    public static partial void Overdue(ILogger logger, object? peer, string reason);

    [LoggerMessage(6103, LogLevel.Error, "yamux: session failed: peer={Peer}")]
    public static partial void Failed(ILogger logger, Exception exception, object? peer);

    [LoggerMessage(6104, LogLevel.Warning, "yamux: stream refused, later ones are not reported: peer={Peer} stream={Id} reason={Reason}")]
    public static partial void StreamRefused(ILogger logger, object? peer, uint id, string reason);

    [LoggerMessage(6105, LogLevel.Warning,
        "yamux: too much is unread, resetting stream: peer={Peer} stream={Id} session_bytes={SessionBytes} all_bytes={AllBytes}")]
    public static partial void UnreadLimit(ILogger logger, object? peer, uint id, long sessionBytes, long allBytes);

    [LoggerMessage(6106, LogLevel.Warning, "yamux: stream not closed by the peer in time: peer={Peer} stream={Id}")]
    public static partial void CloseTimeout(ILogger logger, object? peer, uint id);

    [LoggerMessage(6107, LogLevel.Debug,
        "yamux: frame for missing stream: peer={Peer} type={Type} flags={Flags} stream={Id} length={Length}")]
    public static partial void FrameForMissingStream(
        ILogger logger, object? peer, FrameType type, FrameFlags flags, uint id, uint length);
}
