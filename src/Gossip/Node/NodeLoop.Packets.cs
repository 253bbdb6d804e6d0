using System.Diagnostics;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Packets;
using Consul.Fast.Net.Datagrams;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Gossip.Node;

// From datagrams to inputs of the core. Whatever cannot be decoded is dropped.
internal sealed partial class NodeLoop
{
    private readonly MessageBacklog _backlog = new();
    private long _packetsReceived;
    private long _packetsDropped;

    /// <summary>
    /// Answers the probes and takes the answers of all datagrams, sends what that makes, and only then takes over the news: a late
    /// answer makes a live node suspect.
    /// </summary>
    private void TakeBatch()
    {
        TimeSpan receivedAt = Stopwatch.GetElapsedTime(_start, _batch.ReceivedAt);
        for (int i = 0; i < _batch.Count; i++)
        {
            _packetsReceived++;
            PacketStatus status = _reader.Open(_batch.PayloadMemory(i));
            if (status != PacketStatus.Open)
            {
                Drop(status, _batch[i].Address);
                continue;
            }

            GossipAddress from = AddressForms.From(_batch[i].Address);
            while (_reader.TryNext(out PacketMessage message))
            {
                if (!TryDispatchProbe(message, from, receivedAt)) _backlog.Add(message, from);
            }
        }

        Flush();
        while (_backlog.TryTake(out PacketMessage message, out GossipAddress from)) Dispatch(message, from);
    }

    private void Drop(PacketStatus status, PeerAddress from)
    {
        _packetsDropped++;
        if (_logger.IsEnabled(LogLevel.Debug)) Log.PacketDropped(_logger, status.ToString(), from.ToString());
    }

    /// <returns>False when it is no message of a probe.</returns>
    private bool TryDispatchProbe(in PacketMessage message, GossipAddress from, TimeSpan receivedAt)
    {
        switch (message.Type)
        {
            case MessageType.Ping:
                if (SwimDecoder.TryDecode(message.Bytes, out Ping ping)) _core.OnPing(Now, ping, from);
                return true;
            case MessageType.IndirectPing:
                if (SwimDecoder.TryDecode(message.Bytes, out IndirectPing indirect)) _core.OnIndirectPing(Now, indirect, from);
                return true;
            case MessageType.AckResp:
                if (SwimDecoder.TryDecode(message.Bytes, out AckResp ack)) _core.OnAckResp(Now, ack, receivedAt);
                return true;
            case MessageType.NackResp:
                if (SwimDecoder.TryDecode(message.Bytes, out NackResp nack)) _core.OnNackResp(Now, nack);
                return true;
            default:
                return false;
        }
    }

    private void Dispatch(in PacketMessage message, GossipAddress from)
    {
        switch (message.Type)
        {
            case MessageType.Suspect:
                if (SwimDecoder.TryDecode(message.Bytes, out Suspect suspect)) _core.OnSuspect(Now, suspect);
                break;
            case MessageType.Alive:
                if (SwimDecoder.TryDecode(message.Bytes, out Alive alive)) _core.OnAlive(Now, alive, from);
                break;
            case MessageType.Dead:
                if (SwimDecoder.TryDecode(message.Bytes, out Dead dead)) _core.OnDead(Now, dead);
                break;
            case MessageType.User:
                if (message.Bytes.Length > 1) DispatchUser(message.Bytes[1..]);
                break;
        }
    }

    /// <param name="raw">Serf type byte and structure.</param>
    private void DispatchUser(ReadOnlyMemory<byte> raw)
    {
        switch ((SerfMessageType)raw.Span[0])
        {
            case SerfMessageType.Leave:
                if (!SerfDecoder.TryDecode(raw, out LeaveIntent leave)) break;
                _core.OnLeaveIntent(Now, leave, raw);
                break;
            case SerfMessageType.Join:
                if (!SerfDecoder.TryDecode(raw, out JoinIntent join)) break;
                _core.OnJoinIntent(Now, join, raw);
                break;
            case SerfMessageType.UserEvent:
                if (SerfDecoder.TryDecode(raw, out UserEvent userEvent)) _core.OnUserEvent(Now, userEvent, raw);
                break;
            case SerfMessageType.Query:
                if (SerfDecoder.TryDecode(raw, _scratch, out Query query)) _core.OnQuery(Now, query, raw);
                break;
            case SerfMessageType.QueryResponse:
                if (SerfDecoder.TryDecode(raw, out QueryResponse response)) _core.OnQueryResponse(Now, response);
                break;
            case SerfMessageType.Relay:
                if (SerfDecoder.TryDecode(raw, out Relay relay)) _core.OnRelay(Now, relay);
                break;
        }
    }
}
