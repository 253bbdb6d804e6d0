using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>
/// Reads of one node: Catalog.NodeServices and NodeServiceList, Health.NodeChecks, Session.NodeSessions, Internal.NodeInfo.
/// </summary>
internal static class NodeSpecificRequestCodec
{
    public static void Write(MsgPackWriter writer, NodeSpecificRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 2);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("Node"u8);
        writer.WriteString(request.Node);
        map.End();
    }

    public static NodeSpecificRequest Read(ref MsgPackReader reader)
    {
        var request = new NodeSpecificRequest();
        ReadInto(ref reader, request);
        return request;
    }

    /// <summary>Reads into an object that may have served before.</summary>
    public static void ReadInto(ref MsgPackReader reader, NodeSpecificRequest target)
    {
        string node = target.Node;
        var common = new QueryRequestReader(target);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Node"u8)) target.Node = QueryRequestReader.ReadText(ref reader, node);
            else if (!common.TryRead(ref reader, key)) reader.Skip();
        }
    }
}
