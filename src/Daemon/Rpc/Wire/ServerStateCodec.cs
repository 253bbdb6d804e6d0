using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>One server in the reply of Operator.AutopilotState.</summary>
internal static class ServerStateCodec
{
    public static void Write(MsgPackWriter writer, ServerState state)
    {
        writer.WriteMapHeader(4);
        writer.WriteKey("Health"u8);
        writer.WriteMapHeader(2);
        writer.WriteKey("Healthy"u8);
        writer.WriteBool(state.Healthy);
        writer.WriteKey("StableSince"u8);
        writer.WriteTime(state.StableSince.UtcDateTime);
        writer.WriteKey("Server"u8);
        WriteServer(writer, state.Server, state.NodeType);
        writer.WriteKey("State"u8);
        writer.WriteString(state.Standing);
        writer.WriteKey("Stats"u8);
        writer.WriteMapHeader(3);
        writer.WriteKey("LastContact"u8);
        writer.WriteInt64(state.Stats.LastContactNs);
        writer.WriteKey("LastIndex"u8);
        writer.WriteUInt64(state.Stats.LastIndex);
        writer.WriteKey("LastTerm"u8);
        writer.WriteUInt64(state.Stats.LastTerm);
    }

    public static ServerState Read(ref MsgPackReader reader)
    {
        (bool Healthy, DateTimeOffset StableSince) health = default;
        (KnownServer Known, string NodeType) server = (new KnownServer("", "", "", ""), "");
        string standing = "";
        ServerProgress stats = default;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Health"u8)) health = ReadHealth(ref reader);
            else if (key.SequenceEqual("Server"u8)) server = ReadServer(ref reader);
            else if (key.SequenceEqual("State"u8)) standing = reader.ReadString();
            else if (key.SequenceEqual("Stats"u8)) stats = ReadStats(ref reader);
            else reader.Skip();
        }

        return new ServerState(server.Known, standing, stats, health.Healthy, health.StableSince, server.NodeType);
    }

    /// <summary>The flag for the leader is never set, by Consul neither: the state of the server says it.</summary>
    private static void WriteServer(MsgPackWriter writer, KnownServer server, string nodeType)
    {
        writer.WriteMapHeader(10);
        writer.WriteKey("Address"u8);
        writer.WriteString(server.Address);
        writer.WriteKey("Ext"u8);
        writer.WriteNil();
        writer.WriteKey("ID"u8);
        writer.WriteString(server.Id);
        writer.WriteKey("IsLeader"u8);
        writer.WriteBool(false);
        writer.WriteKey("Meta"u8);
        WriteMeta(writer, server.Meta);
        writer.WriteKey("Name"u8);
        writer.WriteString(server.Name);
        writer.WriteKey("NodeStatus"u8);
        writer.WriteString(server.Status);
        writer.WriteKey("NodeType"u8);
        writer.WriteString(nodeType);
        writer.WriteKey("RaftVersion"u8);
        writer.WriteInt64(server.RaftVersion);
        writer.WriteKey("Version"u8);
        writer.WriteString(server.Version);
    }

    private static (KnownServer Known, string NodeType) ReadServer(ref MsgPackReader reader)
    {
        string address = "", id = "", name = "", status = "", type = "", version = "";
        int raftVersion = 0;
        IReadOnlyList<KeyValuePair<string, string>>? meta = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("Meta"u8)) meta = MsgPackCollections.ReadStringMap(ref reader);
            else if (key.SequenceEqual("Name"u8)) name = reader.ReadString();
            else if (key.SequenceEqual("NodeStatus"u8)) status = reader.ReadString();
            else if (key.SequenceEqual("NodeType"u8)) type = reader.ReadString();
            else if (key.SequenceEqual("RaftVersion"u8)) raftVersion = reader.ReadInt32();
            else if (key.SequenceEqual("Version"u8)) version = reader.ReadString();
            else reader.Skip();
        }

        return (new KnownServer(id, name, address, status, version, raftVersion, meta), type);
    }

    private static (bool Healthy, DateTimeOffset StableSince) ReadHealth(ref MsgPackReader reader)
    {
        bool healthy = false;
        DateTimeOffset stableSince = default;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Healthy"u8)) healthy = reader.ReadBool();
            else if (key.SequenceEqual("StableSince"u8)) stableSince = new DateTimeOffset(reader.ReadTime(), TimeSpan.Zero);
            else reader.Skip();
        }

        return (healthy, stableSince);
    }

    private static ServerProgress ReadStats(ref MsgPackReader reader)
    {
        long contactNs = 0;
        ulong lastIndex = 0, lastTerm = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("LastContact"u8)) contactNs = reader.ReadInt64();
            else if (key.SequenceEqual("LastIndex"u8)) lastIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("LastTerm"u8)) lastTerm = reader.ReadUInt64();
            else reader.Skip();
        }

        return new ServerProgress(contactNs, lastTerm, lastIndex);
    }

    private static void WriteMeta(MsgPackWriter writer, IReadOnlyList<KeyValuePair<string, string>>? meta)
    {
        if (meta is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(meta.Count);
        foreach ((string key, string value) in meta)
        {
            writer.WriteString(key);
            writer.WriteString(value);
        }
    }
}
