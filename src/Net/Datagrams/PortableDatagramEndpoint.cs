using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Datagrams;

/// <summary>
/// One call of the framework per datagram, and one more that asks whether another is there, because finding none would be
/// an exception.
/// </summary>
internal sealed class PortableDatagramEndpoint(Socket socket, ILogger logger)
    : SocketDatagramEndpoint(socket, DatagramMode.Portable, logger)
{
    private readonly SocketAddress _from = new(socket.AddressFamily);

    public override DatagramStatus Send(PeerAddress to, ReadOnlySpan<byte> payload)
    {
        DatagramStatus status = SendOne(to, payload);
        CountSend(status, payload.Length);
        return status;
    }

    protected override int ReceiveNow(DatagramBatch batch)
    {
        int count = 0;
        // Errors take turns too, so that a stream of them cannot hold the loop.
        for (int turn = 0; turn < batch.Capacity && Socket.Poll(0, SelectMode.SelectRead); turn++)
        {
            try
            {
                _from.Size = IsV6 ? PeerAddress.SocketAddressV6Bytes : PeerAddress.SocketAddressV4Bytes;
                int length = Socket.ReceiveFrom(batch.Slot(count)[..(batch.SlotBytes + 1)], SocketFlags.None, _from);
                Take(batch, count++, length);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // The datagram that woke us had a wrong checksum and is gone.
                break;
            }
            catch (SocketException e)
            {
                IgnoreError((int)e.SocketErrorCode);
            }
        }

        return count;
    }

    protected override int SendNow(DatagramBatch batch, int first)
    {
        for (int i = first; i < batch.Count; i++)
        {
            DatagramStatus status = SendOne(batch[i].Address, batch.Payload(i));
            if (status == DatagramStatus.WouldBlock) return i;
            batch.SetStatus(i, status);
        }

        return batch.Count;
    }

    private void Take(DatagramBatch batch, int index, int length)
    {
        bool isTruncated = length > batch.SlotBytes;
        length = Math.Min(length, batch.SlotBytes);
        batch.SetReceived(index, PeerAddress.FromSocketAddress(IsV6, _from.Buffer.Span), length, isTruncated);
        ReceivedBytes += length;
        if (isTruncated) TruncatedCount++;
    }

    private DatagramStatus SendOne(PeerAddress to, ReadOnlySpan<byte> payload)
    {
        if (!IsV6 && !to.IsIPv4) return DatagramStatus.Unreachable;
        SocketAddress address = RentAddress(to);
        try
        {
            return SendOne(address, payload, mayRetry: true);
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

    private DatagramStatus SendOne(SocketAddress address, ReadOnlySpan<byte> payload, bool mayRetry)
    {
        try
        {
            Socket.SendTo(payload, SocketFlags.None, address);
            return DatagramStatus.Sent;
        }
        catch (SocketException e) when (mayRetry && e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            // The answer to an earlier datagram; this one has not been tried.
            IgnoreError((int)e.SocketErrorCode);
        }
        catch (SocketException e)
        {
            return StatusOf(e);
        }

        return SendOne(address, payload, mayRetry: false);
    }
}
