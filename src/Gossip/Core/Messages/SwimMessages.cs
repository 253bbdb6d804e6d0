namespace Consul.Fast.Gossip.Core.Messages;

// Bodies of the memberlist messages. Text is UTF-8 as received: names are keys of bytes. Every memory is borrowed: it is
// valid for the duration of the call the message is passed to, and who keeps it copies it. Equality of two messages is
// that of the memories, not of the bytes in them.

/// <summary>Probe of a node, by datagram or stream.</summary>
/// <param name="SeqNo">Echoed in the answer.</param>
/// <param name="Node">Name of the node that is meant; empty for whoever receives it.</param>
/// <param name="Source">Where the answer goes; empty in messages of old peers.</param>
/// <param name="SourceNode">Name of the sender.</param>
internal readonly record struct Ping(uint SeqNo, ReadOnlyMemory<byte> Node, GossipAddress Source, ReadOnlyMemory<byte> SourceNode);

/// <summary>Asks the receiver to probe a node on behalf of the sender.</summary>
/// <param name="SeqNo">The requester's number, echoed in its answer.</param>
/// <param name="Target">Address of the node to probe; port 0 means the receiver's own bind port.</param>
/// <param name="Node">Name of the node to probe.</param>
/// <param name="Nack">The requester wants to hear when the target did not answer.</param>
/// <param name="Source">Where the answer goes; empty in messages of old peers.</param>
/// <param name="SourceNode">Name of the requester.</param>
internal readonly record struct IndirectPing(
    uint SeqNo,
    GossipAddress Target,
    ReadOnlyMemory<byte> Node,
    bool Nack,
    GossipAddress Source,
    ReadOnlyMemory<byte> SourceNode);

/// <param name="Payload">Version byte and coordinate of the sender; empty is written as nil.</param>
internal readonly record struct AckResp(uint SeqNo, ReadOnlyMemory<byte> Payload);

/// <summary>"I work, but the node you asked about did not answer me."</summary>
internal readonly record struct NackResp(uint SeqNo);

/// <summary>Error answer on a stream.</summary>
/// <param name="Error">Text for the operator.</param>
internal readonly record struct ErrResp(ReadOnlyMemory<byte> Error);

/// <param name="Node">The accused.</param>
/// <param name="From">The accuser.</param>
internal readonly record struct Suspect(uint Incarnation, ReadOnlyMemory<byte> Node, ReadOnlyMemory<byte> From);

/// <param name="Addr">Address and port of the node.</param>
/// <param name="Meta">Tags in their encoded form, at most <see cref="MetaMax"/> bytes.</param>
internal readonly record struct Alive(
    uint Incarnation,
    ReadOnlyMemory<byte> Node,
    GossipAddress Addr,
    ReadOnlyMemory<byte> Meta,
    VersionVector Vsn)
{
    public const int MetaMax = 512;
}

/// <summary>A failure, or, when <paramref name="From"/> is <paramref name="Node"/>, a voluntary departure.</summary>
internal readonly record struct Dead(uint Incarnation, ReadOnlyMemory<byte> Node, ReadOnlyMemory<byte> From);

/// <summary>Head of a state exchange on a stream; the node states and the user state follow.</summary>
/// <param name="Nodes">Number of node states.</param>
/// <param name="UserStateLen">Bytes of user state.</param>
/// <param name="Join">False for the periodic exchange.</param>
internal readonly record struct PushPullHeader(int Nodes, int UserStateLen, bool Join);

/// <summary>One node of a state exchange.</summary>
/// <param name="Addr">Port 0 means the receiver's own bind port.</param>
internal readonly record struct PushNodeState(
    ReadOnlyMemory<byte> Name,
    GossipAddress Addr,
    ReadOnlyMemory<byte> Meta,
    uint Incarnation,
    NodeState State,
    VersionVector Vsn);

/// <summary>Head of a user message on a stream.</summary>
internal readonly record struct UserMsgHeader(int UserMsgLen);
