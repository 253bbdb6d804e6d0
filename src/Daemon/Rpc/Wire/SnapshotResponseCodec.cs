using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>The response of a snapshot connection: the error, or the metadata of the archive. The value is true.</summary>
internal static class SnapshotResponseCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<bool> reply)
    {
        var map = new FlattenedMap<QueryMetaFields>(writer, new(reply.Meta), ownFields: 1);
        map.Key("Error"u8);
        writer.WriteString(reply.Error ?? "");
        map.End();
    }

    public static RpcResult<bool> Read(ref MsgPackReader reader)
    {
        string error = "";
        var meta = default(QueryMetaReader);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Error"u8)) error = reader.ReadString();
            else if (!meta.TryRead(ref reader, key)) reader.Skip();
        }

        return error.Length > 0 ? RpcResult<bool>.Fail(error, meta.Meta) : RpcResult<bool>.Ok(true, meta.Meta);
    }
}
