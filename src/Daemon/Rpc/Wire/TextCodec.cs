using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Replies of Status.Leader and Session.Apply: a text.</summary>
internal static class TextCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<string> reply) => writer.WriteString(reply.Value);

    public static RpcResult<string> Read(ref MsgPackReader reader) => RpcResult<string>.Ok(reader.ReadString());
}
