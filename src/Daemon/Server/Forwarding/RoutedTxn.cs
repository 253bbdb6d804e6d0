using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Where transactions run. Thread safe.</summary>
internal sealed class RoutedTxn(CallRoutes routes, ITxn local) : ITxn
{
    private readonly RoutedWrite<TxnRequest, TxnResponse> _apply =
        routes.Write(TxnMethods.Apply, static request => request.Datacenter, local.ApplyAsync);

    private readonly RoutedRead<TxnReadRequest, TxnResponse> _read = routes.Read(TxnMethods.Read, local.ReadAsync);

    public ValueTask<RpcResult<TxnResponse>> ApplyAsync(TxnRequest request) => _apply.CallAsync(request);

    public ValueTask<RpcResult<TxnResponse>> ReadAsync(TxnReadRequest request) => _read.CallAsync(request);
}
