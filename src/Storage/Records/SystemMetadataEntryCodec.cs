using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>System metadata, in commands and snapshots.</summary>
public static class SystemMetadataEntryCodec
{
    public static void Write(MsgPackWriter writer, SystemMetadataEntry entry)
    {
        writer.WriteMapHeader(4);
        writer.WriteKey("CreateIndex"u8);
        writer.WriteUInt64(entry.CreateIndex);
        writer.WriteKey("Key"u8);
        writer.WriteString(entry.Key);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(entry.ModifyIndex);
        writer.WriteKey("Value"u8);
        writer.WriteString(entry.Value);
    }

    public static SystemMetadataEntry Read(ref MsgPackReader reader)
    {
        string name = "", value = "";
        ulong createIndex = 0, modifyIndex = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("CreateIndex"u8)) createIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Key"u8)) name = reader.ReadString();
            else if (key.SequenceEqual("ModifyIndex"u8)) modifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Value"u8)) value = reader.ReadString();
            else reader.Skip();
        }

        return new SystemMetadataEntry(name, value, createIndex, modifyIndex);
    }
}
