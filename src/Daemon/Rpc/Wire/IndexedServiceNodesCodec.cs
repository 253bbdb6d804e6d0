using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Catalog.ServiceNodes.</summary>
internal static class IndexedServiceNodesCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<ServiceInstance>> reply) =>
        Indexed.WriteList(writer, "ServiceNodes"u8, reply, ServiceNodeCodec.Write);

    public static RpcResult<IReadOnlyList<ServiceInstance>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "ServiceNodes"u8, ServiceNodeCodec.Read);
}
