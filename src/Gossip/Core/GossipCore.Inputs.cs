using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Swim;

namespace Consul.Fast.Gossip.Core;

internal sealed partial class GossipCore
{
    /// <param name="from">Where the datagram came from.</param>
    public void OnPing(TimeSpan now, in Ping message, GossipAddress from)
    {
        Enter(now);
        _swim.OnPing(message, from);
        Finish();
    }

    /// <summary>True when a ping that came by stream is for this node; the driver acknowledges it there, without payload.</summary>
    public bool IsMeant(in Ping message) => _swim.IsMeant(message.Node);

    /// <param name="from">Where the datagram came from.</param>
    public void OnIndirectPing(TimeSpan now, in IndirectPing message, GossipAddress from)
    {
        Enter(now);
        _swim.OnIndirectPing(message, from);
        Finish();
    }

    /// <param name="receivedAt">When the datagram came in, which may be a little before now.</param>
    public void OnAckResp(TimeSpan now, in AckResp message, TimeSpan receivedAt)
    {
        Enter(now);
        _swim.OnAckResp(message, receivedAt);
        Finish();
    }

    public void OnNackResp(TimeSpan now, in NackResp message)
    {
        Enter(now);
        _swim.OnNackResp(message);
    }

    public void OnSuspect(TimeSpan now, in Suspect message)
    {
        Enter(now);
        _swim.OnSuspect(message);
        Finish();
    }

    /// <param name="from">Where the datagram came from; outside the allowed networks it is dropped.</param>
    public void OnAlive(TimeSpan now, in Alive message, GossipAddress from)
    {
        Enter(now);
        if (!_context.Swim.Allows(from) || !_context.Swim.Allows(message.Addr))
        {
            _context.Warn(WarningKind.AddressRefused, message.Node, from);
            return;
        }

        GossipAddress address = message.Addr.Port == 0 ? message.Addr.WithPort(_context.Settings.BindPort) : message.Addr;
        _swim.OnAlive(message with { Addr = address });
        Finish();
    }

    public void OnDead(TimeSpan now, in Dead message)
    {
        Enter(now);
        _swim.OnDead(message);
        Finish();
    }

    /// <param name="raw">Type byte and structure as received; the same for the other Serf messages below.</param>
    public void OnLeaveIntent(TimeSpan now, in LeaveIntent message, ReadOnlyMemory<byte> raw)
    {
        Enter(now);
        _serf.OnLeaveIntent(message, raw);
        Finish();
    }

    public void OnJoinIntent(TimeSpan now, in JoinIntent message, ReadOnlyMemory<byte> raw)
    {
        Enter(now);
        _serf.OnJoinIntent(message, raw);
    }

    public void OnUserEvent(TimeSpan now, in UserEvent message, ReadOnlyMemory<byte> raw)
    {
        Enter(now);
        _serf.OnUserEvent(message, raw);
    }

    public void OnQuery(TimeSpan now, in Query message, ReadOnlyMemory<byte> raw)
    {
        Enter(now);
        _serf.OnQuery(message, raw);
    }

    public void OnQueryResponse(TimeSpan now, in QueryResponse message)
    {
        Enter(now);
        _serf.OnQueryResponse(message);
    }

    public void OnRelay(TimeSpan now, in Relay message)
    {
        Enter(now);
        _serf.OnRelay(message);
    }

    /// <summary>
    /// The state to send on a stream, ours or a peer's. It lies in the buffer and in the core: encode it before the next input.
    /// </summary>
    /// <param name="isJoin">Of our own exchange, the flag it was opened with; of a peer's, the flag it sent.</param>
    public PushPullState LocalState(PushPullBuffer buffer, bool isJoin)
    {
        int nodes = _swim.CopyNodes(ref buffer.Nodes);
        return new PushPullState(isJoin, buffer.Nodes.AsMemory(0, nodes), HasUserState: true, _serf.CopyState(buffer));
    }

    /// <summary>A peer opened an exchange and sent its state; ours must already have been taken for the reply.</summary>
    public MergeResult OnPushPullRequest(TimeSpan now, in PushPullState state)
    {
        Enter(now);
        MergeResult result = Merge(state, state.IsJoin, ignoreOld: false);
        Finish();
        return result;
    }

    /// <summary>The peer of a stream we opened replied with its state.</summary>
    /// <param name="token">Token of the stream request.</param>
    public MergeResult OnPushPullReply(TimeSpan now, long token, in PushPullState state)
    {
        Enter(now);
        MergeResult result = Merge(state, state.IsJoin, _serf.IgnoresOld(token));
        _serf.OnPushPullDone(token, result == MergeResult.Merged);
        Finish();
        return result;
    }

    /// <summary>The stream could not be opened, broke, timed out, or the peer answered with an error.</summary>
    public void OnPushPullFailed(TimeSpan now, long token)
    {
        Enter(now);
        _serf.OnPushPullDone(token, merged: false);
        Finish();
    }

    /// <summary>A ping that we sent by stream was acknowledged with the same number. No answer needs no input.</summary>
    public void OnStreamPingAnswered(TimeSpan now, uint seqNo)
    {
        Enter(now);
        _swim.OnStreamPingAnswered(seqNo);
    }

    /// <summary>The datagram of a probe could not be sent.</summary>
    /// <param name="isLocalFault">The fault says nothing about the target: no memory, no socket.</param>
    public void OnPingNotSent(TimeSpan now, uint seqNo, bool isLocalFault)
    {
        Enter(now);
        _swim.OnPingNotSent(seqNo, isLocalFault);
        Finish();
    }

    private MergeResult Merge(in PushPullState state, bool isJoin, bool ignoreOld)
    {
        MergeResult result = _swim.Merge(state.Nodes.Span, isJoin);
        if (result == MergeResult.Merged && state.HasUserState) _serf.Merge(state.UserState, ignoreOld);
        return result;
    }
}
