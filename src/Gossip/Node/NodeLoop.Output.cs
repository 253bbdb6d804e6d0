using System.Net;
using System.Numerics;
using System.Text;
using System.Threading.Channels;
using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Serf;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Net.Datagrams;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Gossip.Node;

// What the core wants done. Runs inside its inputs, so nothing here calls it.
internal sealed partial class NodeLoop : IGossipOutput
{
    private readonly Channel<PoolEvent> _events;
    private readonly Queue<(QueryId Id, KeyOperation Operation, byte[] Key)> _keyQueries = new();
    private readonly Dictionary<long, TaskCompletionSource<Completion>> _commands = [];
    private readonly Dictionary<long, TaskCompletionSource<KeyCollection?>> _keyRuns = [];
    private readonly Dictionary<QueryId, PoolQuery> _queries = [];
    private PacketHead _head;
    private uint _pingSeqNo;
    private long _eventsDropped;

    public ChannelReader<PoolEvent> Events => _events.Reader;

    void IGossipOutput.BeginPacket(in PacketHead head)
    {
        _head = head;
        _pingSeqNo = 0;
        _writer.Begin();
    }

    void IGossipOutput.Add(in Ping message)
    {
        _pingSeqNo = message.SeqNo;
        _writer.Add(message);
    }

    void IGossipOutput.Add(in IndirectPing message) => _writer.Add(message);

    void IGossipOutput.Add(in AckResp message) => _writer.Add(message);

    void IGossipOutput.Add(in NackResp message) => _writer.Add(message);

    void IGossipOutput.Add(in Suspect message) => _writer.Add(message);

    void IGossipOutput.Add(in Alive message) => _writer.Add(message);

    void IGossipOutput.Add(in Dead message) => _writer.Add(message);

    void IGossipOutput.AddUser(ReadOnlyMemory<byte> message) => _writer.AddUser(message.Span);

    void IGossipOutput.EndPacket()
    {
        // What nobody could be sent to does not implicate this node.
        if (_writer.TryEnd(_head.HasChecksum, out ReadOnlyMemory<byte> datagram)
            && AddressForms.TryToPeer(_head.Target, out PeerAddress peer))
        {
            _sender.Add(_head.Urgency, peer, datagram.Span, _pingSeqNo);
        }
        else
        {
            _sender.NoteUnsent(_pingSeqNo, isLocalFault: false);
        }
    }

    void IGossipOutput.OpenStream(in StreamRequest request)
    {
        bool isPing = request.Kind == StreamKind.Ping;
        TimeSpan timeout = isPing ? request.Deadline - Now : _options.Swim.StreamTimeout;
        if (timeout <= TimeSpan.Zero) return;
        byte[] bytes = isPing ? _streamWriter.Write(request.Ping).ToArray() : [];
        OutgoingStream stream = new(
            request.Token, request.Command, request.Kind, AddressForms.ToShownEndPoint(request.Target), request.IsJoin, bytes,
            request.Ping.SeqNo, timeout);
        ThreadPool.UnsafeQueueUserWorkItem(static pair => _ = pair.Loop.RunStreamAsync(pair.Stream), (Loop: this, Stream: stream), false);
    }

    void IGossipOutput.StatusChanged(in MemberView member)
    {
        if (!Members.TryGetValue(Text(member.Name), out Member? known)) return;
        Members = Members.SetItem(known.Name, known with { Status = member.Status });
    }

    void IGossipOutput.Member(in MemberNotice notice)
    {
        Member member = MemberForms.From(notice.Member);
        Members = notice.Change == MemberChange.Reap ? Members.Remove(member.Name) : Members.SetItem(member.Name, member);
        IPEndPoint address = new(member.Address, member.Port);
        switch (notice.Change)
        {
            case MemberChange.Join:
                Log.MemberJoin(_logger, member.Name, member.Address);
                _snapshot?.Alive(member.Name, address);
                break;
            case MemberChange.Leave:
                Log.MemberLeave(_logger, member.Name, member.Address);
                _snapshot?.NotAlive(member.Name);
                break;
            case MemberChange.Failed:
                Log.MemberFailed(_logger, member.Name, member.Address);
                _snapshot?.NotAlive(member.Name);
                break;
            case MemberChange.Update:
                Log.MemberUpdate(_logger, member.Name);
                break;
            default:
                Log.MemberReap(_logger, member.Name);
                break;
        }

        _events.Writer.TryWrite(new MemberEvent((MemberEventKind)notice.Change, member));
    }

    void IGossipOutput.UserEvent(in UserEvent message) => _events.Writer.TryWrite(
        new UserPoolEvent(message.LTime, Text(message.Name), message.Payload.ToArray(), message.CC));

    void IGossipOutput.Query(in IncomingQuery query)
    {
        QueryId id = query.Id;
        _events.Writer.TryWrite(new QueryPoolEvent(id.LTime, Text(query.Name), query.Payload.ToArray(), Text(query.SourceNode))
        {
            Responder = payload => OnLoop(() => _core.Respond(Now, id, payload) switch
            {
                RespondResult.Sent => null,
                RespondResult.TooLarge => "response is larger than allowed",
                _ => "response is past the deadline or was sent already",
            }),
        });
    }

    void IGossipOutput.KeyQuery(in IncomingKeyQuery query) => _keyQueries.Enqueue((query.Id, query.Operation, query.Key.ToArray()));

    void IGossipOutput.QueryAck(QueryId id, ReadOnlyMemory<byte> from)
    {
        if (_queries.TryGetValue(id, out PoolQuery? query)) query.Ack(Text(from));
    }

    void IGossipOutput.QueryAnswer(QueryId id, ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> payload)
    {
        if (_queries.TryGetValue(id, out PoolQuery? query)) query.Answer(new PoolAnswer(Text(from), payload.ToArray()));
    }

    void IGossipOutput.QueryDone(QueryId id)
    {
        if (_queries.Remove(id, out PoolQuery? query)) query.Done();
    }

    void IGossipOutput.KeysCollected(long token, KeyCollection result)
    {
        if (_keyRuns.Remove(token, out TaskCompletionSource<KeyCollection?>? run)) run.TrySetResult(result);
    }

    void IGossipOutput.Completed(in Completion completion)
    {
        _joinFailures.Remove(completion.Token);
        if (_commands.Remove(completion.Token, out TaskCompletionSource<Completion>? command)) command.TrySetResult(completion);
    }

    void IGossipOutput.Warn(in Warning warning)
    {
        if (warning.Kind == WarningKind.Refuted) Log.Refuted(_logger);
        else if (!_logger.IsEnabled(LogLevel.Information)) return;
        else if (warning.Kind == WarningKind.ProbeFailed) Log.Suspected(_logger, Text(warning.Node), warning.Address.ToString());
        else Log.CoreWarning(_logger, warning.Kind.ToString(), Text(warning.Node), warning.Address.ToString());
    }

    void IGossipOutput.NameConflictLost()
    {
        Log.NameLost(_logger, _options.Name);
        _events.Writer.TryWrite(new NameLostEvent());
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>Whoever follows the events misses one. Each time as many more are lost as were so far, the log tells it again.</summary>
    private void OnEventDropped()
    {
        long dropped = Interlocked.Increment(ref _eventsDropped);
        if (BitOperations.IsPow2(dropped)) Log.EventsDropped(_logger, dropped);
    }
}
