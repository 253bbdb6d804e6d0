using System.IO.Pipelines;
using System.Net;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// Serves the calls of one stream, strictly one after the other. Its loop runs wherever data arrives: inline methods stay
/// on that thread, the others continue on the thread pool.
/// </summary>
internal sealed class RpcChannel
{
    private readonly RpcServer _server;
    private readonly IRpcStream _stream;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly RpcMessageReader _reader;
    private readonly RpcCall _call;
    private readonly IPEndPoint _remote;
    private readonly ReplyShare _replies;
    private ThreadPoolHop? _hop;
    private RpcMethod? _method;
    private byte[]? _unknownName;
    private string? _refusal;
    private ulong _seq;
    private bool _hasHeader;
    private bool _over;
    private bool _reset;

    public RpcChannel(RpcServer server, IRpcStream stream, IPEndPoint remote, ReplyShare replies)
    {
        _replies = replies;
        _server = server;
        _stream = stream;
        _remote = remote;
        _input = stream.Input;
        _output = stream.Output;
        _reader = new RpcMessageReader(_input);
        _call = new RpcCall(stream, _reader, _output, remote, replies, server.Stopping);
    }

    /// <summary>Neighbours in the server's list of channels, under its lock.</summary>
    internal RpcChannel? Next { get; set; }

    internal RpcChannel? Previous { get; set; }

    /// <summary>What <see cref="TakeRequest"/> found.</summary>
    private enum Step
    {
        Wait,
        Run,
        Refuse,
        Close,
    }

    private bool IsIdle => !_hasHeader && !_reader.HasPending;

    /// <summary>Serves until either side ends the stream. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                switch (TakeRequest())
                {
                    case Step.Wait:
                        if (_server.IsDraining && IsIdle) return;
                        _reader.Accept(await _input.ReadAsync().ConfigureAwait(false));
                        continue;
                    case Step.Refuse:
                        _call.Reject(_refusal!);
                        _server.OnRequestError(_remote, _refusal!);
                        break;
                    case Step.Run when !_server.TryBegin(_remote):
                        _call.Fail(RpcErrors.Overloaded(_server.Settings.MaxInFlight));
                        break;
                    case Step.Run:
                        RpcMethod method = _method!;
                        if (!RunsInline(method)) await (_hop ??= new ThreadPoolHop());
                        try
                        {
                            await method.InvokeAsync(_call).ConfigureAwait(false);
                            if (!_call.IsAnswered) OnDefect(method, new InvalidOperationException("The call was not answered."));
                        }
                        catch (Exception exception)
                        {
                            OnDefect(method, exception);
                        }
                        finally
                        {
                            _server.End();
                        }

                        break;
                    default:
                        return;
                }

                if (_over || _stream.IsBroken) return;
                _reader.Release();
                long held = _output.UnflushedBytes;
                FlushResult flushed = await FlushAsync(held).ConfigureAwait(false);
                if (flushed.IsCompleted || _call.ClosesStream) return;
            }
        }
        catch (Exception exception)
        {
            // A connection that breaks shows in its stream as one of these; anything else must not be lost in a task.
            if (CloseReason.IsLoss(exception))
                RpcLog.StreamClosed(_server.Logger, exception.Message, _remote);
            else RpcLog.StreamDefect(_server.Logger, _remote, exception);
            _reset = true;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Lets an idle channel look whether the server drains. Any thread.</summary>
    public void Wake() => _input.CancelPendingRead();

    /// <summary>Ends the channel whatever it does. Any thread.</summary>
    public void Abort() => _stream.Reset();

    /// <summary>Only an answer that has to wait for its peer counts as held; the others have left already.</summary>
    private ValueTask<FlushResult> FlushAsync(long bytes)
    {
        ValueTask<FlushResult> flush = _output.FlushAsync();
        return flush.IsCompleted ? flush : HoldAsync(flush, bytes);
    }

    private async ValueTask<FlushResult> HoldAsync(ValueTask<FlushResult> flush, long bytes)
    {
        _replies.Hold(bytes);
        try
        {
            return await flush.ConfigureAwait(false);
        }
        finally
        {
            _replies.Release(bytes);
        }
    }

    private bool RunsInline(RpcMethod method) =>
        method.Scheduling == RpcScheduling.Inline && _call.Body.Length <= _server.Settings.InlineRequestBytesMax;

    private Step TakeRequest()
    {
        ReadOnlyMemory<byte> message;
        if (!_hasHeader)
        {
            RpcReadStatus header = _reader.Read(RpcHeaders.BytesMax, out message);
            if (header == RpcReadStatus.NeedMore) return Step.Wait;
            if (header != RpcReadStatus.Message || !TakeHeader(message.Span)) return CloseWith(header);
        }

        RpcReadStatus body = _reader.Read(_server.Settings.MaxRequestBytes, out message);
        if (body == RpcReadStatus.NeedMore) return Step.Wait;
        _hasHeader = false;
        _call.Begin(_seq, _unknownName ?? _method!.Encoded.EncodedField, message);
        if (_refusal is null && body == RpcReadStatus.Message) return Step.Run;
        _refusal ??= body switch
        {
            RpcReadStatus.TooLarge => RpcErrors.RequestTooLarge(_server.Settings.MaxRequestBytes),
            RpcReadStatus.Malformed => RpcErrors.UndecodableBody([]),
            _ => RpcErrors.EndOfFile,
        };
        return Step.Refuse;
    }

    private bool TakeHeader(ReadOnlySpan<byte> value)
    {
        if (!RpcHeaders.TryReadRequest(value, out _seq, out ReadOnlySpan<byte> name)) return false;
        _method = _server.Registry.Find(name);
        if (_method is null)
        {
            _refusal = _server.Registry.WhyUnknown(name);
            _unknownName = RpcName.Encode(name);
        }

        _hasHeader = true;
        _reader.Release();
        return true;
    }

    /// <summary>Nothing can be answered to a header that cannot be read.</summary>
    private Step CloseWith(RpcReadStatus status)
    {
        if (status == RpcReadStatus.End) return Step.Close;
        string reason = status switch
        {
            RpcReadStatus.Truncated => _stream.Failure ?? RpcErrors.EndOfFile,
            RpcReadStatus.TooLarge => "request header too large",
            _ => "rpc: server cannot decode request",
        };
        if (status == RpcReadStatus.Truncated) RpcLog.StreamClosed(_server.Logger, reason, _remote);
        else _server.OnRequestError(_remote, reason);
        return Step.Close;
    }

    private void OnDefect(RpcMethod method, Exception exception)
    {
        if (exception is OperationCanceledException && _server.Stopping.IsCancellationRequested)
        {
            // Its caller reads an end of file, and may ask another server.
            _over = true;
            return;
        }

        RpcLog.MethodDefect(_server.Logger, method.Name, _remote, exception);
        // Half an answer cannot be taken back; a broken stream is the only sign that it is none.
        if (_call.IsAnswered) _over = _reset = true;
        else _call.Reject(RpcErrors.Internal(method.Name));
    }

    private void End()
    {
        _server.Remove(this);
        _reader.Close();
        _input.Complete();
        if (_reset) _stream.Reset();
        else _stream.Close();
        _stream.Release();
    }
}
