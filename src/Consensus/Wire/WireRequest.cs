using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Wire;

/// <summary>A request as it came, with what is judged before Raft sees it.</summary>
/// <param name="ProtocolVersion">Version in the header.</param>
internal readonly record struct WireRequest(RaftRequest Request, long ProtocolVersion)
{
    /// <summary>Form of a snapshot request.</summary>
    public long SnapshotVersion { get; init; }

    /// <summary>Raw bytes that follow a snapshot request.</summary>
    public long Size { get; init; }

    /// <summary>False when the configuration of a snapshot request is none.</summary>
    public bool HasConfiguration { get; init; }

    /// <summary>The header is acceptable. That of a heartbeat is not looked at.</summary>
    public bool IsSupported =>
        Request is AppendRequest { Heartbeat: true } || ProtocolVersion is >= RaftWire.ProtocolVersionMin and <= RaftWire.ProtocolVersion;
}
