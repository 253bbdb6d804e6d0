using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Txn.Read.</summary>
internal static class TxnReadRequestCodec
{
    public static void Write(MsgPackWriter writer, TxnReadRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 2);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("Ops"u8);
        TxnCodec.WriteOps(writer, request.Ops);
        map.End();
    }

    public static TxnReadRequest Read(ref MsgPackReader reader)
    {
        var request = new TxnReadRequest();
        ReadInto(ref reader, request);
        return request;
    }

    /// <summary>Reads into an object that may have served before.</summary>
    public static void ReadInto(ref MsgPackReader reader, TxnReadRequest target)
    {
        var common = new QueryRequestReader(target);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Ops"u8)) target.Ops = TxnCodec.ReadOps(ref reader);
            else if (!common.TryRead(ref reader, key)) reader.Skip();
        }
    }
}
