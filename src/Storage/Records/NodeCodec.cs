using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Nodes, in transactions and answers.</summary>
public static class NodeCodec
{
    public static void Write(MsgPackWriter writer, Node node)
    {
        writer.WriteMapHeader(8);
        writer.WriteKey("Address"u8);
        writer.WriteString(node.Address);
        writer.WriteKey("CreateIndex"u8);
        writer.WriteUInt64(node.CreateIndex);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(node.Datacenter);
        writer.WriteKey("ID"u8);
        writer.WriteString(node.Id);
        writer.WriteKey("Meta"u8);
        MsgPackCollections.WriteStringMap(writer, node.Meta);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(node.ModifyIndex);
        writer.WriteKey("Node"u8);
        writer.WriteString(node.Name);
        writer.WriteKey("TaggedAddresses"u8);
        MsgPackCollections.WriteStringMap(writer, node.TaggedAddresses);
    }

    public static Node Read(ref MsgPackReader reader)
    {
        string address = "", datacenter = "", id = "", name = "";
        ulong createIndex = 0, modifyIndex = 0;
        SortedMap<string>? meta = null, taggedAddresses = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("CreateIndex"u8)) createIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("Meta"u8)) meta = MsgPackCollections.ReadStringMap(ref reader);
            else if (key.SequenceEqual("ModifyIndex"u8)) modifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Node"u8)) name = reader.ReadString();
            else if (key.SequenceEqual("TaggedAddresses"u8)) taggedAddresses = MsgPackCollections.ReadStringMap(ref reader);
            else reader.Skip();
        }

        return new Node
        {
            Address = address,
            CreateIndex = createIndex,
            Datacenter = datacenter,
            Id = id,
            Meta = meta,
            ModifyIndex = modifyIndex,
            Name = name,
            TaggedAddresses = taggedAddresses,
        };
    }
}
