using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>
/// The reply that says nothing but that the call succeeded (Status.Ping, Catalog.Register and Deregister): an empty map.
/// Whatever comes is taken as one.
/// </summary>
internal static class EmptyCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<bool> reply) => writer.WriteMapHeader(0);

    public static RpcResult<bool> Read(ref MsgPackReader reader)
    {
        reader.Skip();
        return RpcResult<bool>.Ok(true);
    }
}
