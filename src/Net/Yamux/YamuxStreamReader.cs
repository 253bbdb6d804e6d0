using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Consul.Fast.Net.Buffers;

namespace Consul.Fast.Net.Yamux;

/// <summary>
/// The receiving half of a stream: the read loop appends, one owner reads. A parked owner goes on inline on the read loop.
/// </summary>
/// <remarks>
/// It keeps the rules of a pipe without being one: a pipe per stream is three times larger, holds its blocks until both
/// ends are complete, and does not tell how much was consumed, which is what the peer's window lives on. Everything
/// written by the read loop names the stream id it is meant for, so that a frame which was looked up before the object
/// was reused cannot reach the new stream.
/// </remarks>
internal sealed class YamuxStreamReader(YamuxStream stream, MemoryPool<byte> pool)
    : PipeReader, IValueTaskSource<ReadResult>, ICancelableWait
{
    /// <summary>Granularity of the receive budget: what the smallest piece of unread data really holds.</summary>
    private const int ChargeUnit = 4096;

    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<ReadResult> _wait;
    private WaitCancellation? _cancellation;
    private ReceiveChain _chain = new(pool);
    private long _charged;
    private int _credit;
    private uint _id;
    private bool _waiting;
    private bool _reading;
    private bool _canceled;
    private bool _ended;
    private bool _discard;
    private bool _completed;

    /// <summary>True when bytes wait for the owner; may be stale.</summary>
    public bool HasUnread => _chain.Length > 0;

    /// <summary>Bytes that wait for the owner.</summary>
    public long Unread => _chain.Length;

    /// <summary>Makes a fresh or recycled reader belong to a stream.</summary>
    public void Start(uint id)
    {
        lock (_gate)
        {
            _id = id;
            _credit = 0;
            _waiting = false;
            _reading = false;
            _canceled = false;
            _ended = false;
            _discard = false;
            _completed = false;
        }
    }

    /// <summary>Drops everything and belongs to no stream any more.</summary>
    public void Recycle()
    {
        lock (_gate)
        {
            _id = 0;
            _ended = true;
            _completed = true;
            Discard();
        }
    }

    /// <summary>Adds payload without waking the owner; nothing happens when nobody will read it.</summary>
    public void Append(uint id, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_id != id || _ended || _completed) return;
            _chain.Append(bytes);
        }
    }

    /// <summary>Wakes the owner for what was appended. Runs its continuation before it returns.</summary>
    public void Notify(uint id)
    {
        ReadResult result;
        lock (_gate)
        {
            if (_id != id || !_waiting || !IsReady) return;
            result = Hand();
        }

        _wait.SetResult(result);
    }

    /// <summary>No more bytes will come; what is there can still be read.</summary>
    public void End(uint id) => End(id, discard: false);

    /// <summary>No more bytes will come and those not handed out yet are dropped.</summary>
    public void Abandon(uint id) => End(id, discard: true);

    /// <summary>
    /// Brings the receive budget up to date after an append. Done when the owner has had its turn, so that bytes it takes
    /// at once never touch the shared counters. Returns false when the bytes held are too many.
    /// </summary>
    public bool TryCharge(uint id)
    {
        lock (_gate)
        {
            if (_id != id) return true;
            long added = Rounded(_chain.Length) - _charged;
            if (added <= 0) return true;
            _charged += added;
            return stream.Session.TryHoldUnread(added);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (_gate)
        {
            ThrowIfCompleted();
            bool ready = IsReady;
            result = ready ? Hand() : default;
            return ready;
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        WaitCancellation? cancellation = null;
        short version;
        lock (_gate)
        {
            ThrowIfCompleted();
            if (_waiting) throw new InvalidOperationException("Somebody reads this stream already.");
            if (IsReady) return new ValueTask<ReadResult>(Hand());
            _wait.Reset();
            _waiting = true;
            version = _wait.Version;
            if (cancellationToken.CanBeCanceled) cancellation = new WaitCancellation(this, version, cancellationToken);
            _cancellation = cancellation;
        }

        cancellation?.Register();
        return new ValueTask<ReadResult>(this, version);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        int credit = 0;
        uint id;
        lock (_gate)
        {
            ThrowIfCompleted();
            id = _id;
            _reading = false;
            _credit += _chain.Take(consumed, examined);
            if (_discard) Discard();
            else Uncharge();
            if (IsCreditDue)
            {
                credit = _credit;
                _credit = 0;
            }
        }

        if (credit > 0) stream.Session.GrantWindow(stream, id, (uint)credit);
    }

    public override void CancelPendingRead()
    {
        ReadResult result;
        lock (_gate)
        {
            _canceled = true;
            if (!_waiting) return;
            result = Hand();
        }

        _wait.SetResult(result);
    }

    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            _completed = true;
            _reading = false;
            Discard();
        }
    }

    void ICancelableWait.CancelWait(short version, CancellationToken token)
    {
        lock (_gate)
        {
            if (!_waiting || _wait.Version != version) return;
            _waiting = false;
        }

        _wait.SetException(new OperationCanceledException(token));
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _cancellation?.Unregister();
        _cancellation = null;
        return _wait.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private static long Rounded(long bytes) => (bytes + ChargeUnit - 1) & ~(long)(ChargeUnit - 1);

    private bool IsReady => _chain.HasNew || _ended || _canceled;

    /// <summary>
    /// Half a window as the reference does; or any when the owner holds back much and waits for more: a message that
    /// fits into a window must not hang because the last half window was never announced.
    /// </summary>
    private bool IsCreditDue =>
        !_ended
        && (_credit >= YamuxSession.WindowMax / 2
            || (_credit > 0 && !_chain.HasNew && _chain.Length >= YamuxSession.WindowMax / 4));

    private void ThrowIfCompleted()
    {
        if (_completed) throw new InvalidOperationException("This reader was completed.");
    }

    private void End(uint id, bool discard)
    {
        ReadResult result;
        lock (_gate)
        {
            if (_id != id) return;
            _ended = true;
            if (discard && _reading) _discard = true;
            else if (discard) Discard();
            if (!_waiting) return;
            result = Hand();
        }

        _wait.SetResult(result);
    }

    /// <summary>The bytes there are; the owner has them until it advances.</summary>
    private ReadResult Hand()
    {
        var result = new ReadResult(_chain.Bytes, isCanceled: _canceled, isCompleted: _ended);
        _canceled = false;
        _waiting = false;
        _reading = true;
        return result;
    }

    private void Discard()
    {
        _chain.Clear();
        _discard = false;
        Uncharge();
    }

    private void Uncharge()
    {
        if (_charged == 0) return;
        long freed = _charged - Rounded(_chain.Length);
        if (freed <= 0) return;
        _charged -= freed;
        stream.Session.ReleaseUnread(freed);
    }
}
