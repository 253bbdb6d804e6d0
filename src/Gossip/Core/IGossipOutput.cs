using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Serf;

namespace Consul.Fast.Gossip.Core;

/// <summary>
/// Takes what the core wants done, at the moment it decides it: packets are encoded as they are pushed, so nothing is copied
/// and nothing allocated on the way. Called on the loop that owns the core, from inside its inputs; an implementation never
/// calls the core back, and copies what it keeps, for every memory ends with the call (in a packet: with
/// <see cref="EndPacket"/>).
/// </summary>
internal interface IGossipOutput
{
    /// <summary>Begins a packet; one or more messages follow, then <see cref="EndPacket"/>. Several make a compound.</summary>
    void BeginPacket(in PacketHead head);

    void Add(in Ping message);

    void Add(in IndirectPing message);

    void Add(in AckResp message);

    void Add(in NackResp message);

    void Add(in Suspect message);

    void Add(in Alive message);

    void Add(in Dead message);

    /// <param name="message">Serf type byte and structure; type byte 8 goes before it.</param>
    void AddUser(ReadOnlyMemory<byte> message);

    void EndPacket();

    /// <summary>
    /// Opens a stream. The driver answers each push/pull once, by <see cref="GossipCore.OnPushPullReply"/> or
    /// <see cref="GossipCore.OnPushPullFailed"/>, and a ping by <see cref="GossipCore.OnStreamPingAnswered"/> if it was.
    /// </summary>
    void OpenStream(in StreamRequest request);

    void Member(in MemberNotice notice);

    /// <summary>An intent changed the status of a member, which is no change of the member list: alive from leaving, or back.</summary>
    void StatusChanged(in MemberView member)
    {
        // Only those who show members care.
    }

    /// <summary>The state of another node was not taken over. Comes before the end of the join that it belongs to.</summary>
    /// <param name="reason">In memberlist's words.</param>
    void MergeRefused(string reason)
    {
        // The warning tells the kind.
    }

    void UserEvent(in UserEvent message);

    /// <summary>A query that this node may answer with <see cref="GossipCore.Respond"/>.</summary>
    void Query(in IncomingQuery query);

    /// <summary>A key operation to carry out and then answer with <see cref="GossipCore.RespondKey"/>.</summary>
    void KeyQuery(in IncomingKeyQuery query);

    /// <summary>An acknowledgement of an own query.</summary>
    void QueryAck(QueryId id, ReadOnlyMemory<byte> from);

    /// <summary>An answer to an own query.</summary>
    void QueryAnswer(QueryId id, ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> payload);

    /// <summary>An own query is over.</summary>
    void QueryDone(QueryId id);

    /// <summary>A key operation of ours is over.</summary>
    void KeysCollected(long token, KeyCollection result);

    /// <summary>A local command is over.</summary>
    void Completed(in Completion completion);

    /// <summary>Something an operator may want to read in the log.</summary>
    void Warn(in Warning warning);

    /// <summary>The pool knows our name as somebody else's: this node must stop.</summary>
    void NameConflictLost();
}

/// <summary>Order in which packets leave when they cannot all leave at once; lower is sooner.</summary>
internal enum Urgency : byte
{
    /// <summary>An answer to a probe: a late one makes a live node suspect.</summary>
    Answer,

    /// <summary>Carries the news that this node is alive after all.</summary>
    Refutation,
    Probe,

    /// <summary>A query response, own or relayed.</summary>
    Response,
    Gossip,
}

/// <param name="Target">Where the packet goes.</param>
/// <param name="Node">Name of the node there; empty when unknown.</param>
/// <param name="Urgency">Place in the queue of an overloaded driver.</param>
/// <param name="HasChecksum">The target understands the checksum header, and packets of this kind carry one.</param>
internal readonly record struct PacketHead(GossipAddress Target, ReadOnlyMemory<byte> Node, Urgency Urgency, bool HasChecksum);

internal enum StreamKind : byte
{
    /// <summary>Send the local state, read the remote one.</summary>
    PushPull,

    /// <summary>Send the ping, read its acknowledgement.</summary>
    Ping,
}

/// <param name="Token">Names the stream in the input that ends it.</param>
/// <param name="Node">Name of the node there; empty when unknown.</param>
/// <param name="IsJoin">Join flag of a push/pull.</param>
/// <param name="Ping">What a ping sends.</param>
/// <param name="Deadline">When a ping is no longer of use; push/pulls keep to the stream time-out.</param>
/// <param name="Command">Token of the join it belongs to; 0 for none.</param>
internal readonly record struct StreamRequest(
    long Token,
    StreamKind Kind,
    GossipAddress Target,
    ReadOnlyMemory<byte> Node,
    bool IsJoin,
    Ping Ping,
    TimeSpan Deadline,
    long Command = 0);

internal enum MemberChange : byte
{
    Join,
    Leave,
    Failed,
    Update,
    Reap,
}

/// <summary>A change of the member list.</summary>
/// <param name="Slot">Handle of the member, valid until it is reaped.</param>
internal readonly record struct MemberNotice(MemberChange Change, int Slot, MemberView Member);

/// <summary>One member as the pool sees it. Memories belong to the core and are never changed.</summary>
internal readonly record struct MemberView(
    ReadOnlyMemory<byte> Name,
    GossipAddress Address,
    ReadOnlyMemory<byte> Meta,
    VersionVector Vsn,
    Membership.MemberStatus Status,
    ulong StatusLTime);

/// <summary>Names a query: two askers may pick the same Lamport time.</summary>
internal readonly record struct QueryId(ulong LTime, uint Id);

/// <param name="Deadline">Answers after it are refused.</param>
internal readonly record struct IncomingQuery(
    QueryId Id,
    ReadOnlyMemory<byte> Name,
    ReadOnlyMemory<byte> Payload,
    ReadOnlyMemory<byte> SourceNode,
    TimeSpan Deadline);

internal enum KeyOperation : byte
{
    Install,
    Use,
    Remove,
    List,
}

internal readonly record struct IncomingKeyQuery(QueryId Id, KeyOperation Operation, ReadOnlyMemory<byte> Key);

internal enum CommandKind : byte
{
    /// <summary>Count: nodes reached of those tried.</summary>
    Join,
    Leave,
    ForceLeave,
    Update,
}

/// <param name="Succeeded">False: nobody was reached, or the broadcast did not leave in time.</param>
/// <param name="Count">Of a join, the number of nodes reached.</param>
internal readonly record struct Completion(CommandKind Command, long Token, bool Succeeded, int Count);

internal enum WarningKind : byte
{
    /// <summary>A member answers on streams but not to datagrams.</summary>
    DatagramsLost,

    /// <summary>Two nodes claim one name; Address is the newcomer's.</summary>
    NameConflict,

    /// <summary>This node had to say that it is alive.</summary>
    Refuted,

    /// <summary>A probe failed; the member is now suspect.</summary>
    ProbeFailed,

    /// <summary>A suspicion ran out.</summary>
    DeclaredFailed,

    /// <summary>An alive message was refused by the pool's policy.</summary>
    Refused,

    /// <summary>An address outside the allowed networks.</summary>
    AddressRefused,

    /// <summary>The versions in a list of nodes cannot work together.</summary>
    IncompatibleVersions,

    /// <summary>The pool's policy refused to merge with another.</summary>
    MergeRefused,

    /// <summary>A response to no running query.</summary>
    StrayResponse,

    /// <summary>A queue was too long; its least useful broadcasts are gone.</summary>
    QueuePruned,

    /// <summary>A relayed response would be larger than allowed.</summary>
    RelayTooLarge,
}

/// <param name="Node">Whom it is about; may be empty.</param>
internal readonly record struct Warning(WarningKind Kind, ReadOnlyMemory<byte> Node, GossipAddress Address);
