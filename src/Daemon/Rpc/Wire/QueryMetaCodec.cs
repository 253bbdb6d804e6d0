using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>The reply that has nothing but the metadata of a read: Internal.EventFire.</summary>
internal static class QueryMetaCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<bool> reply)
    {
        var map = new FlattenedMap<QueryMetaFields>(writer, new(reply.Meta), ownFields: 0);
        map.End();
    }

    public static RpcResult<bool> Read(ref MsgPackReader reader)
    {
        var meta = default(QueryMetaReader);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (!meta.TryRead(ref reader, key)) reader.Skip();
        }

        return RpcResult<bool>.Ok(true, meta.Meta);
    }
}
