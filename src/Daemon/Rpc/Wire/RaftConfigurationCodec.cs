using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Operator.RaftGetConfiguration. It has an index but no metadata.</summary>
internal static class RaftConfigurationCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<RaftConfiguration> reply)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey("Index"u8);
        writer.WriteUInt64(reply.Value.Index);
        writer.WriteKey("Servers"u8);
        NestedRows.Write(writer, reply.Value.Servers, WriteServer);
    }

    public static RpcResult<RaftConfiguration> Read(ref MsgPackReader reader)
    {
        ulong index = 0;
        IReadOnlyList<RaftConfigurationServer> servers = [];
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Index"u8)) index = reader.ReadUInt64();
            else if (key.SequenceEqual("Servers"u8)) servers = NestedRows.Read(ref reader, ReadServer);
            else reader.Skip();
        }

        return RpcResult<RaftConfiguration>.Ok(new RaftConfiguration(servers, index));
    }

    private static void WriteServer(MsgPackWriter writer, RaftConfigurationServer server)
    {
        writer.WriteMapHeader(6);
        writer.WriteKey("Address"u8);
        writer.WriteString(server.Address);
        writer.WriteKey("ID"u8);
        writer.WriteString(server.Id);
        writer.WriteKey("Leader"u8);
        writer.WriteBool(server.Leader);
        writer.WriteKey("Node"u8);
        writer.WriteString(server.Node);
        writer.WriteKey("ProtocolVersion"u8);
        writer.WriteString(server.ProtocolVersion);
        writer.WriteKey("Voter"u8);
        writer.WriteBool(server.Voter);
    }

    private static RaftConfigurationServer ReadServer(ref MsgPackReader reader)
    {
        string address = "", id = "", node = "", protocolVersion = "";
        bool leader = false, voter = false;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("Leader"u8)) leader = reader.ReadBool();
            else if (key.SequenceEqual("Node"u8)) node = reader.ReadString();
            else if (key.SequenceEqual("ProtocolVersion"u8)) protocolVersion = reader.ReadString();
            else if (key.SequenceEqual("Voter"u8)) voter = reader.ReadBool();
            else reader.Skip();
        }

        return new RaftConfigurationServer(id, node, address, leader, protocolVersion, voter);
    }
}
