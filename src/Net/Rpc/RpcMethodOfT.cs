using System.Runtime.CompilerServices;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Net.Rpc;

/// <summary>What a typed method does.</summary>
/// <param name="stopping">Ends with the server: a caller that goes away does not cancel its calls.</param>
public delegate ValueTask<RpcResult<TReply>> RpcHandler<in TRequest, TReply>(TRequest request, CancellationToken stopping);

/// <summary>
/// A method with a typed request and reply: a service registers one with its name, its codecs and what it does. A small
/// call whose handler completes at once allocates nothing here.
/// </summary>
public sealed class RpcMethod<TRequest, TReply> : RpcMethod
{
    private readonly RpcDecoder<TRequest> _decode;
    private readonly RpcHandler<TRequest, TReply> _handle;
    private readonly RpcEncoder<RpcResult<TReply>> _encode;

    /// <param name="name"><c>Service.Method</c>.</param>
    /// <param name="decode">Reads the request.</param>
    /// <param name="handle">Runs the call.</param>
    /// <param name="encode">Writes the reply of a call that succeeded, with its metadata if it has any.</param>
    public RpcMethod(
        string name,
        RpcScheduling scheduling,
        RpcDecoder<TRequest> decode,
        RpcHandler<TRequest, TReply> handle,
        RpcEncoder<RpcResult<TReply>> encode)
        : base(name, scheduling)
    {
        _decode = decode;
        _handle = handle;
        _encode = encode;
    }

    public override ValueTask InvokeAsync(RpcCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!TryDecode(call, out TRequest request)) return default;
        ValueTask<RpcResult<TReply>> running = _handle(request, call.Cancellation);
        if (!running.IsCompletedSuccessfully || !call.HasReplyRoom) return AnswerLaterAsync(call, running);
        Answer(call, running.Result);
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AnswerLaterAsync(RpcCall call, ValueTask<RpcResult<TReply>> running)
    {
        RpcResult<TReply> result = await running.ConfigureAwait(false);
        if (!call.HasReplyRoom) await call.WhenReplyRoomAsync().ConfigureAwait(false);
        Answer(call, result);
    }

    private bool TryDecode(RpcCall call, out TRequest request)
    {
        var reader = new MsgPackReader(call.Body.Span);
        request = _decode(ref reader);
        if (reader.Failed)
        {
            call.RejectBody();
            return false;
        }

        // A decoder keeps no part of the input, and a call that waits for minutes should not hold a buffer.
        call.ReleaseBody();
        return true;
    }

    private void Answer(RpcCall call, RpcResult<TReply> result)
    {
        if (call.IsAbandoned) call.Abandon();
        else if (result.Error is null) _encode(new MsgPackWriter(call.Succeed()), result);
        else call.Fail(result.Error);
    }
}
