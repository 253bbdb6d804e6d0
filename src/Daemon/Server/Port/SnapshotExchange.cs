using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Transport;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server.Port;

/// <summary>The server's side of a snapshot connection: one archive saved or restored.</summary>
internal sealed class SnapshotExchange(ISnapshots snapshots)
{
    /// <summary>A request has two short texts; tokens are the longest thing in it.</summary>
    private const int RequestBytesMax = 64 * 1024;

    private const int CopyBytes = 64 * 1024;

    /// <summary>Serves the connection; its end is the end of the archive.</summary>
    /// <param name="cancellation">Ends with the server.</param>
    public async Task ServeAsync(TcpConnection connection, CancellationToken cancellation)
    {
        byte[]? head = await MsgPackStream.ReadValueAsync(connection.Input, RequestBytesMax, cancellation);
        if (head is null || !TryRead(head, out SnapshotRequest? request)) return;
        switch (request!.Operation)
        {
            case SnapshotOperation.Save:
                await SaveAsync(connection, request, cancellation);
                break;
            case SnapshotOperation.Restore:
                await RestoreAsync(connection, request, cancellation);
                break;
            default:
                string unknown = Refusal(request) ?? $"unrecognized snapshot op {GoText.QuoteRune((long)request.Operation)}";
                await RespondAsync(connection, RpcResult<bool>.Fail(unknown), cancellation);
                break;
        }
    }

    private static bool TryRead(byte[] head, out SnapshotRequest? request)
    {
        var reader = new MsgPackReader(head);
        request = SnapshotRequestCodec.Read(ref reader);
        return !reader.Failed;
    }

    private async Task SaveAsync(TcpConnection connection, SnapshotRequest request, CancellationToken cancellation)
    {
        RpcResult<Stream> saved = await SaveAsync(request, cancellation);
        if (saved.Error is { } error)
        {
            await RespondAsync(connection, RpcResult<bool>.Fail(error), cancellation);
            return;
        }

        await using Stream archive = saved.Value;
        await RespondAsync(connection, RpcResult<bool>.Ok(true, saved.Meta), cancellation);
        await archive.CopyToAsync(connection.Stream, CopyBytes, cancellation);
    }

    private ValueTask<RpcResult<Stream>> SaveAsync(SnapshotRequest request, CancellationToken cancellation) =>
        Refusal(request) is { } refused
            ? new(RpcResult<Stream>.Fail(refused))
            : snapshots.SaveAsync(Query(request, cancellation));

    private async Task RestoreAsync(TcpConnection connection, SnapshotRequest request, CancellationToken cancellation)
    {
        RpcResult<bool> restored = Refusal(request) is { } refused
            ? RpcResult<bool>.Fail(refused)
            : await snapshots.RestoreAsync(Query(request, cancellation), connection.Input.AsStream(leaveOpen: true));
        await RespondAsync(connection, restored, cancellation);
    }

    /// <summary>Unlike in other requests, an empty datacenter is not the own one.</summary>
    private static string? Refusal(SnapshotRequest request) =>
        request.Datacenter.Length == 0 ? RpcErrors.NoPathToDatacenter : null;

    private static DcSpecificRequest Query(SnapshotRequest request, CancellationToken cancellation) => new()
    {
        Datacenter = request.Datacenter,
        Token = request.Token,
        AllowStale = request.AllowStale,
        Cancellation = cancellation,
    };

    private static async Task RespondAsync(TcpConnection connection, RpcResult<bool> response, CancellationToken cancellation)
    {
        SnapshotResponseCodec.Write(new MsgPackWriter(connection.Output), response);
        await connection.Output.FlushAsync(cancellation);
    }
}
