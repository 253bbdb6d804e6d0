using System.Buffers;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Daemon.Tests.Rpc;

/// <summary>Which codecs a method's bodies go through: each reads bytes and writes again what it read, or null when it failed.</summary>
internal sealed record WireMethod(Func<byte[], byte[]?> Request, Func<byte[], byte[], byte[]?> Response)
{
    public static readonly IReadOnlyDictionary<string, WireMethod> All = new Dictionary<string, WireMethod>
    {
        ["Status.Ping"] = new(Empty, Reply(EmptyCodec.Read, EmptyCodec.Write)),
        ["Status.Leader"] = new(Dc, Reply(TextCodec.Read, TextCodec.Write)),
        ["Status.Peers"] = new(Dc, Reply(TextListCodec.Read, TextListCodec.Write)),
        ["Status.RaftStats"] = new(Empty, Reply(RaftStatsCodec.Read, RaftStatsCodec.Write)),
        ["Catalog.Register"] = new(Of(RegisterCodec.Read, RegisterCodec.Write), Reply(EmptyCodec.Read, EmptyCodec.Write)),
        ["Catalog.Deregister"] = new(Of(DeregisterCodec.Read, DeregisterCodec.Write), Reply(EmptyCodec.Read, EmptyCodec.Write)),
        ["Catalog.ListDatacenters"] = new(
            Of(DatacentersRequestCodec.Read, DatacentersRequestCodec.Write), Reply(TextListCodec.Read, TextListCodec.Write)),
        ["Catalog.ListNodes"] = new(Dc, Reply(IndexedNodesCodec.Read, IndexedNodesCodec.Write)),
        ["Catalog.ListServices"] = new(Dc, Reply(IndexedServicesCodec.Read, IndexedServicesCodec.Write)),
        ["Catalog.ServiceList"] = new(Dc, Reply(IndexedServiceListCodec.Read, IndexedServiceListCodec.Write)),
        ["Catalog.ServiceNodes"] = new(Service, Reply(IndexedServiceNodesCodec.Read, IndexedServiceNodesCodec.Write)),
        ["Catalog.NodeServices"] = new(Node, Reply(IndexedNodeServicesCodec.Read, IndexedNodeServicesCodec.Write)),
        ["Catalog.NodeServiceList"] = new(Node, Reply(IndexedNodeServiceListCodec.Read, IndexedNodeServiceListCodec.Write)),
        ["Health.ChecksInState"] = new(
            Of(ChecksInStateRequestCodec.Read, ChecksInStateRequestCodec.Write), Reply(IndexedHealthChecksCodec.Read, IndexedHealthChecksCodec.Write)),
        ["Health.NodeChecks"] = new(Node, Reply(IndexedHealthChecksCodec.Read, IndexedHealthChecksCodec.Write)),
        ["Health.ServiceChecks"] = new(Service, Reply(IndexedHealthChecksCodec.Read, IndexedHealthChecksCodec.Write)),
        ["Health.ServiceNodes"] = new(Service, Reply(IndexedCheckServiceNodesCodec.Read, IndexedCheckServiceNodesCodec.Write)),
        ["KVS.Apply"] = new(Of(KvsRequestCodec.Read, KvsRequestCodec.Write), Verdict),
        ["KVS.Get"] = new(Key, Reply(IndexedDirEntriesCodec.ReadOne, IndexedDirEntriesCodec.WriteOne)),
        ["KVS.List"] = new(Key, Reply(IndexedDirEntriesCodec.Read, IndexedDirEntriesCodec.Write)),
        ["KVS.ListKeys"] = new(
            Of(KeyListRequestCodec.Read, KeyListRequestCodec.Write), Reply(IndexedKeyListCodec.Read, IndexedKeyListCodec.Write)),
        ["Session.Apply"] = new(Of(SessionRequestCodec.Read, SessionRequestCodec.Write), Reply(TextCodec.Read, TextCodec.Write)),
        ["Session.Get"] = new(Session, Reply(IndexedSessionsCodec.ReadOne, IndexedSessionsCodec.WriteOne)),
        ["Session.List"] = new(Session, Reply(IndexedSessionsCodec.Read, IndexedSessionsCodec.Write)),
        ["Session.NodeSessions"] = new(Node, Reply(IndexedSessionsCodec.Read, IndexedSessionsCodec.Write)),
        ["Session.Renew"] = new(Session, Reply(IndexedSessionsCodec.ReadOne, IndexedSessionsCodec.WriteOne)),
        ["Txn.Apply"] = new(Of(TxnCodec.Read, TxnCodec.Write), Reply(TxnResponseCodec.Read, TxnResponseCodec.Write)),
        ["Txn.Read"] = new(
            Of(TxnReadRequestCodec.Read, TxnReadRequestCodec.Write), Reply(TxnReadResponseCodec.Read, TxnReadResponseCodec.Write)),
        ["Internal.NodeInfo"] = new(Node, Reply(IndexedNodeDumpCodec.ReadOne, IndexedNodeDumpCodec.WriteOne)),
        ["Internal.NodeDump"] = new(Dc, Reply(IndexedNodeDumpCodec.Read, IndexedNodeDumpCodec.Write)),
        ["Internal.ServiceDump"] = new(
            Of(ServiceDumpRequestCodec.Read, ServiceDumpRequestCodec.Write),
            Reply(IndexedNodesWithGatewaysCodec.Read, IndexedNodesWithGatewaysCodec.Write)),
        ["Operator.RaftGetConfiguration"] = new(Dc, Reply(RaftConfigurationCodec.Read, RaftConfigurationCodec.Write)),
    };

    private delegate T Reading<out T>(ref MsgPackReader reader);

    private delegate void Writing<in T>(MsgPackWriter writer, T value);

    private static Func<byte[], byte[]?> Empty => Of(EmptyCodec.Read, static (w, _) => EmptyCodec.Write(w));

    private static Func<byte[], byte[]?> Dc => Of(DcSpecificRequestCodec.Read, DcSpecificRequestCodec.Write);

    private static Func<byte[], byte[]?> Node => Of(NodeSpecificRequestCodec.Read, NodeSpecificRequestCodec.Write);

    private static Func<byte[], byte[]?> Service => Of(ServiceSpecificRequestCodec.Read, ServiceSpecificRequestCodec.Write);

    private static Func<byte[], byte[]?> Key => Of(KeyRequestCodec.Read, KeyRequestCodec.Write);

    private static Func<byte[], byte[]?> Session => Of(SessionSpecificRequestCodec.Read, SessionSpecificRequestCodec.Write);

    private static Func<byte[], byte[]?> Of<T>(Reading<T> read, Writing<T> write) => bytes =>
    {
        var reader = new MsgPackReader(bytes);
        T value = read(ref reader);
        if (reader.Failed) return null;
        var output = new ArrayBufferWriter<byte>();
        write(new MsgPackWriter(output), value);
        return output.WrittenSpan.ToArray();
    };

    private static Func<byte[], byte[], byte[]?> Reply<T>(Reading<RpcResult<T>> read, Writing<RpcResult<T>> write)
    {
        Func<byte[], byte[]?> reply = Of(read, write);
        return (_, bytes) => reply(bytes);
    }

    /// <summary>What the answer to a write of keys means depends on the operation.</summary>
    private static byte[]? Verdict(byte[] request, byte[] bytes)
    {
        var reader = new MsgPackReader(request);
        string op = KvsRequestCodec.Read(ref reader).Op;
        return Of(
            (ref MsgPackReader r) => KvsVerdictCodec.Read(ref r, op),
            (MsgPackWriter w, RpcResult<bool> verdict) => KvsVerdictCodec.Write(w, op, verdict))(bytes);
    }
}
