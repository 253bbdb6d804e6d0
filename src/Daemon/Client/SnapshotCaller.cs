using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Daemon.Client;

/// <summary>Saves and restores archives at another server: one connection each, never repeated. Thread safe.</summary>
/// <param name="datacenter">The agent's own; a snapshot request has to name one.</param>
internal sealed class SnapshotCaller(IRpcDialer dialer, string datacenter)
{
    private const int ResponseBytesMax = 1024 * 1024;
    private const int CopyBytes = 64 * 1024;

    public async ValueTask<RpcResult<Stream>> SaveAsync(RpcServerAddress server, DcSpecificRequest request)
    {
        (TcpConnection? connection, RpcResult<bool> response) =
            await ExchangeAsync(server, request, SnapshotOperation.Save, Stream.Null);
        if (connection is null) return RpcResult<Stream>.Fail(response.Error!);
        return RpcResult<Stream>.Ok(new ArchiveStream(connection), response.Meta);
    }

    public async ValueTask<RpcResult<bool>> RestoreAsync(RpcServerAddress server, DcSpecificRequest request, Stream archive)
    {
        (TcpConnection? connection, RpcResult<bool> response) =
            await ExchangeAsync(server, request, SnapshotOperation.Restore, archive);
        if (connection is not null) await connection.DisposeAsync();
        return response;
    }

    /// <summary>The connection is open behind the response when that is no error, and closed otherwise.</summary>
    private async ValueTask<(TcpConnection? Connection, RpcResult<bool> Response)> ExchangeAsync(
        RpcServerAddress server, DcSpecificRequest request, SnapshotOperation operation, Stream archive)
    {
        DialResult dialed = await dialer.DialAsync(server, ProtocolMode.Snapshot, request.Cancellation);
        if (dialed.Connection is not { } connection) return (null, RpcResult<bool>.Fail(dialed.Error!));
        string error;
        try
        {
            RpcResult<bool>? response = await SendAsync(connection, request, operation, archive);
            if (response is { Error: null } answered) return (connection, answered);
            error = response?.Error ?? RpcErrors.EndOfFile;
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            error = CloseReason.FromException(exception).Text;
        }

        await connection.DisposeAsync();
        return (null, RpcResult<bool>.Fail(error));
    }

    private async ValueTask<RpcResult<bool>?> SendAsync(
        TcpConnection connection, DcSpecificRequest request, SnapshotOperation operation, Stream archive)
    {
        string target = request.Datacenter.Length == 0 ? datacenter : request.Datacenter;
        var head = new SnapshotRequest(target, request.Token, request.AllowStale, operation);
        SnapshotRequestCodec.Write(new MsgPackWriter(connection.Output), head);
        await connection.Output.FlushAsync(request.Cancellation);
        await archive.CopyToAsync(connection.Stream, CopyBytes, request.Cancellation);
        await connection.ShutdownSendAsync();
        byte[]? response = await MsgPackStream.ReadValueAsync(connection.Input, ResponseBytesMax, request.Cancellation);
        return response is null ? null : Read(response);
    }

    private static RpcResult<bool>? Read(byte[] response)
    {
        var reader = new MsgPackReader(response);
        RpcResult<bool> result = SnapshotResponseCodec.Read(ref reader);
        return reader.Failed ? null : result;
    }
}
