using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Catalog.NodeServiceList: the services as a list; both members are nil for an unknown node.</summary>
internal static class IndexedNodeServiceListCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<NodeServices?> reply) =>
        Indexed.Write(writer, "NodeServices"u8, reply, WriteServices);

    public static RpcResult<NodeServices?> Read(ref MsgPackReader reader) =>
        Indexed.Read(ref reader, "NodeServices"u8, ReadServices, missing: null);

    private static void WriteServices(MsgPackWriter writer, NodeServices? found)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey("Node"u8);
        if (found is null) writer.WriteNil();
        else NodeCodec.Write(writer, found.Node);
        writer.WriteKey("Services"u8);
        if (found is null || Unset.Is(found.Services)) writer.WriteNil();
        else MsgPackCollections.WriteList(writer, found.Services, NodeServiceCodec.Write);
    }

    private static NodeServices? ReadServices(ref MsgPackReader reader)
    {
        Node? node = null;
        IReadOnlyList<NodeService> services = Unset.List<NodeService>();
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Node"u8)) node = reader.TryReadNil() ? null : NodeCodec.Read(ref reader);
            else if (key.SequenceEqual("Services"u8)) services = ReadList(ref reader);
            else reader.Skip();
        }

        return node is null ? null : new NodeServices(node, services);
    }

    private static IReadOnlyList<NodeService> ReadList(ref MsgPackReader reader) =>
        MsgPackCollections.ReadList(ref reader, NodeServiceCodec.Read) ?? Unset.List<NodeService>();
}
