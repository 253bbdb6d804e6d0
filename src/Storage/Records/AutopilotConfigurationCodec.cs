using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>The autopilot's configuration, in commands, calls and snapshots.</summary>
public static class AutopilotConfigurationCodec
{
    public static void Write(MsgPackWriter writer, AutopilotConfiguration configuration)
    {
        writer.WriteMapHeader(10);
        writer.WriteKey("CleanupDeadServers"u8);
        writer.WriteBool(configuration.CleanupDeadServers);
        writer.WriteKey("CreateIndex"u8);
        writer.WriteUInt64(configuration.CreateIndex);
        writer.WriteKey("DisableUpgradeMigration"u8);
        writer.WriteBool(configuration.DisableUpgradeMigration);
        writer.WriteKey("LastContactThreshold"u8);
        writer.WriteInt64(configuration.LastContactThresholdNs);
        writer.WriteKey("MaxTrailingLogs"u8);
        writer.WriteUInt64(configuration.MaxTrailingLogs);
        writer.WriteKey("MinQuorum"u8);
        writer.WriteUInt64(configuration.MinQuorum);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(configuration.ModifyIndex);
        writer.WriteKey("RedundancyZoneTag"u8);
        writer.WriteString(configuration.RedundancyZoneTag);
        writer.WriteKey("ServerStabilizationTime"u8);
        writer.WriteInt64(configuration.ServerStabilizationTimeNs);
        writer.WriteKey("UpgradeVersionTag"u8);
        writer.WriteString(configuration.UpgradeVersionTag);
    }

    public static AutopilotConfiguration Read(ref MsgPackReader reader)
    {
        bool cleanup = false, noMigration = false;
        ulong createIndex = 0, modifyIndex = 0, trailing = 0, quorum = 0;
        long contactNs = 0, stabilizationNs = 0;
        string zone = "", version = "";
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("CleanupDeadServers"u8)) cleanup = reader.ReadBool();
            else if (key.SequenceEqual("CreateIndex"u8)) createIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("DisableUpgradeMigration"u8)) noMigration = reader.ReadBool();
            else if (key.SequenceEqual("LastContactThreshold"u8)) contactNs = reader.ReadInt64();
            else if (key.SequenceEqual("MaxTrailingLogs"u8)) trailing = reader.ReadUInt64();
            else if (key.SequenceEqual("MinQuorum"u8)) quorum = reader.ReadUInt64();
            else if (key.SequenceEqual("ModifyIndex"u8)) modifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("RedundancyZoneTag"u8)) zone = reader.ReadString();
            else if (key.SequenceEqual("ServerStabilizationTime"u8)) stabilizationNs = reader.ReadInt64();
            else if (key.SequenceEqual("UpgradeVersionTag"u8)) version = reader.ReadString();
            else reader.Skip();
        }

        return new AutopilotConfiguration
        {
            CleanupDeadServers = cleanup,
            LastContactThresholdNs = contactNs,
            MaxTrailingLogs = trailing,
            MinQuorum = quorum,
            ServerStabilizationTimeNs = stabilizationNs,
            RedundancyZoneTag = zone,
            DisableUpgradeMigration = noMigration,
            UpgradeVersionTag = version,
            CreateIndex = createIndex,
            ModifyIndex = modifyIndex,
        };
    }
}
