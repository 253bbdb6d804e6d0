using System.Runtime.CompilerServices;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Net.Rpc;

/// <summary>What a typed method does, for callers over the network and inside the process alike.</summary>
public delegate ValueTask<TOutcome> RpcHandler<in TRequest, TOutcome>(TRequest request, RpcCallContext context);

/// <summary>
/// A method with a typed request and outcome: a service registers one with its name, its codecs and what it does. A small
/// call whose handler completes at once allocates nothing here.
/// </summary>
public class RpcMethod<TRequest, TOutcome> : RpcMethod
    where TOutcome : IRpcOutcome
{
    private readonly RpcDecoder<TRequest>? _decode;
    private readonly RpcHandler<TRequest, TOutcome> _handle;
    private readonly RpcEncoder<TOutcome> _encode;

    /// <param name="name"><c>Service.Method</c>.</param>
    /// <param name="decode">Reads the request.</param>
    /// <param name="handle">Runs the call.</param>
    /// <param name="encode">Writes the reply of a call that succeeded.</param>
    public RpcMethod(
        string name,
        RpcScheduling scheduling,
        RpcDecoder<TRequest> decode,
        RpcHandler<TRequest, TOutcome> handle,
        RpcEncoder<TOutcome> encode)
        : this(name, scheduling, handle, encode) => _decode = decode;

    private protected RpcMethod(
        string name, RpcScheduling scheduling, RpcHandler<TRequest, TOutcome> handle, RpcEncoder<TOutcome> encode)
        : base(name, scheduling)
    {
        _handle = handle;
        _encode = encode;
    }

    /// <summary>Runs the method for a caller inside the process, without encoding anything.</summary>
    public ValueTask<TOutcome> RunAsync(TRequest request, RpcCallContext context) => _handle(request, context);

    public sealed override ValueTask InvokeAsync(RpcCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!TryDecode(call, out TRequest request))
        {
            call.Reject(RpcErrorTexts.UndecodableBody(call.Body.Span));
            return default;
        }

        ValueTask<TOutcome> running = _handle(request, new RpcCallContext(call.Remote, call.Cancellation));
        if (!running.IsCompletedSuccessfully) return AnswerLaterAsync(call, running);
        Answer(call, running.Result);
        return default;
    }

    /// <summary>False for a malformed body, which is then still there.</summary>
    private protected virtual bool TryDecode(RpcCall call, out TRequest request)
    {
        var reader = new MsgPackReader(call.Body.Span);
        request = _decode!(ref reader);
        if (reader.Failed) return false;
        // Such a decoder keeps no part of the body, and a call that waits for minutes should not hold a buffer.
        call.ReleaseBody();
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AnswerLaterAsync(RpcCall call, ValueTask<TOutcome> running) =>
        Answer(call, await running.ConfigureAwait(false));

    private void Answer(RpcCall call, TOutcome outcome)
    {
        if (outcome.Error is { } error) call.Fail(error);
        else _encode(new MsgPackWriter(call.Succeed()), outcome);
    }
}
