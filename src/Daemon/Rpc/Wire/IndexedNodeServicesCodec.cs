using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Catalog.NodeServices: the services by id; nil for an unknown node.</summary>
internal static class IndexedNodeServicesCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<NodeServices?> reply) =>
        Indexed.Write(writer, "NodeServices"u8, reply, WriteServices);

    /// <summary>Ordered by service id, whatever the order on the wire.</summary>
    public static RpcResult<NodeServices?> Read(ref MsgPackReader reader) =>
        Indexed.Read(ref reader, "NodeServices"u8, ReadServices, missing: null);

    private static void WriteServices(MsgPackWriter writer, NodeServices? found)
    {
        if (found is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(2);
        writer.WriteKey("Node"u8);
        NodeCodec.Write(writer, found.Node);
        writer.WriteKey("Services"u8);
        writer.WriteMapHeader(found.Services.Count);
        for (int i = 0; i < found.Services.Count; i++)
        {
            writer.WriteString(found.Services[i].Id);
            NodeServiceCodec.Write(writer, found.Services[i]);
        }
    }

    private static NodeServices? ReadServices(ref MsgPackReader reader)
    {
        int count = reader.ReadMapHeader();
        if (count < 0) return null;
        Node? node = null;
        IReadOnlyList<NodeService> services = Unset.List<NodeService>();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Node"u8)) node = NodeCodec.Read(ref reader);
            else if (key.SequenceEqual("Services"u8)) services = ReadById(ref reader);
            else reader.Skip();
        }

        return new NodeServices(node ?? new Node(), services);
    }

    private static IReadOnlyList<NodeService> ReadById(ref MsgPackReader reader) =>
        MsgPackCollections.ReadMap(ref reader, NodeServiceCodec.Read) is { } services
            ? [.. services.Select(static pair => pair.Value)]
            : Unset.List<NodeService>();
}
