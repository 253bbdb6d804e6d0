using System.IO.Pipelines;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Rpc;

/// <summary>One call on a channel of its own: for callers that have no certificate yet. Nothing is kept.</summary>
internal static class RpcOneShot
{
    /// <summary>Gives the reply or the bare error text; a broken connection is a text as well.</summary>
    public static async ValueTask<RpcResponse<TReply>> CallAsync<TRequest, TReply>(
        IDuplexPipe channel, RpcMethodCall<TRequest, TReply> method, TRequest request, long maxBytes, CancellationToken cancellation)
    {
        var reader = new RpcMessageReader(channel.Input);
        try
        {
            RpcHeaders.WriteRequest(channel.Output, 1, method.Encoded);
            method.Encode(new MsgPackWriter(channel.Output), request);
            await channel.Output.FlushAsync(cancellation).ConfigureAwait(false);
            (string? failure, ReadOnlyMemory<byte> value) =
                await ReadAsync(reader, channel.Input, RpcHeaders.BytesMax, cancellation).ConfigureAwait(false);
            if (failure is not null) return Broken<TReply>(failure);
            if (!RpcHeaders.TryReadResponse(value.Span, out _, out string? error)) return Broken<TReply>(RpcErrors.UndecodableReply);
            reader.Release();
            (failure, value) = await ReadAsync(reader, channel.Input, maxBytes, cancellation).ConfigureAwait(false);
            if (error is not null) return new RpcResponse<TReply>(RpcOutcome.Refused, default!, error);
            return failure is not null ? Broken<TReply>(failure) : Decode(method, value.Span);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new RpcResponse<TReply>(RpcOutcome.Canceled, default!, RpcErrors.Canceled);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            return Broken<TReply>(CloseReason.FromException(exception).Text);
        }
        finally
        {
            reader.Close();
        }
    }

    private static async ValueTask<(string? Failure, ReadOnlyMemory<byte> Value)> ReadAsync(
        RpcMessageReader reader, PipeReader input, long maxBytes, CancellationToken cancellation)
    {
        RpcReadStatus status;
        ReadOnlyMemory<byte> value;
        while ((status = reader.Read(maxBytes, out value)) == RpcReadStatus.NeedMore)
            reader.Accept(await input.ReadAsync(cancellation).ConfigureAwait(false));
        string? failure = status switch
        {
            RpcReadStatus.Message => null,
            RpcReadStatus.End or RpcReadStatus.Truncated => RpcErrors.EndOfFile,
            RpcReadStatus.TooLarge => RpcErrors.ReplyTooLarge,
            _ => RpcErrors.UndecodableReply,
        };
        return (failure, value);
    }

    private static RpcResponse<TReply> Decode<TRequest, TReply>(RpcMethodCall<TRequest, TReply> method, ReadOnlySpan<byte> body)
    {
        var reader = new MsgPackReader(body);
        TReply reply = method.Decode(ref reader);
        return reader.Failed ? Broken<TReply>(RpcErrors.UndecodableReply) : new RpcResponse<TReply>(RpcOutcome.Success, reply, null);
    }

    private static RpcResponse<T> Broken<T>(string error) => new(RpcOutcome.Broken, default!, error);
}
