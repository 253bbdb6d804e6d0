using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// Error texts of the protocol and what they mean. Errors cross the wire as text only, and peers test for parts of them, so
/// these are as frozen as the bytes.
/// </summary>
public static class RpcErrors
{
    /// <summary>What an end of stream in the middle of a call is called.</summary>
    public const string EndOfFile = "EOF";

    public const string NoLeader = "No cluster leader";

    /// <summary>Raft knows a leader that the gossip pool does not.</summary>
    public const string LeaderNotTracked = "Raft leader not found in server lookup mapping";

    public const string NoPathToDatacenter = "No path to datacenter";

    /// <summary>A client agent's, when it knows no server.</summary>
    public const string NoServers = "No known Consul servers";

    public const string NotReady = "Not ready to serve consistent reads";
    public const string PermissionDenied = "Permission denied";
    public const string ResubmitForRechunking = "please resubmit call for rechunking";
    public const string RateLimited = "RPC rate limit exceeded";
    public const string InsecureBetweenDatacenters = "insecure dialing prohibited between datacenters";
    public const string LeadFailed = "rpc error: lead thread didn't get connection";
    public const string PoolShutdown = "rpc error: shutdown";

    /// <summary>What a caller that gave its call up is told.</summary>
    public const string Canceled = "context canceled";

    /// <summary>Before the cause when no connection or stream could be had.</summary>
    public const string GettingClientPrefix = "rpc error getting client: ";

    /// <summary>Before the text of a call that failed. A server that forwards adds it as well, once per hop.</summary>
    public const string MakingCallPrefix = "rpc error making call: ";

    internal const string GetConnectionPrefix = GettingClientPrefix + "failed to get conn: ";
    internal const string StartStreamPrefix = GettingClientPrefix + "failed to start stream: ";
    internal const string InsecureConnectPrefix = "rpcinsecure error establishing connection: ";
    internal const string InsecureCallPrefix = "rpcinsecure error making call: ";
    internal const string SessionShutdown = "session shutdown";
    internal const string EmptyText = "rpc: error without a text";
    internal const string UndecodableReply = "codec.decoder: the reply cannot be decoded";
    internal const string ReplyTooLarge = "codec.decoder: the reply is too large";

    /// <summary>
    /// True for errors that mean the connection or the stream is gone rather than that the call was refused, whether here
    /// or one hop further on.
    /// </summary>
    public static bool IsEofLike(string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error == EndOfFile
            || error.EndsWith(": " + EndOfFile, StringComparison.Ordinal)
            || error.Contains("stream closed", StringComparison.Ordinal)
            || error.Contains(SessionShutdown, StringComparison.Ordinal);
    }

    /// <summary>
    /// True when a failed call may be made again: it certainly changed nothing, or it is a read and only its stream broke.
    /// </summary>
    public static bool CanRetry(bool isRead, string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Contains(NoLeader, StringComparison.Ordinal)
            || error.Contains(ResubmitForRechunking, StringComparison.Ordinal)
            || (isRead && IsEofLike(error));
    }

    internal static string IllFormed(string name) => $"rpc: service/method request ill-formed: {name}";

    internal static string UnknownService(string name) => $"rpc: can't find service {name}";

    internal static string UnknownMethod(string name) => $"rpc: can't find method {name}";

    internal static string UnsupportedVersion(int version) =>
        $"cannot make client connection, unsupported protocol version {version}";

    internal static string RequestTooLarge(long maxBytes) => $"rpc: request larger than {maxBytes} bytes";

    internal static string Overloaded(int maxInFlight) => $"rpc: server busy, {maxInFlight} requests in flight";

    internal static string Internal(string name) => $"rpc: internal error in {name}";

    /// <summary>
    /// The text for a request body that its method cannot read. For a value that is no structure at all it is the
    /// reference's, number of the kind included.
    /// </summary>
    internal static string UndecodableBody(ReadOnlySpan<byte> body)
    {
        int kind = new MsgPackReader(body).Peek() switch
        {
            MsgPackKind.SignedInteger => 2,
            MsgPackKind.UnsignedInteger => 3,
            MsgPackKind.Float => 4,
            MsgPackKind.Bool => 5,
            MsgPackKind.Raw => 6,
            MsgPackKind.Bin => 8,
            MsgPackKind.Extension => 0xc,
            _ => 0,
        };
        return kind == 0
            ? "codec.decoder: the request cannot be decoded"
            : $"codec.decoder: Only encoded map or array can be decoded into a struct. (valueType: {kind:x})";
    }
}
