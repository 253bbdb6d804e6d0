using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Datagrams;

/// <summary>Many datagrams per call, with the batch calls of Linux.</summary>
internal sealed unsafe class BatchedDatagramEndpoint(Socket socket, ILogger logger)
    : SocketDatagramEndpoint(socket, DatagramMode.Batched, logger)
{
    /// <summary>Errors in a row, of earlier datagrams or interruptions, before a call is given up.</summary>
    private const int RetriesMax = 8;

    private readonly SafeSocketHandle _handle = socket.SafeHandle;

    public override DatagramStatus Send(PeerAddress to, ReadOnlySpan<byte> payload)
    {
        DatagramStatus status;
        try
        {
            status = SendOne(to, payload);
        }
        catch (ObjectDisposedException)
        {
            status = DatagramStatus.Closed;
        }

        CountSend(status, payload.Length);
        return status;
    }

    protected override int ReceiveNow(DatagramBatch batch)
    {
        MessageVector vector = batch.Vector;
        vector.PrepareReceive();
        for (int retry = 0; retry < RetriesMax; retry++)
        {
            int count = NativeMessages.Receive(_handle, vector.Messages, batch.Capacity);
            if (count >= 0)
            {
                long truncated = 0;
                ReceivedBytes += vector.TakeReceived(count, ref truncated);
                TruncatedCount += truncated;
                return count;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == NativeMessages.TryAgain) return 0;
            if (error != NativeMessages.Interrupted) IgnoreError(error);
        }

        return 0;
    }

    protected override int SendNow(DatagramBatch batch, int first)
    {
        MessageVector vector = batch.Vector;
        if (first == 0) vector.PrepareSend(IsV6);
        int retries = 0;
        int next = first;
        try
        {
            while (next < batch.Count)
            {
                int sent = NativeMessages.Send(_handle, vector.Messages + next, batch.Count - next);
                if (sent < 0)
                {
                    int error = Marshal.GetLastPInvokeError();
                    if (error == NativeMessages.TryAgain) return next;
                    if (MayRetry(error, ref retries)) continue;
                    batch.SetStatus(next++, NativeMessages.StatusOf(error));
                }

                // The call stops at the first one that fails and tells why when it is tried again.
                for (int end = next + Math.Max(sent, 0); next < end; next++) batch.SetStatus(next, DatagramStatus.Sent);
                if (sent >= 0) retries = 0;
            }
        }
        catch (ObjectDisposedException)
        {
            for (; next < batch.Count; next++) batch.SetStatus(next, DatagramStatus.Closed);
        }

        return next;
    }

    private DatagramStatus SendOne(PeerAddress to, ReadOnlySpan<byte> payload)
    {
        byte* name = stackalloc byte[PeerAddress.SocketAddressV6Bytes];
        var nameBytes = new Span<byte>(name, PeerAddress.SocketAddressV6Bytes);
        nameBytes.Clear();
        int nameLength = MessageVector.WriteName(to, IsV6, nameBytes);
        int retries = 0;
        fixed (byte* bytes = payload)
        {
            while (NativeMessages.SendOne(_handle, bytes, payload.Length, name, nameLength) < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (!MayRetry(error, ref retries)) return NativeMessages.StatusOf(error);
            }
        }

        return DatagramStatus.Sent;
    }

    /// <summary>Whether the error is no answer to this datagram: an interruption, or the answer to an earlier one.</summary>
    private bool MayRetry(int error, ref int retries)
    {
        if (error is not (NativeMessages.Interrupted or NativeMessages.ConnectionRefused) || ++retries > RetriesMax) return false;
        if (error == NativeMessages.ConnectionRefused) IgnoreError(error);
        return true;
    }
}
