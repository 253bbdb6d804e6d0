using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>The service <c>Txn</c> on the wire.</summary>
internal static class TxnMethods
{
    public static readonly ServiceMethod<TxnRequest, TxnResponse> Apply = new(
        "Txn.Apply", RpcScheduling.ThreadPool, TxnCodec.Write, TxnCodec.Read, TxnResponseCodec.Write, TxnResponseCodec.Read);

    public static readonly ServiceMethod<TxnReadRequest, TxnResponse> Read = new(
        "Txn.Read", RpcScheduling.ThreadPool,
        TxnReadRequestCodec.Write, TxnReadRequestCodec.Read, TxnReadResponseCodec.Write, TxnReadResponseCodec.Read);

    public static void AddTo(RpcRegistry registry, ITxn txn) => registry
        .Add(Apply.Serve(txn.ApplyAsync))
        .Add(Read.Serve(txn.ReadAsync));
}
