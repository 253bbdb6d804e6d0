using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Internal.ServiceDump. Gateways are not part of the state yet: none are written and none are kept.</summary>
internal static class IndexedNodesWithGatewaysCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<CheckServiceNode>> reply)
    {
        var map = new FlattenedMap<QueryMetaFields>(writer, new(reply.Meta), ownFields: 2);
        map.Key("Gateways"u8);
        writer.WriteNil();
        map.Key("Nodes"u8);
        MsgPackCollections.WriteList(writer, Unset.Is(reply.Value) ? null : reply.Value, CheckServiceNodeCodec.Write);
        map.End();
    }

    public static RpcResult<IReadOnlyList<CheckServiceNode>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "Nodes"u8, CheckServiceNodeCodec.Read);
}
