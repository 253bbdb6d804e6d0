namespace Consul.Fast.Gossip.Core.Messages;

// Bodies of the Serf messages. Memories are borrowed as in the memberlist messages.

/// <summary>Intent of a node to leave, or of an operator to make it leave.</summary>
/// <param name="Prune">Forget the node at once instead of keeping it as left.</param>
internal readonly record struct LeaveIntent(ulong LTime, ReadOnlyMemory<byte> Node, bool Prune);

internal readonly record struct JoinIntent(ulong LTime, ReadOnlyMemory<byte> Node);

/// <summary>User state of a push/pull.</summary>
/// <param name="LTime">Member clock of the sender.</param>
/// <param name="StatusLTimes">Every member with the time of its last intent.</param>
/// <param name="LeftMembers">Names of those that left.</param>
/// <param name="EventLTime">Event clock of the sender.</param>
/// <param name="Events">Used slots of the event buffer; the nil entries of the wire form are left out.</param>
/// <param name="QueryLTime">Query clock of the sender.</param>
internal readonly record struct SerfPushPull(
    ulong LTime,
    ReadOnlyMemory<StatusLTime> StatusLTimes,
    ReadOnlyMemory<ReadOnlyMemory<byte>> LeftMembers,
    ulong EventLTime,
    ReadOnlyMemory<BufferedEvents> Events,
    ulong QueryLTime);

internal readonly record struct StatusLTime(ReadOnlyMemory<byte> Node, ulong LTime);

/// <summary>The user events of one Lamport time.</summary>
internal readonly record struct BufferedEvents(ulong LTime, ReadOnlyMemory<BufferedEvent> Events);

internal readonly record struct BufferedEvent(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Payload);

/// <param name="CC">Can coalesce: the newest of a name may stand for all.</param>
internal readonly record struct UserEvent(ulong LTime, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Payload, bool CC);

[Flags]
internal enum QueryFlags : uint
{
    None = 0,

    /// <summary>In a query: acknowledge it. In a response: this is the acknowledgement.</summary>
    Ack = 1,

    NoBroadcast = 2,
}

/// <param name="Id">Tells queries of one Lamport time apart; field ID.</param>
/// <param name="Addr">Where answers go.</param>
/// <param name="SourceNode">Name of the asker.</param>
/// <param name="Filters">All must match; each is a type byte and a structure, see <see cref="IGossipCodec.TryDecodeFilter"/>.</param>
/// <param name="RelayFactor">Number of helpers that shall relay each answer once more.</param>
/// <param name="Timeout">From receipt; nanoseconds on the wire.</param>
/// <param name="Payload">Empty is written as nil.</param>
internal readonly record struct Query(
    ulong LTime,
    uint Id,
    GossipAddress Addr,
    ReadOnlyMemory<byte> SourceNode,
    ReadOnlyMemory<ReadOnlyMemory<byte>> Filters,
    QueryFlags Flags,
    byte RelayFactor,
    TimeSpan Timeout,
    ReadOnlyMemory<byte> Name,
    ReadOnlyMemory<byte> Payload);

/// <param name="From">Name of the responder.</param>
internal readonly record struct QueryResponse(
    ulong LTime,
    uint Id,
    ReadOnlyMemory<byte> From,
    QueryFlags Flags,
    ReadOnlyMemory<byte> Payload);

/// <summary>A decoded query filter.</summary>
/// <param name="Nodes">Kind 0: names of which one must be the receiver's.</param>
/// <param name="Tag">Kind 1: name of the tag.</param>
/// <param name="Expr">Kind 1: expression, unanchored, on the tag's value.</param>
internal readonly record struct QueryFilter(
    QueryFilterType Type,
    ReadOnlyMemory<ReadOnlyMemory<byte>> Nodes,
    ReadOnlyMemory<byte> Tag,
    ReadOnlyMemory<byte> Expr);

/// <summary>Type byte of a filter. The numbers are on the wire.</summary>
internal enum QueryFilterType : byte
{
    Node = 0,
    Tag = 1,
}

/// <summary>A response for somebody else: the inner message goes to the destination as it is.</summary>
/// <param name="DestAddr">Port is an int on the wire; one above 65535 is no address.</param>
/// <param name="DestName">Name of the node at that address.</param>
/// <param name="Inner">Serf type byte and structure.</param>
internal readonly record struct Relay(GossipAddress DestAddr, ReadOnlyMemory<byte> DestName, ReadOnlyMemory<byte> Inner);

/// <param name="Key">Empty for listing.</param>
internal readonly record struct KeyRequest(ReadOnlyMemory<byte> Key);

/// <param name="Result">False when the operation failed.</param>
/// <param name="Message">Why it failed, or a remark.</param>
/// <param name="Keys">Keys in base64, primary first; empty is written as nil.</param>
/// <param name="PrimaryKey">In base64, empty unless listing.</param>
internal readonly record struct KeyResponse(
    bool Result,
    ReadOnlyMemory<byte> Message,
    ReadOnlyMemory<ReadOnlyMemory<byte>> Keys,
    ReadOnlyMemory<byte> PrimaryKey);

/// <summary>What a member knows of the name in a conflict query.</summary>
/// <param name="IsKnown">False for the nil answer of a member that does not know the name.</param>
/// <param name="Meta">Tags in the form of the metadata; a map of text to text on the wire here.</param>
/// <param name="Status">Number of <see cref="Membership.MemberStatus"/>.</param>
internal readonly record struct ConflictResponse(
    bool IsKnown,
    ReadOnlyMemory<byte> Name,
    GossipAddress Addr,
    ReadOnlyMemory<byte> Meta,
    int Status,
    VersionVector Vsn);
