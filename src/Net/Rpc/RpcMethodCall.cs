using Microsoft.Extensions.ObjectPool;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// A remote method as callers know it; keep one per method in a static field. It also keeps the objects of finished calls
/// for the next ones.
/// </summary>
public sealed class RpcMethodCall<TRequest, TReply>
{
    /// <summary>Objects of calls kept for reuse: more run at the same time only in bursts.</summary>
    private const int RetainedMax = 256;

    private readonly DefaultObjectPool<RpcPendingCall<TRequest, TReply>> _calls;

    /// <param name="name"><c>Service.Method</c>.</param>
    /// <param name="encode">Writes the request.</param>
    /// <param name="decode">Reads the reply.</param>
    public RpcMethodCall(string name, RpcEncoder<TRequest> encode, RpcDecoder<TReply> decode)
    {
        Encoded = new RpcName(name);
        Encode = encode;
        Decode = decode;
        _calls = new DefaultObjectPool<RpcPendingCall<TRequest, TReply>>(new Policy(this), RetainedMax);
    }

    public string Name => Encoded.Text;

    public RpcEncoder<TRequest> Encode { get; }

    public RpcDecoder<TReply> Decode { get; }

    internal RpcName Encoded { get; }

    internal RpcPendingCall<TRequest, TReply> Rent(TRequest request)
    {
        RpcPendingCall<TRequest, TReply> call = _calls.Get();
        call.Begin(request);
        return call;
    }

    internal void Return(RpcPendingCall<TRequest, TReply> call) => _calls.Return(call);

    private sealed class Policy(RpcMethodCall<TRequest, TReply> method) : PooledObjectPolicy<RpcPendingCall<TRequest, TReply>>
    {
        public override RpcPendingCall<TRequest, TReply> Create() => new(method);

        public override bool Return(RpcPendingCall<TRequest, TReply> obj) => true;
    }
}
