using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Operator.AutopilotState. What only Enterprise servers fill is nil.</summary>
internal static class AutopilotStateCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<AutopilotState> reply)
    {
        AutopilotState state = reply.Value;
        writer.WriteMapHeader(6);
        writer.WriteKey("Ext"u8);
        writer.WriteNil();
        writer.WriteKey("FailureTolerance"u8);
        writer.WriteInt64(state.FailureTolerance);
        writer.WriteKey("Healthy"u8);
        writer.WriteBool(state.Healthy);
        writer.WriteKey("Leader"u8);
        writer.WriteString(state.Leader);
        writer.WriteKey("Servers"u8);
        if (state.Servers.Count == 0) writer.WriteNil();
        else WriteServers(writer, state.Servers);
        writer.WriteKey("Voters"u8);
        MsgPackCollections.WriteStrings(writer, state.Voters.Count == 0 ? null : state.Voters);
    }

    public static RpcResult<AutopilotState> Read(ref MsgPackReader reader)
    {
        int tolerance = 0;
        bool healthy = false;
        string leader = "";
        IReadOnlyList<ServerState> servers = [];
        IReadOnlyList<string> voters = [];
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("FailureTolerance"u8)) tolerance = reader.ReadInt32();
            else if (key.SequenceEqual("Healthy"u8)) healthy = reader.ReadBool();
            else if (key.SequenceEqual("Leader"u8)) leader = reader.ReadString();
            else if (key.SequenceEqual("Servers"u8)) servers = ReadServers(ref reader);
            else if (key.SequenceEqual("Voters"u8)) voters = MsgPackCollections.ReadStrings(ref reader) ?? [];
            else reader.Skip();
        }

        return RpcResult<AutopilotState>.Ok(new AutopilotState
        {
            FailureTolerance = tolerance,
            Healthy = healthy,
            Leader = leader,
            Servers = servers,
            Voters = voters,
        });
    }

    private static void WriteServers(MsgPackWriter writer, IReadOnlyList<ServerState> servers)
    {
        writer.WriteMapHeader(servers.Count);
        foreach (ServerState server in servers)
        {
            writer.WriteString(server.Server.Id);
            ServerStateCodec.Write(writer, server);
        }
    }

    private static List<ServerState> ReadServers(ref MsgPackReader reader)
    {
        List<ServerState> servers = [];
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            string id = reader.ReadString();
            if (reader.TryReadNil()) continue;
            ServerState server = ServerStateCodec.Read(ref reader);
            servers.Add(server with { Server = server.Server with { Id = id } });
        }

        servers.Sort(static (x, y) => string.CompareOrdinal(x.Server.Id, y.Server.Id));
        return servers;
    }
}
