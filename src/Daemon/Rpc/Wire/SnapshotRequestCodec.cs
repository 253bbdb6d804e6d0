using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>The request of a snapshot connection.</summary>
internal static class SnapshotRequestCodec
{
    public static void Write(MsgPackWriter writer, SnapshotRequest request)
    {
        writer.WriteMapHeader(4);
        writer.WriteKey("AllowStale"u8);
        writer.WriteBool(request.AllowStale);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("Op"u8);
        writer.WriteInt64((long)request.Operation);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static SnapshotRequest Read(ref MsgPackReader reader)
    {
        string datacenter = "", token = "";
        bool stale = false;
        long operation = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("AllowStale"u8)) stale = reader.ReadBool();
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Op"u8)) operation = reader.ReadInt64();
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        return new SnapshotRequest(datacenter, token, stale, (SnapshotOperation)operation);
    }
}
