using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Txn.Read: as of Txn.Apply, with metadata.</summary>
internal static class TxnReadResponseCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<TxnResponse> reply)
    {
        var map = new FlattenedMap<QueryMetaFields>(writer, new(reply.Meta), ownFields: 2);
        map.Key("Errors"u8);
        TxnResponseCodec.WriteErrors(writer, reply.Value.Errors);
        map.Key("Results"u8);
        TxnResponseCodec.WriteResults(writer, reply.Value.Results);
        map.End();
    }

    public static RpcResult<TxnResponse> Read(ref MsgPackReader reader)
    {
        IReadOnlyList<TxnError>? errors = null;
        IReadOnlyList<TxnResult>? results = null;
        var meta = default(QueryMetaReader);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Errors"u8)) errors = TxnResponseCodec.ReadErrors(ref reader);
            else if (key.SequenceEqual("Results"u8)) results = TxnResponseCodec.ReadResults(ref reader);
            else if (!meta.TryRead(ref reader, key)) reader.Skip();
        }

        return RpcResult<TxnResponse>.Ok(new TxnResponse(results, errors), meta.Meta);
    }
}
