using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Tests.Core.Fakes;

/// <summary>Hands Serf messages in <see cref="PlainCodec"/>'s form to the input of their type.</summary>
internal static class PlainDispatch
{
    public static void Deliver(GossipCore core, TimeSpan now, ReadOnlyMemory<byte> message)
    {
        PlainCodec.Reader r = new(message[1..]);
        switch ((SerfMessageType)message.Span[0])
        {
            case SerfMessageType.Leave:
                core.OnLeaveIntent(now, new LeaveIntent(r.Number(), r.Bytes(), r.Number() != 0), message);
                break;
            case SerfMessageType.Join:
                core.OnJoinIntent(now, new JoinIntent(r.Number(), r.Bytes()), message);
                break;
            case SerfMessageType.UserEvent:
                core.OnUserEvent(now, new UserEvent(r.Number(), r.Bytes(), r.Bytes(), r.Number() != 0), message);
                break;
            case SerfMessageType.Query:
                core.OnQuery(now, ReadQuery(ref r), message);
                break;
            case SerfMessageType.QueryResponse:
                core.OnQueryResponse(now, ReadResponse(ref r));
                break;
            case SerfMessageType.Relay:
                core.OnRelay(now, new Relay(r.Address(), r.Bytes(), r.Bytes()));
                break;
        }
    }

    public static QueryResponse ReadResponse(ref PlainCodec.Reader r) =>
        new(r.Number(), (uint)r.Number(), r.Bytes(), (QueryFlags)r.Number(), r.Bytes());

    public static Query ReadQuery(ref PlainCodec.Reader r) => new(
        r.Number(), (uint)r.Number(), r.Address(), r.Bytes(), r.List(), (QueryFlags)r.Number(), (byte)r.Number(),
        TimeSpan.FromTicks((long)r.Number()), r.Bytes(), r.Bytes());
}
