using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Client;

/// <summary>Brings calls to a server. Thread safe. Failures are results with the texts of the reference, never exceptions.</summary>
internal interface IServerCaller
{
    /// <summary>A call that may have an effect: repeated only when it certainly had none.</summary>
    ValueTask<RpcResult<TReply>> WriteAsync<TRequest, TReply>(ServiceMethod<TRequest, TReply> method, TRequest request);

    /// <summary>A call that may be repeated when its connection broke; ends when the request is cancelled.</summary>
    ValueTask<RpcResult<TReply>> ReadAsync<TRequest, TReply>(ServiceMethod<TRequest, TReply> method, TRequest request)
        where TRequest : QueryRequest;
}
