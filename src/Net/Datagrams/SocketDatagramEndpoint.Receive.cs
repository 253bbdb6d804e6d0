using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Consul.Fast.Net.Datagrams;

/// <summary>
/// Receiving: one operation at a time, which is the endpoint itself, so that waiting allocates nothing. It ends on the
/// caller's thread when datagrams are there, otherwise on a pool thread.
/// </summary>
internal abstract partial class SocketDatagramEndpoint : IValueTaskSource<int>, IThreadPoolWorkItem
{
    /// <summary>
    /// Batches a receiver may find in a row before it has to queue for a thread again. With 32 datagrams each this is some
    /// hundred microseconds of work, and a turn costs one.
    /// </summary>
    private const int TurnsMax = 16;

    private readonly Action _resume;
    private ManualResetValueTaskSourceCore<int> _source;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _readable;
    private DatagramBatch? _batch;
    private bool _isDrained;
    private int _turns;
    private int _receiving;

    public ValueTask<int> ReceiveAsync(DatagramBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (Interlocked.Exchange(ref _receiving, 1) != 0) throw new InvalidOperationException("A receive is under way.");
        try
        {
            batch.Enter();
        }
        catch
        {
            Volatile.Write(ref _receiving, 0);
            throw;
        }

        batch.Clear();
        _batch = batch;
        // A batch that was not full has emptied the queue: another look would cost a call and most likely find nothing.
        if (_turns < TurnsMax && !_isDrained && TryFill(out int count)) return new ValueTask<int>(EndSynchronously(count));
        _source.Reset();
        short version = _source.Version;
        WaitUntilReadable();
        return new ValueTask<int>(this, version);
    }

    /// <summary>The receiver's new turn.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        _turns = 0;
        if (TryFill(out int count)) EndAsynchronously(count);
        else WaitUntilReadable();
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Volatile.Write(ref _receiving, 0);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <returns>Whether the receive has ended: with datagrams, or with 0 because the endpoint is closed.</returns>
    private bool TryFill(out int count)
    {
        DatagramBatch batch = _batch!;
        try
        {
            count = ReceiveNow(batch);
        }
        catch (SocketException e) when (Volatile.Read(ref _closed) == 0)
        {
            IgnoreError((int)e.SocketErrorCode);
            count = 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            count = 0;
            return true;
        }

        _isDrained = count < batch.Capacity;
        if (count == 0) return Volatile.Read(ref _closed) != 0;
        batch.EndReceive(count, Stopwatch.GetTimestamp());
        _received += count;
        _receivedBatches++;
        _turns++;
        return true;
    }

    private int EndSynchronously(int count)
    {
        _batch!.Exit();
        Volatile.Write(ref _receiving, 0);
        return count;
    }

    private void EndAsynchronously(int count)
    {
        _batch!.Exit();
        _source.SetResult(count);
    }

    /// <summary>
    /// Waits by peeking at no bytes: that ends when a datagram arrives, takes nothing out of the queue and needs no buffer.
    /// </summary>
    private void WaitUntilReadable()
    {
        do
        {
            if (_turns >= TurnsMax)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter readable;
            try
            {
#pragma warning disable CA2012 // The awaiter is used once, by TryEndWait; there is no async method that could await it without allocating.
                readable = Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.Peek).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
            }
            catch (ObjectDisposedException)
            {
                EndAsynchronously(0);
                return;
            }

            if (!readable.IsCompleted)
            {
                _waits++;
                _turns = 0;
                _readable = readable;
                readable.UnsafeOnCompleted(_resume);
                return;
            }

            _readable = readable;
        }
        while (!TryEndWait());
    }

    private void Resume()
    {
        if (!TryEndWait()) WaitUntilReadable();
    }

    /// <returns>Whether the receive has ended.</returns>
    private bool TryEndWait()
    {
        try
        {
            _readable.GetResult();
        }
        catch (SocketException e) when (Volatile.Read(ref _closed) == 0)
        {
            // Reported once and gone, such as a port found closed; the datagrams behind it are still to be taken.
            IgnoreError((int)e.SocketErrorCode);
            // A stream of errors must not hold the thread any more than one of datagrams.
            _turns++;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            EndAsynchronously(0);
            return true;
        }

        if (!TryFill(out int count)) return false;
        EndAsynchronously(count);
        return true;
    }
}
