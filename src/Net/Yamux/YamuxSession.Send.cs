using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Consul.Fast.Net.Buffers;

namespace Consul.Fast.Net.Yamux;

/// <content>
/// The combining writer. Control frames go first; then streams that have just become ready with little to send, one frame
/// each, so that a small call passes every transfer; then the others in turn.
/// </content>
public sealed partial class YamuxSession : IThreadPoolWorkItem
{
    /// <summary>Most payload of a frame; with its header it is a quarter of an output block.</summary>
    private const int PayloadMax = (PinnedBlockPool.LargeBlock / 4) - FrameHeader.Size;

    /// <summary>A smaller piece of a larger queue is not worth a header at the end of a block.</summary>
    private const int PieceMin = 1024;

    /// <summary>A flush waits while a stream has this much queued, until half of it has left.</summary>
    private const int QueueMark = 64 * 1024;

    /// <summary>Answers a batch of frames may gather before they are written although the batch is not at its end.</summary>
    private const int HoldMax = 64 * 1024;

    /// <summary>Blocks written on the thread that started it; the rest is for the thread pool, so that a caller goes on.</summary>
    private const int BlocksInline = 4;

    /// <summary>A stream that becomes ready with at most this much goes before the transfers.</summary>
    private const int SmallMax = 4096;

    private static readonly FlushResult s_over = new(isCanceled: false, isCompleted: true);

    private readonly Action _onWritten;

    /// <summary>Encoded frames without payload, in order.</summary>
    private readonly BlockBuffer _control;

    /// <summary>
    /// Streams that have become ready with little to send. After its frame a stream goes to the end of the round even if
    /// nothing is left, and leaves the round at its turn: so it passes the others at most once per round.
    /// </summary>
    private readonly StreamList _small = new(timed: false);

    /// <summary>Streams that take turns.</summary>
    private readonly StreamList _round = new(timed: false);

    private long _queuedBytes;
    private bool _writing;
    private volatile bool _writePending;
    private int _holdingThread;
    private IMemoryOwner<byte>? _block;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _write;
    private TaskCompletionSource? _writtenWait;
    private TaskCompletionSource? _controlWait;

    /// <summary>
    /// Completes when nothing is queued that could be sent now and no write is under way; at once on a session that is over
    /// and quiet. For an orderly end: GoAway, wait for the calls, wait for this, close.
    /// </summary>
    public Task WhenWrittenAsync()
    {
        lock (Gate)
        {
            if (!_writing && !HasWork) return Task.CompletedTask;
            _writtenWait ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _writtenWait.Task;
        }
    }

    void IThreadPoolWorkItem.Execute() => Pump();

    /// <summary>
    /// Until <see cref="ReleaseFlush"/>, what this thread sends stays queued, so that the answers to a batch leave in one
    /// write. Other threads write meanwhile.
    /// </summary>
    internal void HoldFlush() => _holdingThread = Environment.CurrentManagedThreadId;

    /// <summary>Ends the hold and writes what has gathered.</summary>
    internal void ReleaseFlush()
    {
        bool claimed;
        _holdingThread = 0;
        lock (Gate) claimed = HasWork && ClaimWriter();
        if (claimed) Pump();
    }

    /// <summary>Takes over what the owner has written. See <see cref="YamuxStream.Output"/> for when it completes.</summary>
    internal ValueTask<FlushResult> Flush(YamuxStream stream, CancellationToken cancellation)
    {
        bool claimed;
        bool full;
        lock (Gate)
        {
            if (!QueueLocked(stream)) return new ValueTask<FlushResult>(s_over);
            claimed = ClaimWriter();
            full = stream.Queued.Length >= QueueMark;
        }

        if (claimed) Pump();
        return full ? WaitForRoom(stream, cancellation) : default;
    }

    internal void FlushAndClose(YamuxStream stream)
    {
        lock (Gate) QueueLocked(stream);
        CloseStream(stream);
    }

    internal void CancelFlush(YamuxStream stream)
    {
        lock (Gate) stream.Writer.Wake(new FlushResult(isCanceled: true, isCompleted: false));
    }

    /// <summary>Gives the peer credit for what the owner has read.</summary>
    internal void GrantWindow(YamuxStream stream, uint id, uint credit)
    {
        bool claimed;
        lock (Gate)
        {
            if (stream.IsRemoved || stream.Id != id) return;
            stream.ReceiveWindow += credit;
            QueueControl(new FrameHeader(FrameType.WindowUpdate, FrameFlags.None, id, credit));
            claimed = ClaimWriter();
        }

        if (claimed) Pump();
    }

    private bool HasWork => _control.Length > 0 || _small.First is not null || _round.First is not null;

    private ValueTask<FlushResult> WaitForRoom(YamuxStream stream, CancellationToken cancellation)
    {
        short version;
        WaitCancellation? registration;
        lock (Gate)
        {
            if (stream.IsRemoved) return new ValueTask<FlushResult>(s_over);
            if (stream.Queued.Length < QueueMark) return default;
            version = stream.Writer.Arm(cancellation, out registration);
        }

        registration?.Register();
        return new ValueTask<FlushResult>(stream.Writer, version);
    }

    /// <summary>False when the stream takes nothing any more; the bytes are dropped.</summary>
    private bool QueueLocked(YamuxStream stream)
    {
        BlockBuffer pending = stream.Writer.Pending;
        if (stream.IsRemoved || stream.IsFinQueued)
        {
            pending.Clear();
            return false;
        }

        _queuedBytes += pending.Length;
        pending.MoveTo(stream.Queued);
        MakeReady(stream);
        return true;
    }

    private void QueueControl(in FrameHeader header)
    {
        if (_ended) return;
        header.Write(_control.GetSpan(FrameHeader.Size));
        _control.Advance(FrameHeader.Size);
    }

    private void QueueReset(uint id) => QueueControl(new FrameHeader(FrameType.WindowUpdate, FrameFlags.Rst, id, 0));

    private void MakeReady(YamuxStream stream)
    {
        if (stream.SendLink.List is not null || !stream.CanSend) return;
        (stream.Queued.Length <= SmallMax ? _small : _round).Append(stream);
    }

    /// <summary>True when the caller has to write; it then calls <see cref="Pump"/> without the gate.</summary>
    private bool ClaimWriter(bool held = true)
    {
        if (_writing || _ended) return false;
        if (held && _holdingThread == Environment.CurrentManagedThreadId && _queuedBytes + _control.Length < HoldMax) return false;
        _writing = true;
        return true;
    }

    private bool IsControlFull()
    {
        lock (Gate) return _control.Length > ControlMax;
    }

    private Task WhenControlSentAsync()
    {
        lock (Gate)
        {
            if (_control.IsEmpty) return Task.CompletedTask;
            _controlWait ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _controlWait.Task;
        }
    }

    /// <summary>Writes until nothing is left; only for the one who has claimed it.</summary>
    private void Pump()
    {
        try
        {
            for (int blocks = 0; ; blocks++)
            {
                if (blocks == BlocksInline)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return;
                }

                int length = FillBlock();
                if (length == 0) return;
#pragma warning disable CA2012 // Consumed once, here or in OnWritten; an async method would allocate for every write that waits.
                _write = _stream.WriteAsync(_block!.Memory[..length]).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
                if (!_write.IsCompleted)
                {
                    WaitForWrite();
                    return;
                }

                _write.GetResult();
            }
        }
        catch (Exception e)
        {
            WriteFailed(e);
        }
    }

    private void WaitForWrite()
    {
        StartWriteDeadline();
        _writePending = true;
        Interlocked.MemoryBarrier();
        if (_ended) BreakWrite();
        _write.UnsafeOnCompleted(_onWritten);
    }

    private void OnWritten()
    {
        _writePending = false;
        Volatile.Write(ref _writeDue, long.MaxValue);
        try
        {
            _write.GetResult();
        }
        catch (Exception e)
        {
            WriteFailed(e);
            return;
        }

        Pump();
    }

    private void WriteFailed(Exception e)
    {
        End(e.Message);
        lock (Gate) StopWriting();
    }

    /// <summary>Somebody has ended the session while a write hangs; only closing the connection ends that.</summary>
    private void BreakWrite() => _stream.Dispose();

    /// <summary>Puts frames into the output block. 0 when there are none; then writing has stopped.</summary>
    private int FillBlock()
    {
        lock (Gate)
        {
            if (!HasWork || _ended)
            {
                StopWriting();
                return 0;
            }

            RentBlock();
            int length = Fill(_block!.Memory.Span);
            if (length == 0) StopWriting();
            return length;
        }
    }

    private void StopWriting()
    {
        _writing = false;
        _write = default;
        _block?.Dispose();
        _block = null;
        _writtenWait?.TrySetResult();
        _writtenWait = null;
    }

    /// <summary>Little traffic stays in a small block, which is warm; a write that hangs then holds little, too.</summary>
    private void RentBlock()
    {
        bool small = _queuedBytes + _control.Length <= PinnedBlockPool.SmallBlock / 2;
        if (_block is not null && (small || _block.Memory.Length >= PinnedBlockPool.LargeBlock)) return;
        _block?.Dispose();
        _block = small ? _pool.Rent(PinnedBlockPool.SmallBlock) : PinnedBlockPool.Large.Rent();
    }

    private int Fill(Span<byte> block)
    {
        int at = TakeControl(block);
        while ((_small.First ?? _round.First) is { } stream)
        {
            int room = block.Length - at;
            int sendable = (int)Math.Min(Math.Min(stream.Queued.Length, stream.SendWindow), PayloadMax);
            if (room < FrameHeader.Size + Math.Min(sendable, PieceMin)) break;
            if (!stream.CanSend)
            {
                stream.SendLink.List!.Remove(stream);
                continue;
            }

            at += Emit(stream, sendable, block[at..]);
            if (!stream.IsRemoved) _round.Append(stream);
        }

        return at;
    }

    private int TakeControl(Span<byte> block)
    {
        if (_control.IsEmpty) return 0;
        int count = (int)Math.Min(_control.Length, block.Length / FrameHeader.Size * FrameHeader.Size);
        _control.Take(block[..count]);
        if (_control.IsEmpty && _controlWait is not null)
        {
            _controlWait.TrySetResult();
            _controlWait = null;
        }

        return count;
    }

    /// <summary>One turn of a stream: a data frame, or the announcement or the end of a stream without data.</summary>
    private int Emit(YamuxStream stream, int sendable, Span<byte> target)
    {
        var flags = FrameFlags.None;
        if (stream.IsSynPending)
        {
            flags = FrameFlags.Syn;
            stream.IsSynPending = false;
            if (!stream.IsFinQueued) SetDeadline(stream, _opening, _settings.StreamOpenTimeout);
        }

        if (sendable > 0)
        {
            int count = Math.Min(sendable, target.Length - FrameHeader.Size);
            new FrameHeader(FrameType.Data, flags, stream.Id, (uint)count).Write(target);
            stream.Queued.Take(target.Slice(FrameHeader.Size, count));
            stream.SendWindow -= count;
            _queuedBytes -= count;
            if (stream.Queued.Length <= QueueMark / 2) stream.Writer.Wake(default);
            return FrameHeader.Size + count;
        }

        // Never on the last data frame: the reference reports the end to a waiting reader before that frame's payload.
        if (stream.IsFinQueued)
        {
            flags |= FrameFlags.Fin;
            stream.IsFinSent = true;
        }

        new FrameHeader(FrameType.WindowUpdate, flags, stream.Id, 0).Write(target);
        if (stream.IsFinSent && stream.IsRemoteClosed) Remove(stream);
        return FrameHeader.Size;
    }
}
