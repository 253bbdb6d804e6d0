using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Operator.ServerHealth.</summary>
internal static class AutopilotHealthCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<AutopilotHealth> reply)
    {
        writer.WriteMapHeader(3);
        writer.WriteKey("FailureTolerance"u8);
        writer.WriteInt64(reply.Value.FailureTolerance);
        writer.WriteKey("Healthy"u8);
        writer.WriteBool(reply.Value.Healthy);
        writer.WriteKey("Servers"u8);
        NestedRows.Write(writer, reply.Value.Servers, WriteServer);
    }

    public static RpcResult<AutopilotHealth> Read(ref MsgPackReader reader)
    {
        int tolerance = 0;
        bool healthy = false;
        IReadOnlyList<AutopilotServerHealth> servers = [];
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("FailureTolerance"u8)) tolerance = reader.ReadInt32();
            else if (key.SequenceEqual("Healthy"u8)) healthy = reader.ReadBool();
            else if (key.SequenceEqual("Servers"u8)) servers = NestedRows.Read(ref reader, ReadServer);
            else reader.Skip();
        }

        return RpcResult<AutopilotHealth>.Ok(new AutopilotHealth(healthy, tolerance, servers));
    }

    private static void WriteServer(MsgPackWriter writer, AutopilotServerHealth server)
    {
        writer.WriteMapHeader(12);
        writer.WriteKey("Address"u8);
        writer.WriteString(server.Address);
        writer.WriteKey("Healthy"u8);
        writer.WriteBool(server.Healthy);
        writer.WriteKey("ID"u8);
        writer.WriteString(server.Id);
        writer.WriteKey("LastContact"u8);
        writer.WriteInt64(server.LastContactNs);
        writer.WriteKey("LastIndex"u8);
        writer.WriteUInt64(server.LastIndex);
        writer.WriteKey("LastTerm"u8);
        writer.WriteUInt64(server.LastTerm);
        writer.WriteKey("Leader"u8);
        writer.WriteBool(server.Leader);
        writer.WriteKey("Name"u8);
        writer.WriteString(server.Name);
        writer.WriteKey("SerfStatus"u8);
        writer.WriteInt64(server.SerfStatus);
        writer.WriteKey("StableSince"u8);
        writer.WriteTime(server.StableSince.UtcDateTime);
        writer.WriteKey("Version"u8);
        writer.WriteString(server.Version);
        writer.WriteKey("Voter"u8);
        writer.WriteBool(server.Voter);
    }

    private static AutopilotServerHealth ReadServer(ref MsgPackReader reader)
    {
        string address = "", id = "", name = "", version = "";
        bool healthy = false, leader = false, voter = false;
        long contactNs = 0;
        ulong lastIndex = 0, lastTerm = 0;
        int serfStatus = 0;
        DateTimeOffset stableSince = default;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("Healthy"u8)) healthy = reader.ReadBool();
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("LastContact"u8)) contactNs = reader.ReadInt64();
            else if (key.SequenceEqual("LastIndex"u8)) lastIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("LastTerm"u8)) lastTerm = reader.ReadUInt64();
            else if (key.SequenceEqual("Leader"u8)) leader = reader.ReadBool();
            else if (key.SequenceEqual("Name"u8)) name = reader.ReadString();
            else if (key.SequenceEqual("SerfStatus"u8)) serfStatus = reader.ReadInt32();
            else if (key.SequenceEqual("StableSince"u8)) stableSince = new DateTimeOffset(reader.ReadTime(), TimeSpan.Zero);
            else if (key.SequenceEqual("Version"u8)) version = reader.ReadString();
            else if (key.SequenceEqual("Voter"u8)) voter = reader.ReadBool();
            else reader.Skip();
        }

        return new AutopilotServerHealth(
            id, name, address, serfStatus, version, leader, contactNs, lastTerm, lastIndex, healthy, voter, stableSince);
    }
}
