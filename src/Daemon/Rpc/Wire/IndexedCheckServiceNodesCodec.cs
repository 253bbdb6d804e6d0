using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Health.ServiceNodes.</summary>
internal static class IndexedCheckServiceNodesCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<CheckServiceNode>> reply) =>
        Indexed.WriteList(writer, "Nodes"u8, reply, CheckServiceNodeCodec.Write);

    public static RpcResult<IReadOnlyList<CheckServiceNode>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "Nodes"u8, CheckServiceNodeCodec.Read);
}
