namespace Consul.Fast.Net.Rpc;

/// <summary>
/// Reads a whole body into an object that may have served for an earlier call. What it keeps may point into the body, which
/// lasts as long as the call. False for a malformed body.
/// </summary>
public delegate bool RpcInPlaceDecoder<in T>(ReadOnlyMemory<byte> body, T target);

/// <summary>
/// A method for small requests that should cost nothing: one request object per stream serves all its calls, and texts stay
/// in the body. For handlers that keep nothing of the request once their task has ended.
/// </summary>
public sealed class RpcInPlaceMethod<TRequest, TOutcome> : RpcMethod<TRequest, TOutcome>
    where TRequest : class, new()
    where TOutcome : IRpcOutcome
{
    private readonly RpcInPlaceDecoder<TRequest> _decode;

    /// <param name="name"><c>Service.Method</c>.</param>
    /// <param name="decode">Reads the request.</param>
    /// <param name="handle">Runs the call.</param>
    /// <param name="encode">Writes the reply of a call that succeeded.</param>
    public RpcInPlaceMethod(
        string name,
        RpcScheduling scheduling,
        RpcInPlaceDecoder<TRequest> decode,
        RpcHandler<TRequest, TOutcome> handle,
        RpcEncoder<TOutcome> encode)
        : base(name, scheduling, handle, encode) => _decode = decode;

    private protected override bool TryDecode(RpcCall call, out TRequest request)
    {
        if (call.LastRequest is not TRequest target) call.LastRequest = target = new TRequest();
        request = target;
        return _decode(call.Body, target);
    }
}
