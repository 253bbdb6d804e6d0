using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Status.RaftStats.</summary>
internal static class RaftStatsCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<RaftStats> reply)
    {
        writer.WriteMapHeader(3);
        writer.WriteKey("LastContact"u8);
        writer.WriteString(reply.Value.LastContact);
        writer.WriteKey("LastIndex"u8);
        writer.WriteUInt64(reply.Value.LastIndex);
        writer.WriteKey("LastTerm"u8);
        writer.WriteUInt64(reply.Value.LastTerm);
    }

    public static RpcResult<RaftStats> Read(ref MsgPackReader reader)
    {
        string lastContact = "";
        ulong lastIndex = 0, lastTerm = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("LastContact"u8)) lastContact = reader.ReadString();
            else if (key.SequenceEqual("LastIndex"u8)) lastIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("LastTerm"u8)) lastTerm = reader.ReadUInt64();
            else reader.Skip();
        }

        return RpcResult<RaftStats>.Ok(new RaftStats(lastContact, lastIndex, lastTerm));
    }
}
