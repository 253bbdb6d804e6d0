using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Datagrams;

/// <summary>
/// What both implementations share: waiting without a thread, fairness, closing and counting. They add the calls that
/// move datagrams, which never wait.
/// </summary>
internal abstract class SocketDatagramEndpoint : IDatagramEndpoint, IValueTaskSource<int>, IThreadPoolWorkItem
{
    /// <summary>
    /// Batches a receiver may find in a row before it has to queue for a thread again. With 32 datagrams each this is some
    /// hundred microseconds of work, and a turn costs one.
    /// </summary>
    private const int TurnsMax = 16;

    private readonly ILogger _logger;
    private readonly Action _resume;
    private ManualResetValueTaskSourceCore<int> _source;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _readable;
    private DatagramBatch? _batch;
    private SocketAddress? _spareAddress;
    private bool _isDrained;
    private int _turns;
    private int _receiving;
    private int _closed;

    private long _received;
    private long _receivedBatches;
    private long _waits;
    private long _sent;
    private long _sentBytes;
    private long _sendFailures;
    private long _sendWaits;
    private long _ignoredErrors;

    protected SocketDatagramEndpoint(Socket socket, DatagramMode mode, ILogger logger)
    {
        Socket = socket;
        Mode = mode;
        LocalEndPoint = PeerAddress.From((IPEndPoint)socket.LocalEndPoint!).ToIPEndPoint();
        IsV6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _logger = logger;
        _resume = Resume;
    }

    public IPEndPoint LocalEndPoint { get; }

    public DatagramMode Mode { get; }

    public DatagramStatistics Statistics => new(
        _received, ReceivedBytes, _receivedBatches, TruncatedCount, _waits, _sent, _sentBytes, _sendFailures, _sendWaits, _ignoredErrors);

    /// <summary>For tests, which bring it into states that are hard to reach.</summary>
    internal Socket Socket { get; }

    protected bool IsV6 { get; }

    /// <summary>Written by the receiving loop only.</summary>
    protected long ReceivedBytes { get; set; }

    /// <summary>Written by the receiving loop only.</summary>
    protected long TruncatedCount { get; set; }

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
        bool mayGoOn = _turns < TurnsMax;
        // A batch that was not full has emptied the queue: another look would cost a call and most likely find nothing.
        if (mayGoOn && !_isDrained && TryFill(out int count)) return new ValueTask<int>(EndSynchronously(count));
        _source.Reset();
        short version = _source.Version;
        if (mayGoOn) WaitUntilReadable();
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return new ValueTask<int>(this, version);
    }

    public abstract DatagramStatus Send(PeerAddress to, ReadOnlySpan<byte> payload);

    public ValueTask<int> SendAsync(DatagramBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Enter();
        int next;
        try
        {
            next = SendNow(batch, 0);
        }
        catch
        {
            batch.Exit();
            throw;
        }

        if (next < batch.Count) return SendRestAsync(batch, next);
        int sent = EndSend(batch);
        batch.Exit();
        return new ValueTask<int>(sent);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        Socket.Dispose();
        Log.DatagramEndpointClosed(_logger, LocalEndPoint);
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

    /// <summary>Receives what is there into the batch's slots.</summary>
    /// <returns>Datagrams; 0 when there is none.</returns>
    /// <exception cref="ObjectDisposedException">The endpoint is closed.</exception>
    protected abstract int ReceiveNow(DatagramBatch batch);

    /// <summary>Sends from <paramref name="first"/> on and sets the status of each.</summary>
    /// <returns>The first datagram that has to wait, or the batch's count.</returns>
    protected abstract int SendNow(DatagramBatch batch, int first);

    /// <summary>Counts an error that says nothing about a datagram in hand.</summary>
    protected void IgnoreError(int error)
    {
        Interlocked.Increment(ref _ignoredErrors);
        Log.DatagramErrorIgnored(_logger, LocalEndPoint, error);
    }

    protected void CountSend(DatagramStatus status, int length)
    {
        if (status == DatagramStatus.Sent)
        {
            Interlocked.Increment(ref _sent);
            Interlocked.Add(ref _sentBytes, length);
        }
        else if (status is not (DatagramStatus.WouldBlock or DatagramStatus.Closed))
        {
            Interlocked.Increment(ref _sendFailures);
        }
    }

    /// <summary>An address for one call of the framework; given back with <see cref="ReturnAddress"/>.</summary>
    protected SocketAddress RentAddress(PeerAddress to)
    {
        SocketAddress address = Interlocked.Exchange(ref _spareAddress, null) ?? new SocketAddress(Socket.AddressFamily);
        to.WriteSocketAddress(IsV6, address.Buffer.Span);
        return address;
    }

    protected void ReturnAddress(SocketAddress address) => Volatile.Write(ref _spareAddress, address);

    protected static DatagramStatus StatusOf(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.WouldBlock or SocketError.IOPending => DatagramStatus.WouldBlock,
        SocketError.MessageSize => DatagramStatus.TooLong,
        SocketError.AddressFamilyNotSupported or SocketError.NetworkDown or SocketError.NetworkUnreachable or SocketError.HostUnreachable
            => DatagramStatus.Unreachable,
        SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket => DatagramStatus.Closed,
        _ => DatagramStatus.Failed,
    };

    /// <returns>Whether the receive has ended: with datagrams, or with 0 because the endpoint is closed.</returns>
    private bool TryFill(out int count)
    {
        DatagramBatch batch = _batch!;
        try
        {
            count = ReceiveNow(batch);
        }
        catch (ObjectDisposedException)
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

    private async ValueTask<int> SendRestAsync(DatagramBatch batch, int next)
    {
        try
        {
            while (next < batch.Count)
            {
                Interlocked.Increment(ref _sendWaits);
                // Sends this one as soon as there is room, and so waits for room for the others.
                batch.SetStatus(next, await SendWaitingAsync(batch, next).ConfigureAwait(false));
                next = SendNow(batch, next + 1);
            }

            return EndSend(batch);
        }
        finally
        {
            batch.Exit();
        }
    }

    private async ValueTask<DatagramStatus> SendWaitingAsync(DatagramBatch batch, int index)
    {
        SocketAddress address = RentAddress(batch[index].Address);
        try
        {
            await Socket.SendToAsync(batch.Memory(index)[..batch[index].Length], SocketFlags.None, address).ConfigureAwait(false);
            return DatagramStatus.Sent;
        }
        catch (SocketException e)
        {
            return StatusOf(e);
        }
        catch (ObjectDisposedException)
        {
            return DatagramStatus.Closed;
        }
        finally
        {
            ReturnAddress(address);
        }
    }

    private int EndSend(DatagramBatch batch)
    {
        int sent = 0;
        int failed = 0;
        long bytes = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            ref readonly Datagram datagram = ref batch[i];
            if (datagram.Status == DatagramStatus.Sent)
            {
                sent++;
                bytes += datagram.Length;
            }
            else if (datagram.Status != DatagramStatus.Closed)
            {
                failed++;
            }
        }

        Interlocked.Add(ref _sent, sent);
        Interlocked.Add(ref _sentBytes, bytes);
        if (failed > 0) Interlocked.Add(ref _sendFailures, failed);
        return sent;
    }
}
