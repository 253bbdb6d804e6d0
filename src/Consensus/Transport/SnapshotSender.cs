using System.IO.Pipelines;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Wire;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Consensus.Transport;

/// <summary>Sends snapshots, each on a connection of its own, straight from the store.</summary>
internal sealed class SnapshotSender(RaftTransportSettings settings, PeerDialer dialer)
{
    /// <summary>Bytes that a peer has one time-out for.</summary>
    private const long BytesPerTimeout = 256 * 1024;

    private const int PieceBytes = 64 * 1024;

    /// <summary>Never throws for what the network does, or the disk.</summary>
    public async ValueTask<CallResult> RunAsync(SnapshotRequest request, PeerAddress address)
    {
        SnapshotMeta? snapshot = settings.Snapshots.List().FirstOrDefault(
            meta => meta.Index == request.LastLogIndex && meta.Term == request.LastLogTerm);
        if (snapshot is null) return CallResult.Failed($"no snapshot at index {request.LastLogIndex}");
        try
        {
            Stream state = settings.Snapshots.Open(snapshot);
            await using (state.ConfigureAwait(false))
            {
                return await SendAsync(request, snapshot.Size, state, address).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return CallResult.Failed(exception.Message);
        }
    }

    private async ValueTask<CallResult> SendAsync(SnapshotRequest request, long size, Stream state, PeerAddress address)
    {
        (PeerConnection? connection, string error) = await dialer.DialAsync(address).ConfigureAwait(false);
        if (connection is null) return CallResult.Failed(error);
        try
        {
            connection.LimitAnswer(settings.Timeout * Math.Max(1, size / BytesPerTimeout));
            RequestEncoder.WriteSnapshot(connection.Output, request, size);
            await CopyAsync(state, size, connection).ConfigureAwait(false);
            return CallResult.Of(await connection.ReadAnswerAsync(RaftRpc.InstallSnapshot).ConfigureAwait(false));
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            connection.Abort(exception);
            return CallResult.Failed(connection.ReasonText);
        }
        finally
        {
            await dialer.CloseAsync(connection).ConfigureAwait(false);
        }
    }

    private static async Task CopyAsync(Stream state, long size, PeerConnection connection)
    {
        PipeWriter output = connection.Output;
        long left = size;
        while (left > 0)
        {
            Memory<byte> room = output.GetMemory(PieceBytes);
            int wanted = (int)Math.Min(room.Length, left);
            int count;
            try
            {
                count = await state.ReadAsync(room[..wanted]).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException)
            {
                connection.Abort(new CloseReason(CloseKind.Local, exception.Message));
                throw;
            }

            if (count == 0)
            {
                connection.Abort(new CloseReason(CloseKind.Local, "snapshot is shorter than it says"));
                throw new IOException("snapshot is shorter than it says");
            }

            output.Advance(count);
            left -= count;
            await output.FlushAsync().ConfigureAwait(false);
        }

        await output.FlushAsync().ConfigureAwait(false);
    }
}
