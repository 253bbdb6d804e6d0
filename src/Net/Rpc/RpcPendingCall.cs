using System.Buffers;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// A call from its start to its end, whatever its types. Two parties finish it: the one that sends and the one that has the
/// result. Only after both may the stream and this object serve other calls, so the second one gives the stream back and
/// completes the call.
/// </summary>
internal abstract class RpcPendingCall : IThreadPoolWorkItem
{
    private CancellationTokenRegistration _registration;
    private RpcClientStream? _stream;
    private int _parties;
    private bool _keepsStream;
    private bool _canceled;

    /// <summary>The method's name and header bytes.</summary>
    public abstract RpcName Name { get; }

    protected RpcOutcome Outcome { get; private set; }

    protected string? Error { get; private set; }

    public abstract void WriteRequest(IBufferWriter<byte> output);

    /// <summary>Decodes and keeps the reply; false when it cannot be read.</summary>
    public abstract bool TryTakeReply(ReadOnlySpan<byte> body);

    /// <summary>The call goes to a stream: from here on <see cref="Sent"/> and one result are due.</summary>
    public void BeginSending(RpcClientStream stream)
    {
        _stream = stream;
        _canceled = false;
        _keepsStream = false;
        _parties = 2;
    }

    /// <summary>From here on the call may be given up; only by the sender, before <see cref="Sent"/>.</summary>
    public void Watch(CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
            _registration = cancellation.UnsafeRegister(static call => ((RpcPendingCall)call!).Cancel(), this);
    }

    /// <summary>The sender does not touch the call or its stream any more. May complete the call on this thread.</summary>
    public void Sent() => Leave();

    /// <summary>Ends a call that was never sent. Completes on the calling thread.</summary>
    public void NeverSent(RpcOutcome outcome, string error)
    {
        Outcome = outcome;
        Error = error;
        Complete();
    }

    /// <summary>Ends a call whose request could not be written, with the exception for the caller.</summary>
    public abstract void Fault(Exception exception);

    /// <summary>
    /// Gives the result; only by whoever took the call from its stream, as the last thing it does with the call. May
    /// complete the call on this thread.
    /// </summary>
    /// <param name="keepStream">The stream is fit for another call.</param>
    public void Finish(RpcOutcome outcome, string? error, bool keepStream)
    {
        SetResult(outcome, error, keepStream);
        Leave();
    }

    /// <summary>As <see cref="Finish"/>, on the thread pool.</summary>
    public void FinishOnThreadPool(RpcOutcome outcome, string? error, bool keepStream)
    {
        SetResult(outcome, error, keepStream);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_canceled) _stream!.Reset();
        Leave();
    }

    /// <summary>Hands the result to the caller; afterwards the object may already serve another call.</summary>
    protected abstract void Complete();

    private void SetResult(RpcOutcome outcome, string? error, bool keepStream)
    {
        Outcome = outcome;
        Error = error;
        _keepsStream = keepStream;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _parties) != 0) return;
        // Waits for a cancellation that runs right now: a late one must not meet the object's next call.
        _registration.Dispose();
        _registration = default;
        _stream!.GiveBack(_keepsStream);
        _stream = null;
        Complete();
    }

    /// <summary>
    /// Runs in the middle of somebody's Cancel, and <see cref="Leave"/> may wait for it: it only takes the call from the
    /// stream, and the rest happens on the thread pool.
    /// </summary>
    private void Cancel()
    {
        if (!_stream!.TryTakeBack(this)) return;
        _canceled = true;
        FinishOnThreadPool(RpcOutcome.Canceled, RpcErrors.MakingCallPrefix + RpcErrors.Canceled, keepStream: false);
    }
}
