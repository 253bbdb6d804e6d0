using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Transport;
using Consul.Fast.Gossip.Wire;
using Consul.Fast.Gossip.Wire.Security;
using Consul.Fast.Gossip.Wire.Streams;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Gossip.Node;

// Streams run on the thread pool; what they read and what they say passes through the loop.
internal sealed partial class NodeLoop
{
    private const int PushPullsMax = 128;
    private int _pushPulls;
    private OutgoingStream? _merging;

    /// <summary>Reads the one request of a stream and answers it. Throws what a lost connection throws.</summary>
    public async Task ServeStreamAsync(TcpConnection connection)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(_options.Swim.StreamTimeout);
        using GossipCipher? cipher = NewCipher();
        using StreamMessageReader reader = new(_wire, cipher, isReply: false);
        StreamStatus status = await StreamTransfer.ReadAsync(connection, reader, limit.Token);
        byte[]? answer = null;
        if (status == StreamStatus.Complete)
        {
            answer = reader.Type == MessageType.PushPull ? await ServePushPullAsync(reader) : await OnLoop(() => Serve(reader));
        }
        else
        {
            ReadOnlyMemory<byte> text = StreamErrors.TextOf(status);
            if (status != StreamStatus.Nothing) Log.StreamFailed(_logger, connection.RemoteEndPoint, status.ToString());
            if (!text.IsEmpty) answer = await OnLoop(() => _streamWriter.Write(new ErrResp(text)).ToArray());
        }

        if (answer is null) return;
        limit.CancelAfter(_options.Swim.StreamTimeout);
        await connection.Stream.WriteAsync(answer, limit.Token);
    }

    /// <returns>Null also when too many exchanges wait already.</returns>
    private async Task<byte[]?> ServePushPullAsync(StreamMessageReader reader)
    {
        try
        {
            return Interlocked.Increment(ref _pushPulls) < PushPullsMax ? await OnLoop(() => Serve(reader)) : null;
        }
        finally
        {
            Interlocked.Decrement(ref _pushPulls);
        }
    }

    private byte[]? Serve(StreamMessageReader reader)
    {
        switch (reader.Type)
        {
            case MessageType.Ping when SwimDecoder.TryDecode(reader.Message, out Ping ping) && _core.IsMeant(ping):
                return _streamWriter.Write(new AckResp(ping.SeqNo, default)).ToArray();
            case MessageType.PushPull when PushPullDecoder.TryDecode(reader.Message, _scratch, out PushPullState state):
                byte[] own = _streamWriter.Write(_core.LocalState(_state, state.IsJoin), isReply: true).ToArray();
                _core.OnPushPullRequest(Now, state);
                return own;
            case MessageType.User when reader.UserMessage is { IsEmpty: false } message:
                DispatchUser(message);
                return null;
            default:
                return null;
        }
    }

    /// <summary>Runs an own stream to its end and tells the core. Throws nothing.</summary>
    private async Task RunStreamAsync(OutgoingStream stream)
    {
        string? error;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            // The dialer has a limit of its own, the one of an exchange, and words for it.
            if (stream.Kind == StreamKind.Ping) limit.CancelAfter(stream.Timeout);
            DialResult dial = await _dialer.DialPlainAsync(stream.Target, limit.Token);
            error = dial.Connection is { } connection ? await ExchangeAsync(stream, connection, limit) : dial.Error;
        }
        catch (Exception exception)
        {
            // Also a fault of ours: the core waits for the end of the stream.
            if (!CloseReason.IsLoss(exception)) Log.LoopFailed(_logger, exception);
            error = CloseReason.FromException(exception).Text;
        }

        if (_stopped) return;
        if (error is not null) Log.StreamFailed(_logger, stream.Target, error);
        if (error is not null && stream.Kind == StreamKind.PushPull) _inbox.Add(new LoopCall<bool>(() => Fail(stream, error)));
    }

    /// <returns>Null when it went well, otherwise why not.</returns>
    private async Task<string?> ExchangeAsync(OutgoingStream stream, TcpConnection connection, CancellationTokenSource limit)
    {
        await using (connection)
        {
            string path = $"tcp {connection.LocalEndPoint}->{connection.RemoteEndPoint}";
            limit.CancelAfter(stream.Timeout);
            byte[] request = await OnLoop(() => stream.Kind == StreamKind.Ping
                ? stream.Request
                : _streamWriter.Write(_core.LocalState(_state, stream.IsJoin), isReply: false).ToArray());
            using GossipCipher? cipher = NewCipher();
            using StreamMessageReader reader = new(_wire, cipher, isReply: true);
            string action = "write";
            StreamStatus status;
            try
            {
                await connection.Stream.WriteAsync(request, limit.Token);
                action = "read";
                status = await StreamTransfer.ReadAsync(connection, reader, limit.Token);
            }
            catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
            {
                return $"{action} {path}: i/o timeout";
            }
            catch (Exception exception) when (CloseReason.IsLoss(exception) && !_stop.IsCancellationRequested)
            {
                return $"{action} {path}: {action}: {CloseReason.FromException(exception).Text}";
            }

            if (status == StreamStatus.Complete) return await OnLoop(() => Take(stream, reader));
            ReadOnlyMemory<byte> text = StreamErrors.TextOf(status);
            if (!text.IsEmpty) return Text(text);
            return status is StreamStatus.Nothing ? "EOF" : $"received an invalid message ({status}) from={stream.Target}";
        }
    }

    /// <returns>Null when it went well, otherwise why not.</returns>
    private string? Take(OutgoingStream stream, StreamMessageReader reader)
    {
        switch (reader.Type)
        {
            case MessageType.Err when SwimDecoder.TryDecode(reader.Message, out ErrResp refusal):
                return $"remote error: {Text(refusal.Error)}";
            case MessageType.AckResp when stream.Kind == StreamKind.Ping:
                if (!SwimDecoder.TryDecode(reader.Message, out AckResp ack)) return "malformed acknowledgement";
                if (ack.SeqNo != stream.SeqNo) return $"Sequence number from ack ({ack.SeqNo}) doesn't match ping ({stream.SeqNo})";
                _core.OnStreamPingAnswered(Now, ack.SeqNo);
                return null;
            case MessageType.PushPull when stream.Kind == StreamKind.PushPull:
                if (!PushPullDecoder.TryDecode(reader.Message, _scratch, out PushPullState state)) return "malformed state";
                _merging = stream;
                _core.OnPushPullReply(Now, stream.Token, state);
                _merging = null;
                return null;
            default:
                return $"received invalid msgType ({(int)reader.Type}), expected {Expected(stream.Kind)} from={stream.Target}";
        }
    }

    private bool Fail(OutgoingStream stream, string error)
    {
        NoteJoinFailure(stream, error);
        _core.OnPushPullFailed(Now, stream.Token);
        return true;
    }

    private void NoteJoinFailure(OutgoingStream stream, string error)
    {
        if (_joinFailures.TryGetValue(stream.Command, out List<JoinFailure>? failures)) failures.Add(new JoinFailure(stream.Target, error));
    }

    void IGossipOutput.MergeRefused(string reason)
    {
        Log.MergeRefused(_logger, reason);
        if (_merging is not null) NoteJoinFailure(_merging, reason);
    }

    private static string Expected(StreamKind kind) => kind == StreamKind.Ping
        ? $"ackRespMsg ({(int)MessageType.AckResp})"
        : $"pushPullMsg ({(int)MessageType.PushPull})";

    private sealed record OutgoingStream(
        long Token, long Command, StreamKind Kind, System.Net.IPEndPoint Target, bool IsJoin, byte[] Request, uint SeqNo, TimeSpan Timeout);
}
