using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Serf;

namespace Consul.Fast.Gossip.Tests.Core.Fakes;

/// <summary>Counts packets, remembers the last ping, and keeps nothing else.</summary>
internal sealed class NullOutput : IGossipOutput
{
    public int Packets { get; private set; }

    public int Parts { get; private set; }

    public uint LastPing { get; private set; }

    public int Events { get; private set; }

    public void BeginPacket(in PacketHead head) => Packets++;

    public void Add(in Ping message)
    {
        Parts++;
        LastPing = message.SeqNo;
    }

    public void Add(in IndirectPing message) => Parts++;

    public void Add(in AckResp message) => Parts++;

    public void Add(in NackResp message) => Parts++;

    public void Add(in Suspect message) => Parts++;

    public void Add(in Alive message) => Parts++;

    public void Add(in Dead message) => Parts++;

    public void AddUser(ReadOnlyMemory<byte> message) => Parts++;

    public void EndPacket()
    {
    }

    public void OpenStream(in StreamRequest request)
    {
    }

    public void Member(in MemberNotice notice) => Events++;

    public void UserEvent(in UserEvent message) => Events++;

    public void Query(in IncomingQuery query) => Events++;

    public void KeyQuery(in IncomingKeyQuery query)
    {
    }

    public void QueryAck(QueryId id, ReadOnlyMemory<byte> from)
    {
    }

    public void QueryAnswer(QueryId id, ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> payload)
    {
    }

    public void QueryDone(QueryId id)
    {
    }

    public void KeysCollected(long token, KeyCollection result)
    {
    }

    public void Completed(in Completion completion)
    {
    }

    public void Warn(in Warning warning)
    {
    }

    public void NameConflictLost()
    {
    }
}
