using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Health.ChecksInState.</summary>
internal static class ChecksInStateRequestCodec
{
    public static void Write(MsgPackWriter writer, ChecksInStateRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 4);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("NodeMetaFilters"u8);
        QuerySourceCodec.WriteNodeMeta(writer, request.NodeMetaFilters);
        map.Key("Source"u8);
        QuerySourceCodec.Write(writer, request.Source);
        map.Key("State"u8);
        writer.WriteString(request.State);
        map.End();
    }

    public static ChecksInStateRequest Read(ref MsgPackReader reader)
    {
        var request = new ChecksInStateRequest();
        ReadInto(ref reader, request);
        return request;
    }

    /// <summary>Reads into an object that may have served before.</summary>
    public static void ReadInto(ref MsgPackReader reader, ChecksInStateRequest target)
    {
        string state = target.State;
        var common = new QueryRequestReader(target);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("State"u8)) target.State = QueryRequestReader.ReadText(ref reader, state);
            else if (!common.TryRead(ref reader, key)) reader.Skip();
        }
    }
}
