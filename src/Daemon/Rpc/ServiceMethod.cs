namespace Consul.Fast.Daemon.Rpc;

/// <summary>One method of a service on the wire: its name and the codecs that both sides use.</summary>
/// <param name="Name"><c>Service.Method</c>.</param>
/// <param name="Scheduling">Where a server runs it.</param>
internal sealed record ServiceMethod<TRequest, TReply>(
    string Name,
    RpcScheduling Scheduling,
    RpcEncoder<TRequest> WriteRequest,
    RpcDecoder<TRequest> ReadRequest,
    RpcEncoder<RpcResult<TReply>> WriteReply,
    RpcDecoder<RpcResult<TReply>> ReadReply)
{
    /// <summary>The caller's side.</summary>
    public RpcMethodCall<TRequest, RpcResult<TReply>> Call { get; } = new(Name, WriteRequest, ReadReply);

    /// <summary>The server's side, answered by <paramref name="handle"/>.</summary>
    public RpcMethod Serve(Func<TRequest, ValueTask<RpcResult<TReply>>> handle) => new RpcMethod<TRequest, TReply>(
        Name,
        Scheduling,
        ReadRequest,
        (request, stopping) =>
        {
            if (request is QueryRequest query) query.Cancellation = stopping;
            return handle(request);
        },
        WriteReply);
}
