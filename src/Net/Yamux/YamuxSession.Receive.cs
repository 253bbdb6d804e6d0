using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Consul.Fast.Net.Yamux;

/// <content>The read loop: takes frames apart wherever they are split and applies them.</content>
public sealed partial class YamuxSession
{
    /// <summary>
    /// Control frames that may wait for the connection before reading pauses: a peer that asks and never reads the answers
    /// is held by its own connection, not by our memory.
    /// </summary>
    private const int ControlMax = 64 * 1024;

    private readonly byte[] _header = new byte[FrameHeader.Size];
    private int _headerBytes;
    private uint _payloadLeft;
    private uint _payloadId;
    private bool _payloadFin;

    /// <summary>Where the payload goes; null when it is dropped.</summary>
    private YamuxStream? _payloadStream;

    /// <summary>
    /// The read loop; call it once. Completes when the session is over and no write is under way; never throws for what the
    /// peer or the connection does.
    /// </summary>
    public async Task RunAsync()
    {
        try
        {
            StartKeepAlive();
            while (!_ended)
            {
                ReadResult result = await _input.ReadAsync().ConfigureAwait(false);
                if (!HandleBatch(result.Buffer)) break;
                _input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) End(_headerBytes == 0 && _payloadLeft == 0 ? "EOF" : "unexpected EOF");
                else if (IsControlFull()) await WhenControlSentAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsConnectionError(e))
        {
            End(e.Message);
        }
        catch (Exception e)
        {
            YamuxLog.Failed(_logger, e, _peer);
            End("internal error");
        }

        End(YamuxStream.SessionShutdown);
        await WhenWrittenAsync().ConfigureAwait(false);
        await _input.CompleteAsync().ConfigureAwait(false);
    }

    private static bool IsConnectionError(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or OperationCanceledException;

    /// <summary>Handles what one read brought; answers given meanwhile leave in one write. False when the session is over.</summary>
    private bool HandleBatch(in ReadOnlySequence<byte> buffer)
    {
        HoldFlush();
        try
        {
            foreach (ReadOnlyMemory<byte> part in buffer)
            {
                if (!Feed(part.Span)) return false;
            }

            // The rest of the frame may take long; its reader gets what there is.
            if (_payloadStream is not null) Deliver(_payloadStream, _payloadId);
            return !_ended;
        }
        finally
        {
            ReleaseFlush();
        }
    }

    /// <summary>Consumes every byte: parts of a header are kept here, parts of a payload go to its stream.</summary>
    private bool Feed(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (_ended) return false;
            if (_payloadLeft > 0)
            {
                int count = (int)Math.Min(_payloadLeft, (uint)input.Length);
                TakePayload(input[..count]);
                input = input[count..];
                continue;
            }

            if (!TryTakeHeader(ref input, out FrameHeader header)) return true;
            if (!Handle(header)) return false;
        }

        return true;
    }

    private bool TryTakeHeader(ref ReadOnlySpan<byte> input, out FrameHeader header)
    {
        if (_headerBytes == 0 && input.Length >= FrameHeader.Size)
        {
            header = FrameHeader.Read(input);
            input = input[FrameHeader.Size..];
            return true;
        }

        int count = Math.Min(FrameHeader.Size - _headerBytes, input.Length);
        input[..count].CopyTo(_header.AsSpan(_headerBytes));
        _headerBytes += count;
        input = input[count..];
        header = default;
        if (_headerBytes < FrameHeader.Size) return false;
        header = FrameHeader.Read(_header);
        _headerBytes = 0;
        return true;
    }

    private bool Handle(in FrameHeader header)
    {
        if (header.Version != 0) return Refuse("invalid protocol version");
        switch (header.Type)
        {
            case FrameType.Data:
            case FrameType.WindowUpdate:
                return HandleStreamFrame(header);
            case FrameType.Ping:
                HandlePing(header);
                return true;
            case FrameType.GoAway:
                return HandleGoAway((GoAwayCode)header.Length);
            default:
                return Refuse("invalid msg type");
        }
    }

    private bool HandleStreamFrame(in FrameHeader header)
    {
        uint id = header.StreamId;
        YamuxStream? accepted = null;
        YamuxStream? stream;
        string? fault = null;
        bool over = false;
        lock (Gate)
        {
            if (_ended) return false;
            if (header.Has(FrameFlags.Syn)) fault = AdmitLocked(id, out accepted);
            stream = _table.Find(id);
            if (fault is null && stream is not null) fault = ApplyLocked(stream, header);
            if (stream is { IsRemoved: true })
            {
                over = header.Has(FrameFlags.Rst);
                if (over && accepted is not null) Recycle(accepted);
            }
        }

        if (fault is not null) return ProtocolError(fault);
        if (stream is null) YamuxLog.FrameForMissingStream(_logger, _peer, header.Type, header.Flags, id, header.Length);
        if (over) stream!.Reader.Abandon(id);
        else if (accepted is not null) _acceptor!.OnStream(accepted);
        if (header.Type == FrameType.Data && header.Length > 0)
        {
            _payloadLeft = header.Length;
            _payloadId = id;
            _payloadFin = header.Has(FrameFlags.Fin);
            _payloadStream = over ? null : stream;
        }
        else if (header.Has(FrameFlags.Fin))
        {
            stream?.Reader.End(id);
        }

        return true;
    }

    /// <summary>Flags first, then the payload's size or the credit. Returns the text of a protocol error, or null.</summary>
    private string? ApplyLocked(YamuxStream stream, in FrameHeader header)
    {
        if (header.Has(FrameFlags.Ack)) AcknowledgeLocked(stream);
        if (header.Has(FrameFlags.Fin))
        {
            if (stream.IsRemoteClosed) return "unexpected flag";
            stream.IsRemoteClosed = true;
            if (stream.TimedLink.List == _opening) _opening.Remove(stream);
        }

        if (header.Type == FrameType.Data)
        {
            if (header.Length > stream.ReceiveWindow) return "recv window exceeded";
            stream.ReceiveWindow -= header.Length;
        }
        else
        {
            stream.SendWindow = Math.Min(stream.SendWindow + header.Length, uint.MaxValue);
        }

        if (header.Has(FrameFlags.Rst)) Fail(stream, YamuxStream.ConnectionReset);
        else if (stream.IsRemoteClosed && stream.IsFinSent) Remove(stream);
        else if (header.Type == FrameType.WindowUpdate && !stream.Queued.IsEmpty) MakeReady(stream);
        return null;
    }

    private void TakePayload(ReadOnlySpan<byte> bytes)
    {
        _payloadLeft -= (uint)bytes.Length;
        if (_payloadStream is not { } stream) return;
        stream.Reader.Append(_payloadId, bytes);
        if (_payloadLeft > 0) return;
        _payloadStream = null;
        if (_payloadFin) stream.Reader.End(_payloadId);
        Deliver(stream, _payloadId);
    }

    /// <summary>Lets the owner read; what it leaves is charged, and resets the stream when it is too much.</summary>
    private void Deliver(YamuxStream stream, uint id)
    {
        stream.Reader.Notify(id);
        if (!stream.Reader.HasUnread || stream.Reader.TryCharge(id)) return;
        YamuxLog.UnreadLimit(_logger, _peer, id, UnreadBytes, _settings.ReceiveBudget.Used);
        ResetStream(stream, id, YamuxStream.ConnectionReset);
    }

    private void HandlePing(in FrameHeader header)
    {
        lock (Gate)
        {
            if (_ended) return;
            if (header.Has(FrameFlags.Syn)) QueueControl(new FrameHeader(FrameType.Ping, FrameFlags.Ack, 0, header.Length));
            else PingAnsweredLocked(header.Length);
        }
    }

    private bool HandleGoAway(GoAwayCode code)
    {
        switch (code)
        {
            case GoAwayCode.Normal:
                TaskCompletionSource? openers;
                lock (Gate)
                {
                    _remoteGoAway = true;
                    (openers, _openWait) = (_openWait, null);
                }

                openers?.TrySetResult();
                return true;
            case GoAwayCode.ProtocolError:
                return Refuse("yamux protocol error");
            case GoAwayCode.InternalError:
                return Refuse("remote yamux internal error");
            default:
                return Refuse("unexpected go away received");
        }
    }

    /// <summary>Ends the session without a word to the peer.</summary>
    private bool Refuse(string text)
    {
        YamuxLog.Refused(_logger, _peer, text);
        End(text);
        return false;
    }

    /// <summary>Ends the session; the peer is told when the connection takes the frame at once.</summary>
    private bool ProtocolError(string text)
    {
        bool claimed;
        lock (Gate)
        {
            _localGoAway = true;
            QueueControl(new FrameHeader(FrameType.GoAway, FrameFlags.None, 0, (uint)GoAwayCode.ProtocolError));
            claimed = ClaimWriter(held: false);
        }

        if (claimed) Pump();
        return Refuse(text);
    }
}
