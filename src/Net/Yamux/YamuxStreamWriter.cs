using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Consul.Fast.Net.Buffers;

namespace Consul.Fast.Net.Yamux;

/// <summary>
/// The sending half of a stream: one owner writes without locks into blocks of its own, a flush hands them to the session.
/// </summary>
/// <remarks>
/// A flush that has to wait for the peer's window ends on the thread pool, not on the thread that writes to the connection:
/// that one serves all streams.
/// </remarks>
internal sealed class YamuxStreamWriter(YamuxStream stream, MemoryPool<byte> pool)
    : PipeWriter, IValueTaskSource<FlushResult>, IThreadPoolWorkItem, ICancelableWait
{
    private ManualResetValueTaskSourceCore<FlushResult> _wait;
    private WaitCancellation? _cancellation;
    private FlushResult _result;

    /// <summary>Written and not flushed; the owner's alone.</summary>
    public BlockBuffer Pending { get; } = new(pool);

    /// <summary>A flush waits for the queue to drain. Guarded by the session's gate.</summary>
    public bool IsWaiting { get; private set; }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => Pending.Length;

    public override Memory<byte> GetMemory(int sizeHint = 0) => Pending.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Pending.GetSpan(sizeHint);

    public override void Advance(int bytes) => Pending.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<FlushResult>(cancellationToken)
            : stream.Session.Flush(stream, cancellationToken);

    public override void CancelPendingFlush() => stream.Session.CancelFlush(stream);

    /// <summary>Without an exception: sends what is written, then closes this direction. With one: resets the stream.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (exception is null) stream.Session.FlushAndClose(stream);
        else stream.Reset();
    }

    /// <summary>Starts a wait and returns its version; the caller holds the session's gate.</summary>
    public short Arm(CancellationToken token, out WaitCancellation? cancellation)
    {
        _wait.Reset();
        IsWaiting = true;
        cancellation = token.CanBeCanceled ? new WaitCancellation(this, _wait.Version, token) : null;
        _cancellation = cancellation;
        return _wait.Version;
    }

    /// <summary>Ends a wait, if there is one; the caller holds the session's gate.</summary>
    public void Wake(FlushResult result)
    {
        if (!IsWaiting) return;
        IsWaiting = false;
        _result = result;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _wait.SetResult(_result);

    void ICancelableWait.CancelWait(short version, CancellationToken token)
    {
        lock (stream.Session.Gate)
        {
            if (!IsWaiting || _wait.Version != version) return;
            IsWaiting = false;
        }

        _wait.SetException(new OperationCanceledException(token));
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _cancellation?.Unregister();
        _cancellation = null;
        return _wait.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}
