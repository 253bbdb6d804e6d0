using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>Registrations: commands, and in snapshots the form of all catalog rows.</summary>
public static class RegisterCodec
{
    public static void Write(MsgPackWriter writer, RegisterRequest request)
    {
        writer.WriteMapHeader(13);
        writer.WriteKey("Address"u8);
        writer.WriteString(request.Address);
        writer.WriteKey("Check"u8);
        if (request.Check is null) writer.WriteNil();
        else HealthCheckCodec.Write(writer, request.Check);
        writer.WriteKey("Checks"u8);
        MsgPackCollections.WriteList(writer, request.Checks, HealthCheckCodec.Write);
        writer.WriteKey("CreateIndex"u8);
        writer.WriteUInt64(request.CreateIndex);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("ID"u8);
        writer.WriteString(request.Id);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(request.ModifyIndex);
        writer.WriteKey("Node"u8);
        writer.WriteString(request.Node);
        writer.WriteKey("NodeMeta"u8);
        MsgPackCollections.WriteStringMap(writer, request.NodeMeta);
        writer.WriteKey("Service"u8);
        if (request.Service is null) writer.WriteNil();
        else NodeServiceCodec.Write(writer, request.Service);
        writer.WriteKey("SkipNodeUpdate"u8);
        writer.WriteBool(request.SkipNodeUpdate);
        writer.WriteKey("TaggedAddresses"u8);
        MsgPackCollections.WriteStringMap(writer, request.TaggedAddresses);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static RegisterRequest Read(ref MsgPackReader reader)
    {
        string address = "", datacenter = "", id = "", node = "", token = "";
        ulong createIndex = 0, modifyIndex = 0;
        bool skipNodeUpdate = false;
        SortedMap<string>? nodeMeta = null, taggedAddresses = null;
        NodeService? service = null;
        HealthCheck? check = null;
        IReadOnlyList<HealthCheck>? checks = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("Check"u8)) check = reader.TryReadNil() ? null : HealthCheckCodec.Read(ref reader);
            else if (key.SequenceEqual("Checks"u8)) checks = MsgPackCollections.ReadList(ref reader, HealthCheckCodec.Read);
            else if (key.SequenceEqual("CreateIndex"u8)) createIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("ModifyIndex"u8)) modifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Node"u8)) node = reader.ReadString();
            else if (key.SequenceEqual("NodeMeta"u8)) nodeMeta = MsgPackCollections.ReadStringMap(ref reader);
            else if (key.SequenceEqual("Service"u8)) service = reader.TryReadNil() ? null : NodeServiceCodec.Read(ref reader);
            else if (key.SequenceEqual("SkipNodeUpdate"u8)) skipNodeUpdate = reader.ReadBool();
            else if (key.SequenceEqual("TaggedAddresses"u8)) taggedAddresses = MsgPackCollections.ReadStringMap(ref reader);
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        return new RegisterRequest
        {
            Datacenter = datacenter,
            Id = id,
            Node = node,
            Address = address,
            TaggedAddresses = taggedAddresses,
            NodeMeta = nodeMeta,
            Service = service,
            Check = check,
            Checks = checks,
            SkipNodeUpdate = skipNodeUpdate,
            Token = token,
            CreateIndex = createIndex,
            ModifyIndex = modifyIndex,
        };
    }
}
