using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Health checks, in commands and snapshots.</summary>
public static class HealthCheckCodec
{
    public static void Write(MsgPackWriter writer, HealthCheck check)
    {
        writer.WriteMapHeader(16);
        writer.WriteKey("CheckID"u8);
        writer.WriteString(check.CheckId);
        writer.WriteKey("CreateIndex"u8);
        writer.WriteUInt64(check.CreateIndex);
        writer.WriteKey("Definition"u8);
        CheckDefinitionCodec.Write(writer, check.Definition);
        writer.WriteKey("ExposedPort"u8);
        writer.WriteInt64(check.ExposedPort);
        writer.WriteKey("Interval"u8);
        writer.WriteString(check.Interval);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(check.ModifyIndex);
        writer.WriteKey("Name"u8);
        writer.WriteString(check.Name);
        writer.WriteKey("Node"u8);
        writer.WriteString(check.Node);
        writer.WriteKey("Notes"u8);
        writer.WriteString(check.Notes);
        writer.WriteKey("Output"u8);
        writer.WriteString(check.Output);
        writer.WriteKey("ServiceID"u8);
        writer.WriteString(check.ServiceId);
        writer.WriteKey("ServiceName"u8);
        writer.WriteString(check.ServiceName);
        writer.WriteKey("ServiceTags"u8);
        MsgPackCollections.WriteStrings(writer, check.ServiceTags);
        writer.WriteKey("Status"u8);
        writer.WriteString(check.Status);
        writer.WriteKey("Timeout"u8);
        writer.WriteString(check.Timeout);
        writer.WriteKey("Type"u8);
        writer.WriteString(check.Type);
    }

    public static HealthCheck Read(ref MsgPackReader reader)
    {
        string checkId = "", interval = "", name = "", node = "", notes = "", output = "", serviceId = "", serviceName = "";
        string status = "", timeout = "", type = "";
        ulong createIndex = 0, modifyIndex = 0;
        CheckDefinition definition = CheckDefinition.None;
        long exposedPort = 0;
        IReadOnlyList<string>? serviceTags = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("CheckID"u8)) checkId = reader.ReadString();
            else if (key.SequenceEqual("CreateIndex"u8)) createIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Definition"u8)) definition = CheckDefinitionCodec.Read(ref reader);
            else if (key.SequenceEqual("ExposedPort"u8)) exposedPort = reader.ReadInt64();
            else if (key.SequenceEqual("Interval"u8)) interval = reader.ReadString();
            else if (key.SequenceEqual("ModifyIndex"u8)) modifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Name"u8)) name = reader.ReadString();
            else if (key.SequenceEqual("Node"u8)) node = reader.ReadString();
            else if (key.SequenceEqual("Notes"u8)) notes = reader.ReadString();
            else if (key.SequenceEqual("Output"u8)) output = reader.ReadString();
            else if (key.SequenceEqual("ServiceID"u8)) serviceId = reader.ReadString();
            else if (key.SequenceEqual("ServiceName"u8)) serviceName = reader.ReadString();
            else if (key.SequenceEqual("ServiceTags"u8)) serviceTags = MsgPackCollections.ReadStrings(ref reader);
            else if (key.SequenceEqual("Status"u8)) status = reader.ReadString();
            else if (key.SequenceEqual("Timeout"u8)) timeout = reader.ReadString();
            else if (key.SequenceEqual("Type"u8)) type = reader.ReadString();
            else reader.Skip();
        }

        return new HealthCheck
        {
            CheckId = checkId,
            CreateIndex = createIndex,
            Definition = definition,
            ExposedPort = exposedPort,
            Interval = interval,
            ModifyIndex = modifyIndex,
            Name = name,
            Node = node,
            Notes = notes,
            Output = output,
            ServiceId = serviceId,
            ServiceName = serviceName,
            ServiceTags = serviceTags,
            Status = status,
            Timeout = timeout,
            Type = type,
        };
    }
}
