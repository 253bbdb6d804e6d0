using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of KVS.ListKeys.</summary>
internal static class IndexedKeyListCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>> reply) =>
        Indexed.WriteList(writer, "Keys"u8, reply, static (w, key) => w.WriteBytes(key.Span));

    /// <summary>The keys are copied.</summary>
    public static RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList<ReadOnlyMemory<byte>>(ref reader, "Keys"u8, static (ref MsgPackReader r) => r.ReadKey().ToArray());
}
