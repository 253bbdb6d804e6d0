using Consul.Fast.Gossip.Core;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Swim;
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
            bool isExchange = reader.Type == MessageType.PushPull;
            if (isExchange && Interlocked.Increment(ref _pushPulls) > PushPullsMax)
            {
                Interlocked.Decrement(ref _pushPulls);
                return;
            }

            answer = await OnLoop(() => Serve(reader));
            if (isExchange) Interlocked.Decrement(ref _pushPulls);
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

    private byte[]? Serve(StreamMessageReader reader)
    {
        switch (reader.Type)
        {
            case MessageType.Ping when SwimDecoder.TryDecode(reader.Message, out Ping ping) && _core.IsMeant(ping):
                return _streamWriter.Write(new AckResp(ping.SeqNo, default)).ToArray();
            case MessageType.PushPull when PushPullDecoder.TryDecode(reader.Message, _scratch, out PushPullState state):
                byte[] own = _streamWriter.Write(_core.LocalState(_state, state.IsJoin), isReply: true).ToArray();
                _core.OnPushPullRequest(Now, state);
                RefreshAll();
                return own;
            case MessageType.User when reader.UserMessage is { IsEmpty: false } message:
                DispatchUser(message);
                return null;
            default:
                return null;
        }
    }

    private async Task RunStreamAsync(OutgoingStream stream)
    {
        string? error = null;
        bool done = false;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(stream.Timeout);
            DialResult dial = await _dialer.DialPlainAsync(stream.Target, limit.Token);
            error = dial.Error;
            if (dial.Connection is { } connection)
            {
                await using (connection)
                {
                    limit.CancelAfter(stream.Timeout);
                    (done, error) = await ExchangeAsync(stream, connection, limit.Token);
                }
            }
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            error = exception.Message;
        }

        if (error is not null) Log.StreamFailed(_logger, stream.Target, error);
        if (!done && stream.Kind == StreamKind.PushPull) Post(() => _core.OnPushPullFailed(Now, stream.Token));
    }

    /// <returns>Whether the core was told the outcome, and what went wrong.</returns>
    private async Task<(bool Done, string? Error)> ExchangeAsync(OutgoingStream stream, TcpConnection connection, CancellationToken limit)
    {
        byte[] request = await OnLoop(() => stream.Kind == StreamKind.Ping
            ? stream.Request
            : _streamWriter.Write(_core.LocalState(_state, stream.IsJoin), isReply: false).ToArray());
        await connection.Stream.WriteAsync(request, limit);
        using GossipCipher? cipher = NewCipher();
        using StreamMessageReader reader = new(_wire, cipher, isReply: true);
        StreamStatus status = await StreamTransfer.ReadAsync(connection, reader, limit);
        if (status != StreamStatus.Complete) return (false, status.ToString());
        return await OnLoop(() => Take(stream, reader));
    }

    private (bool Done, string? Error) Take(OutgoingStream stream, StreamMessageReader reader)
    {
        switch (reader.Type)
        {
            case MessageType.Err when SwimDecoder.TryDecode(reader.Message, out ErrResp refusal):
                return (false, System.Text.Encoding.UTF8.GetString(refusal.Error.Span));
            case MessageType.AckResp when stream.Kind == StreamKind.Ping:
                if (SwimDecoder.TryDecode(reader.Message, out AckResp ack) && ack.SeqNo == stream.SeqNo) _core.OnStreamPingAnswered(Now, ack.SeqNo);
                return (true, null);
            case MessageType.PushPull when stream.Kind == StreamKind.PushPull:
                if (!PushPullDecoder.TryDecode(reader.Message, _scratch, out PushPullState state)) return (false, "malformed state");
                MergeResult result = _core.OnPushPullReply(Now, stream.Token, state);
                RefreshAll();
                return (true, result == MergeResult.Merged ? null : result.ToString());
            default:
                return (false, $"unexpected answer of type {reader.Type}");
        }
    }

    private sealed record OutgoingStream(
        long Token, StreamKind Kind, System.Net.IPEndPoint Target, bool IsJoin, byte[] Request, uint SeqNo, TimeSpan Timeout);
}
