using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Datagrams;

/// <summary>
/// What both implementations share: waiting without a thread, fairness, closing and counting. They add the calls that
/// move datagrams, which never wait.
/// </summary>
internal abstract partial class SocketDatagramEndpoint : IDatagramEndpoint
{
    private readonly ILogger _logger;
    private SocketAddress? _spareAddress;
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
