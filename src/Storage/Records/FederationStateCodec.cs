using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Federation states, in commands and snapshots.</summary>
public static class FederationStateCodec
{
    public static void Write(MsgPackWriter writer, FederationState state)
    {
        writer.WriteMapHeader(6);
        writer.WriteKey("CreateIndex"u8);
        writer.WriteUInt64(state.CreateIndex);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(state.Datacenter);
        writer.WriteKey("MeshGateways"u8);
        MsgPackCollections.WriteList(writer, state.MeshGateways, WriteGateway);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(state.ModifyIndex);
        writer.WriteKey("PrimaryModifyIndex"u8);
        writer.WriteUInt64(state.PrimaryModifyIndex);
        writer.WriteKey("UpdatedAt"u8);
        writer.WriteBytesOrNil(state.UpdatedAt);
    }

    public static FederationState Read(ref MsgPackReader reader)
    {
        string datacenter = "";
        FederationGateway[]? gateways = null;
        byte[]? updatedAt = null;
        ulong primaryModifyIndex = 0, createIndex = 0, modifyIndex = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("CreateIndex"u8)) createIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("MeshGateways"u8)) gateways = MsgPackCollections.ReadList(ref reader, ReadGateway);
            else if (key.SequenceEqual("ModifyIndex"u8)) modifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("PrimaryModifyIndex"u8)) primaryModifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("UpdatedAt"u8)) updatedAt = reader.ReadBytes();
            else reader.Skip();
        }

        return new FederationState
        {
            Datacenter = datacenter,
            MeshGateways = gateways,
            UpdatedAt = updatedAt,
            PrimaryModifyIndex = primaryModifyIndex,
            CreateIndex = createIndex,
            ModifyIndex = modifyIndex,
        };
    }

    private static void WriteGateway(MsgPackWriter writer, FederationGateway gateway)
    {
        writer.WriteMapHeader(3);
        writer.WriteKey("Checks"u8);
        MsgPackCollections.WriteList(writer, gateway.Checks, static (w, check) => WriteOrNil(w, check, HealthCheckCodec.Write));
        writer.WriteKey("Node"u8);
        WriteOrNil(writer, gateway.Node, NodeCodec.Write);
        writer.WriteKey("Service"u8);
        WriteOrNil(writer, gateway.Service, NodeServiceCodec.Write);
    }

    private static FederationGateway ReadGateway(ref MsgPackReader reader)
    {
        Node? node = null;
        NodeService? service = null;
        HealthCheck?[]? checks = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Checks"u8)) checks = MsgPackCollections.ReadList(ref reader, ReadCheck);
            else if (key.SequenceEqual("Node"u8)) node = reader.TryReadNil() ? null : NodeCodec.Read(ref reader);
            else if (key.SequenceEqual("Service"u8)) service = reader.TryReadNil() ? null : NodeServiceCodec.Read(ref reader);
            else reader.Skip();
        }

        return new FederationGateway(node, service, checks);
    }

    private static HealthCheck? ReadCheck(ref MsgPackReader reader) => reader.TryReadNil() ? null : HealthCheckCodec.Read(ref reader);

    private static void WriteOrNil<T>(MsgPackWriter writer, T? record, MsgPackCollections.ItemWriter<T> write)
        where T : class
    {
        if (record is null) writer.WriteNil();
        else write(writer, record);
    }
}
