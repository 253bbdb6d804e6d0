using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>A node with everything on it. Datacenter and indexes of the node are not part of it.</summary>
internal static class NodeInfoCodec
{
    public static void Write(MsgPackWriter writer, NodeInfo info)
    {
        writer.WriteMapHeader(7);
        writer.WriteKey("Address"u8);
        writer.WriteString(info.Node.Address);
        writer.WriteKey("Checks"u8);
        NestedRows.Write(writer, info.Checks, HealthCheckCodec.Write);
        writer.WriteKey("ID"u8);
        writer.WriteString(info.Node.Id);
        writer.WriteKey("Meta"u8);
        MsgPackCollections.WriteStringMap(writer, info.Node.Meta);
        writer.WriteKey("Node"u8);
        writer.WriteString(info.Node.Name);
        writer.WriteKey("Services"u8);
        NestedRows.Write(writer, info.Services, NodeServiceCodec.Write);
        writer.WriteKey("TaggedAddresses"u8);
        MsgPackCollections.WriteStringMap(writer, info.Node.TaggedAddresses);
    }

    public static NodeInfo Read(ref MsgPackReader reader)
    {
        string address = "", id = "", name = "";
        SortedMap<string>? meta = null, taggedAddresses = null;
        IReadOnlyList<HealthCheck> checks = [];
        IReadOnlyList<NodeService> services = [];
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("Checks"u8)) checks = NestedRows.Read(ref reader, HealthCheckCodec.Read);
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("Meta"u8)) meta = MsgPackCollections.ReadStringMap(ref reader);
            else if (key.SequenceEqual("Node"u8)) name = reader.ReadString();
            else if (key.SequenceEqual("Services"u8)) services = NestedRows.Read(ref reader, NodeServiceCodec.Read);
            else if (key.SequenceEqual("TaggedAddresses"u8)) taggedAddresses = MsgPackCollections.ReadStringMap(ref reader);
            else reader.Skip();
        }

        var node = new Node { Id = id, Name = name, Address = address, Meta = meta, TaggedAddresses = taggedAddresses };
        return new NodeInfo(node, services, checks);
    }
}
