using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of KVS.Apply: the verdict of a conditional operation, false for all others.</summary>
internal static class FlagCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<bool> reply) => writer.WriteBool(reply.Value);

    public static RpcResult<bool> Read(ref MsgPackReader reader) => RpcResult<bool>.Ok(reader.ReadBool());
}
