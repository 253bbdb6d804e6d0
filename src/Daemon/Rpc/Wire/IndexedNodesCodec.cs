using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Catalog.ListNodes.</summary>
internal static class IndexedNodesCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<Node>> reply) =>
        Indexed.WriteList(writer, "Nodes"u8, reply, NodeCodec.Write);

    public static RpcResult<IReadOnlyList<Node>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "Nodes"u8, NodeCodec.Read);
}
