using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Catalog.ListDatacenters: the options and nothing else.</summary>
internal static class DatacentersRequestCodec
{
    public static void Write(MsgPackWriter writer, DatacentersRequest request) =>
        new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 0).End();

    public static DatacentersRequest Read(ref MsgPackReader reader)
    {
        var request = new DatacentersRequest();
        ReadInto(ref reader, request);
        return request;
    }

    /// <summary>Reads into an object that may have served before.</summary>
    public static void ReadInto(ref MsgPackReader reader, DatacentersRequest target)
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
