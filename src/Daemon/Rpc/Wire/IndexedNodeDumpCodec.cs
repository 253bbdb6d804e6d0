using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Replies of Internal.NodeDump, and of Internal.NodeInfo with at most one node.</summary>
internal static class IndexedNodeDumpCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<NodeInfo>> reply) =>
        Indexed.WriteList(writer, "Dump"u8, reply, NodeInfoCodec.Write);

    public static RpcResult<IReadOnlyList<NodeInfo>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "Dump"u8, NodeInfoCodec.Read);

    public static void WriteOne(MsgPackWriter writer, RpcResult<NodeInfo?> reply) =>
        Indexed.WriteRow(writer, "Dump"u8, reply, NodeInfoCodec.Write);

    public static RpcResult<NodeInfo?> ReadOne(ref MsgPackReader reader) => Indexed.ReadRow(ref reader, "Dump"u8, NodeInfoCodec.Read);
}
