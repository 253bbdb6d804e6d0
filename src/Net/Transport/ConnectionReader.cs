using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Consul.Fast.Net.Buffers;

namespace Consul.Fast.Net.Transport;

/// <summary>
/// The receiving side of a connection. It waits with zero-byte reads and takes a block only when bytes are there, so an
/// idle connection holds none, whatever happened on it before.
/// </summary>
/// <remarks>
/// <para>
/// The runtime's own reader over a stream trusts a zero-byte read, which on Linux also completes for an event whose bytes
/// were read before; then it waits with a block in its hands. Here, in the clear, the socket itself is asked without
/// waiting, and the block goes back when it has nothing. Inside TLS the layer below does the same.
/// </para>
/// <para>
/// One reader at a time. A wait that was given up leaves its zero-byte read behind, which takes nothing, and the next wait
/// joins it. Continuations run on the thread that learns of the bytes.
/// </para>
/// </remarks>
internal sealed class ConnectionReader : PipeReader, IValueTaskSource<ReadResult>, ICancelableWait
{
    /// <summary>Bytes behind others go into the same block while this much of it is free.</summary>
    private const int RoomMin = 4096;

    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly Socket? _socket;
    private readonly Action _onRead;
    private ReceiveChain _chain;
    private ManualResetValueTaskSourceCore<ReadResult> _wait;
    private WaitCancellation? _cancellation;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _read;
    private Pending _pending;
    private bool _hasMore;
    private bool _waiting;
    private bool _canceled;
    private bool _ended;
    private bool _completed;

    /// <param name="socket">The socket under a stream in the clear, non-blocking; null when only the stream knows the bytes.</param>
    public ConnectionReader(Stream stream, Socket? socket, MemoryPool<byte> pool)
    {
        _stream = stream;
        _socket = socket;
        _chain = new ReceiveChain(pool);
        _onRead = OnRead;
    }

    /// <summary>What the stream is asked for now.</summary>
    private enum Pending : byte
    {
        Nothing,

        /// <summary>Whether there is something; holds no memory.</summary>
        Signal,

        /// <summary>Bytes, into the end of the chain.</summary>
        Bytes,
    }

    private bool IsReady => _chain.HasNew || _ended || _canceled;

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
        bool started;
        short version;
        lock (_gate)
        {
            ThrowIfCompleted();
            if (_waiting) throw new InvalidOperationException("Somebody reads this connection already.");
            started = _pending == Pending.Nothing;
            try
            {
                if (IsReady || (started && TryReceive())) return new ValueTask<ReadResult>(Hand());
            }
            catch (Exception exception)
            {
                DropRead();
                return ValueTask.FromException<ReadResult>(exception);
            }

            _wait.Reset();
            _waiting = true;
            version = _wait.Version;
            if (cancellationToken.CanBeCanceled) cancellation = new WaitCancellation(this, version, cancellationToken);
            _cancellation = cancellation;
        }

        if (started) _read.UnsafeOnCompleted(_onRead);
        cancellation?.Register();
        return new ValueTask<ReadResult>(this, version);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_gate)
        {
            ThrowIfCompleted();
            _chain.Take(consumed, examined);
        }
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

    /// <summary>Gives the memory back. The stream stays open; closing it ends a read that is left.</summary>
    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            _completed = true;
            // A read that fills the chain still writes into it.
            if (_pending != Pending.Bytes) _chain.Clear();
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

    private void OnRead()
    {
        ReadResult result = default;
        Exception? failure = null;
        bool again = false;
        lock (_gate)
        {
            try
            {
                FinishRead();
                if (!_waiting) return;
                again = !IsReady && !TryReceive();
                if (!again) result = Hand();
            }
            catch (Exception exception)
            {
                DropRead();
                // Without a reader it is left to the next read, which meets it again.
                if (!_waiting) return;
                _waiting = false;
                failure = exception;
            }
        }

        if (failure is not null) _wait.SetException(failure);
        else if (again) _read.UnsafeOnCompleted(_onRead);
        else _wait.SetResult(result);
    }

    /// <summary>Takes bytes or the end if they are there; otherwise false, and a read of the stream is pending.</summary>
    private bool TryReceive()
    {
        while (true)
        {
            if (!_hasMore)
            {
                if (!TryStart(Pending.Signal, Memory<byte>.Empty)) return false;
                FinishRead();
            }

            _hasMore = false;
            if (_socket is null)
            {
                if (!TryStart(Pending.Bytes, _chain.Reserve(RoomMin))) return false;
                FinishRead();
                return true;
            }

            if (TryReceiveNow(_socket)) return true;
        }
    }

    private bool TryStart(Pending what, Memory<byte> room)
    {
#pragma warning disable CA2012 // Consumed once, in FinishRead.
        _read = _stream.ReadAsync(room).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
        _pending = what;
        return _read.IsCompleted;
    }

    private void FinishRead()
    {
        Pending what = _pending;
        _pending = Pending.Nothing;
        int count = _read.GetResult();
        if (what == Pending.Signal) _hasMore = true;
        else Took(count);
        if (_completed) _chain.Clear();
    }

    private bool TryReceiveNow(Socket socket)
    {
        Memory<byte> room = _chain.Reserve(RoomMin);
        int count = socket.Receive(room.Span, SocketFlags.None, out SocketError error);
        if (error == SocketError.Success)
        {
            // A full block: most likely there is more, so the next read need not ask.
            _hasMore = count == room.Length;
            Took(count);
            return true;
        }

        _chain.ReleaseIfEmpty();
        if (error == SocketError.WouldBlock) return false;
        throw new SocketException((int)error);
    }

    private void Took(int count)
    {
        if (count > 0)
        {
            _chain.Commit(count);
            return;
        }

        _ended = true;
        _chain.ReleaseIfEmpty();
    }

    private void DropRead()
    {
        _pending = Pending.Nothing;
        if (_completed) _chain.Clear();
        else _chain.ReleaseIfEmpty();
    }

    private ReadResult Hand()
    {
        var result = new ReadResult(_chain.Bytes, isCanceled: _canceled, isCompleted: _ended);
        _canceled = false;
        _waiting = false;
        return result;
    }

    private void ThrowIfCompleted()
    {
        if (_completed) throw new InvalidOperationException("This reader was completed.");
    }
}
