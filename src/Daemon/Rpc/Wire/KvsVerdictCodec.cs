using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>
/// Reply of KVS.Apply. Only conditional operations have a verdict on the wire; the others say false also on success, which
/// here is true.
/// </summary>
internal static class KvsVerdictCodec
{
    /// <param name="op">What was asked for.</param>
    public static void Write(MsgPackWriter writer, string op, RpcResult<bool> reply) =>
        writer.WriteBool(IsConditional(op) && reply.Value);

    public static RpcResult<bool> Read(ref MsgPackReader reader, string op)
    {
        bool verdict = reader.ReadBool();
        return RpcResult<bool>.Ok(verdict || !IsConditional(op));
    }

    private static bool IsConditional(string op) => op is KvsOp.Cas or KvsOp.DeleteCas or KvsOp.Lock or KvsOp.Unlock;
}
