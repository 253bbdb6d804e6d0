using System.IO.Pipelines;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// The client's end of a stream: carries one call at a time, and between calls waits in its connection's free list. Its
/// loop reads all the time, so that a stream that the server ends while it is idle leaves the list.
/// </summary>
/// <remarks>
/// A call belongs to whoever takes it out of <see cref="_call"/>: the loop with an answer or an error, the sender that finds
/// the stream ended, or a cancellation. The underlying stream goes back when its last user leaves, because a sender may
/// still write while the loop ends.
/// </remarks>
internal sealed class RpcClientStream
{
    private static ulong s_seq;

    private readonly RpcPoolConnection _connection;
    private readonly IRpcStream _stream;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly RpcMessageReader _reader;
    private ThreadPoolHop? _hop;
    private RpcPendingCall? _call;
    private string? _error;
    private int _users = 1;
    private bool _hasHeader;
    private bool _closing;
    private bool _ended;
    private bool _flushing;

    public RpcClientStream(RpcPoolConnection connection, IRpcStream stream)
    {
        _connection = connection;
        _stream = stream;
        _input = stream.Input;
        _output = stream.Output;
        _reader = new RpcMessageReader(_input);
    }

    private RpcPoolSettings Settings => _connection.Pool.Settings;

    /// <summary>Starts the loop; returns as soon as it waits.</summary>
    public void Start() => _ = RunAsync();

    /// <summary>
    /// Sends a call; only by whoever took the stream out of the free list. False when the stream had ended: then nothing
    /// was sent and the call is free for another stream.
    /// </summary>
    public bool TrySend(RpcPendingCall call, CancellationToken cancellation)
    {
        if (!TryEnter()) return false;
        try
        {
            call.BeginSending(this);
            Interlocked.Exchange(ref _call, call);
            if (!Volatile.Read(ref _ended)) Send(call, cancellation);
            else if (TryTakeBack(call)) return false;
            else call.Sent();
        }
        finally
        {
            Leave();
        }

        return true;
    }

    /// <summary>Takes the call off the stream; true for one caller at most, who must then end it.</summary>
    public bool TryTakeBack(RpcPendingCall call) => Interlocked.CompareExchange(ref _call, null, call) == call;

    /// <summary>Both parties of a call have left the stream: it becomes free or ends.</summary>
    public void GiveBack(bool keep)
    {
        if (_connection.Return(this, keep)) return;
        Volatile.Write(ref _closing, true);
        if (!TryEnter()) return;
        _input.CancelPendingRead();
        Leave();
    }

    /// <summary>Ends both directions at once; whatever the loop or a flush waits for ends with them. Any thread.</summary>
    public void Reset()
    {
        if (!TryEnter()) return;
        _stream.Reset();
        Leave();
    }

    private void Send(RpcPendingCall call, CancellationToken cancellation)
    {
        ValueTask<FlushResult> flush;
        try
        {
            RpcHeaders.WriteRequest(_output, Interlocked.Increment(ref s_seq), call.Name);
            call.WriteRequest(_output);
            // A flush that is given up would leave half a request behind; a call given up resets its stream instead.
            flush = _output.FlushAsync(CancellationToken.None);
        }
        catch (Exception exception)
        {
            OnSendFailed(call, exception);
            return;
        }

        call.Watch(cancellation);
        if (!flush.IsCompletedSuccessfully)
        {
            _ = FinishFlushAsync(call, flush);
            return;
        }

        // A failure shows at the reading end as well.
        _ = flush.Result;
        call.Sent();
    }

    private async Task FinishFlushAsync(RpcPendingCall call, ValueTask<FlushResult> flush)
    {
        Volatile.Write(ref _flushing, true);
        Interlocked.Increment(ref _users);
        if (Volatile.Read(ref _ended)) Reset();
        try
        {
            await flush.ConfigureAwait(false);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            Reset();
        }

        Volatile.Write(ref _flushing, false);
        Leave();
        call.Sent();
    }

    /// <summary>The encoder failed, which is a defect of ours: the caller gets the exception.</summary>
    private void OnSendFailed(RpcPendingCall call, Exception exception)
    {
        bool taken = TryTakeBack(call);
        Reset();
        if (taken)
        {
            GiveBack(keep: false);
            call.Fault(exception);
        }
        else
        {
            RpcLog.ClientDefect(_connection.Pool.Logger, _connection.Server.Node, exception);
            call.Sent();
        }
    }

    private async Task RunAsync()
    {
        string? failure = null;
        try
        {
            while (!Volatile.Read(ref _closing))
            {
                long maxBytes = _hasHeader ? Settings.MaxResponseBytes : RpcHeaders.BytesMax;
                RpcReadStatus status = _reader.Read(maxBytes, out ReadOnlyMemory<byte> message);
                if (status == RpcReadStatus.NeedMore)
                {
                    _reader.Accept(await _input.ReadAsync().ConfigureAwait(false));
                    continue;
                }

                failure = WhyUnusable(status);
                if (failure is not null) break;
                if (!_hasHeader)
                {
                    _hasHeader = RpcHeaders.TryReadResponse(message.Span, out _, out _error);
                    _reader.Release();
                    if (_hasHeader) continue;
                    failure = RpcErrors.UndecodableReply;
                    break;
                }

                _hasHeader = false;
                bool large = message.Length > Settings.InlineResponseBytesMax;
                if (large) await (_hop ??= new ThreadPoolHop());
                if (!TryComplete(message.Span, large)) break;
            }
        }
        catch (Exception exception)
        {
            // A broken connection is ordinary; anything else is a defect of a decoder and must reach the caller as an error.
            failure = exception.Message;
            if (!CloseReason.IsLoss(exception)) RpcLog.ClientDefect(_connection.Pool.Logger, _connection.Server.Node, exception);
        }

        End(failure);
    }

    private string? WhyUnusable(RpcReadStatus status) => status switch
    {
        RpcReadStatus.Message => null,
        RpcReadStatus.End or RpcReadStatus.Truncated => _stream.Failure ?? RpcErrors.EndOfFile,
        RpcReadStatus.TooLarge => RpcErrors.ReplyTooLarge,
        _ => RpcErrors.UndecodableReply,
    };

    /// <summary>Ends the call with what came; false when nothing more is to be read.</summary>
    private bool TryComplete(ReadOnlySpan<byte> body, bool large)
    {
        RpcPendingCall? call = Interlocked.Exchange(ref _call, null);
        // Given up, or an answer nobody asked for.
        if (call is null) return false;
        RpcOutcome outcome = RpcOutcome.Success;
        string? error = null;
        if (_error is not null) (outcome, error) = (RpcOutcome.Refused, _error);
        else if (!TryTakeReply(call, body)) (outcome, error) = (RpcOutcome.Broken, RpcErrors.UndecodableReply);
        _reader.Release();
        if (error is not null && RpcErrors.IsEofLike(error)) _connection.Drop(error);
        bool keep = error is null;
        if (error is not null) error = RpcErrors.MakingCallPrefix + error;
        // The caller may do anything now, but this loop has to go on reading for the next call.
        if (large) call.FinishOnThreadPool(outcome, error, keep);
        else call.Finish(outcome, error, keep);
        return keep;
    }

    private bool TryTakeReply(RpcPendingCall call, ReadOnlySpan<byte> body)
    {
        try
        {
            return call.TryTakeReply(body);
        }
        catch (Exception exception)
        {
            RpcLog.ClientDefect(_connection.Pool.Logger, _connection.Server.Node, exception);
            return false;
        }
    }

    private void End(string? failure)
    {
        Volatile.Write(ref _ended, true);
        // A full fence against the sender, which publishes its call first and looks at the flag afterwards.
        RpcPendingCall? call = Interlocked.Exchange(ref _call, null);
        _connection.Forget(this);
        _reader.Close();
        _input.Complete();
        // A server that answers before it has read the request does not read the rest: the flush would wait for it.
        if (Volatile.Read(ref _flushing)) _stream.Reset();
        else _stream.Close();
        Leave();
        if (call is null) return;
        string error = failure ?? RpcErrors.EndOfFile;
        if (RpcErrors.IsEofLike(error)) _connection.Drop(error);
        call.Finish(RpcOutcome.Broken, RpcErrors.MakingCallPrefix + error, keepStream: false);
    }

    private bool TryEnter()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users) return true;
            users = seen;
        }

        return false;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0) _stream.Release();
    }
}
