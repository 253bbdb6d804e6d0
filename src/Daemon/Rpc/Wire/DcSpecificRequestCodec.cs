using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>The general read request: all of Status, the lists of the catalog, Internal.NodeDump, Operator.RaftGetConfiguration.</summary>
internal static class DcSpecificRequestCodec
{
    public static void Write(MsgPackWriter writer, DcSpecificRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 3);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("NodeMetaFilters"u8);
        QuerySourceCodec.WriteNodeMeta(writer, request.NodeMetaFilters);
        map.Key("Source"u8);
        QuerySourceCodec.Write(writer, request.Source);
        map.End();
    }

    public static DcSpecificRequest Read(ref MsgPackReader reader)
    {
        var request = new DcSpecificRequest();
        ReadInto(ref reader, request);
        return request;
    }

    /// <summary>Reads into an object that may have served before.</summary>
    public static void ReadInto(ref MsgPackReader reader, DcSpecificRequest target)
    {
        var common = new QueryRequestReader(target);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (!common.TryRead(ref reader, key)) reader.Skip();
        }
    }
}
