using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Wire;

/// <summary>Versions and limits of Raft connections.</summary>
internal static class RaftWire
{
    /// <summary>The version that every message carries.</summary>
    public const int ProtocolVersion = 3;

    /// <summary>The oldest version that is answered.</summary>
    public const int ProtocolVersionMin = 2;

    /// <summary>The newest form of <see cref="RaftRpc.InstallSnapshot"/>: with a configuration; 0 has a list of addresses.</summary>
    public const int SnapshotVersion = 1;

    /// <summary>
    /// Longest AppendEntries taken. A peer at Consul's limits sends up to 64 entries of little more than 512 KiB; an operator
    /// may have raised those limits.
    /// </summary>
    public const int AppendBytesMax = 256 << 20;

    /// <summary>Longest request of any other kind; the largest holds the configuration twice.</summary>
    public const int RequestBytesMax = 1 << 20;

    /// <summary>Longest error text and longest answer.</summary>
    public const int AnswerBytesMax = 64 << 10;

    /// <summary>Entries in one AppendEntries; peers send 64.</summary>
    public const int EntriesMax = 4096;

    /// <summary>The answer to a header that is not acceptable.</summary>
    public const string UnsupportedProtocol = "operation not supported with current protocol version";

    public static string UnsupportedSnapshot(long version) => $"unsupported snapshot version {version}";

    public static RaftRpc TypeOf(RaftRequest request) => request switch
    {
        AppendRequest => RaftRpc.AppendEntries,
        VoteRequest => RaftRpc.RequestVote,
        SnapshotRequest => RaftRpc.InstallSnapshot,
        TimeoutNowRequest => RaftRpc.TimeoutNow,
        PreVoteRequest => RaftRpc.PreVote,
        _ => throw new ArgumentException($"{request.GetType().Name} has no form on the wire", nameof(request)),
    };

    public static int BytesMax(RaftRpc rpc) => rpc == RaftRpc.AppendEntries ? AppendBytesMax : RequestBytesMax;
}
