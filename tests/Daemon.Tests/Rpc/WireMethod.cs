using System.Buffers;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Tests.Rpc;

/// <summary>A method's two bodies: each reads bytes and writes again what it read, or null when it failed.</summary>
internal sealed record WireMethod(Func<byte[], byte[]?> Request, Func<byte[], byte[]?> Response)
{
    public static readonly IReadOnlyDictionary<string, WireMethod> All = new Dictionary<string, WireMethod>(
    [
        Of(StatusMethods.Ping),
        Of(StatusMethods.Leader),
        Of(StatusMethods.Peers),
        Of(StatusMethods.RaftStats),
        Of(CatalogMethods.Register),
        Of(CatalogMethods.Deregister),
        Of(CatalogMethods.ListDatacenters),
        Of(CatalogMethods.ListNodes),
        Of(CatalogMethods.ListServices),
        Of(CatalogMethods.ServiceList),
        Of(CatalogMethods.ServiceNodes),
        Of(CatalogMethods.NodeServices),
        Of(CatalogMethods.NodeServiceList),
        Of(HealthMethods.ChecksInState),
        Of(HealthMethods.NodeChecks),
        Of(HealthMethods.ServiceChecks),
        Of(HealthMethods.ServiceNodes),
        Of(KvsMethods.Apply),
        Of(KvsMethods.Get),
        Of(KvsMethods.List),
        Of(KvsMethods.ListKeys),
        Of(SessionMethods.Apply),
        Of(SessionMethods.Get),
        Of(SessionMethods.List),
        Of(SessionMethods.NodeSessions),
        Of(SessionMethods.Renew),
        Of(TxnMethods.Apply),
        Of(TxnMethods.Read),
        Of(InternalMethods.NodeInfo),
        Of(InternalMethods.NodeDump),
        Of(InternalMethods.ServiceDump),
        Of(InternalMethods.EventFire),
        Of(InternalMethods.KeyringOperation),
        Of(CoordinateMethods.Update),
        Of(CoordinateMethods.ListDatacenters),
        Of(CoordinateMethods.ListNodes),
        Of(CoordinateMethods.Node),
        Of(OperatorMethods.RaftGetConfiguration),
        Of(OperatorMethods.RaftRemovePeerByAddress),
        Of(OperatorMethods.RaftRemovePeerById),
        Of(OperatorMethods.AutopilotGetConfiguration),
        Of(OperatorMethods.AutopilotSetConfiguration),
        Of(OperatorMethods.ServerHealth),
        Of(OperatorMethods.AutopilotState),
    ]);

    private static KeyValuePair<string, WireMethod> Of<TRequest, TReply>(ServiceMethod<TRequest, TReply> method) => new(
        method.Name, new WireMethod(Body(method.ReadRequest, method.WriteRequest), Body(method.ReadReply, method.WriteReply)));

    private static Func<byte[], byte[]?> Body<T>(RpcDecoder<T> read, RpcEncoder<T> write) => bytes =>
    {
        var reader = new MsgPackReader(bytes);
        T value = read(ref reader);
        if (reader.Failed) return null;
        var output = new ArrayBufferWriter<byte>();
        write(new MsgPackWriter(output), value);
        return output.WrittenSpan.ToArray();
    };
}
