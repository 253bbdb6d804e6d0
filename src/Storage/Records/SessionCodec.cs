using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Sessions, in commands and snapshots.</summary>
public static class SessionCodec
{
    public static void Write(MsgPackWriter writer, Session session)
    {
        writer.WriteMapHeader(11);
        writer.WriteKey("Behavior"u8);
        writer.WriteString(session.Behavior);
        writer.WriteKey("Checks"u8);
        MsgPackCollections.WriteStrings(writer, session.Checks);
        writer.WriteKey("CreateIndex"u8);
        writer.WriteUInt64(session.CreateIndex);
        writer.WriteKey("ID"u8);
        writer.WriteString(session.Id);
        writer.WriteKey("LockDelay"u8);
        writer.WriteInt64(session.LockDelayNs);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(session.ModifyIndex);
        writer.WriteKey("Name"u8);
        writer.WriteString(session.Name);
        writer.WriteKey("Node"u8);
        writer.WriteString(session.Node);
        writer.WriteKey("NodeChecks"u8);
        MsgPackCollections.WriteStrings(writer, session.NodeChecks);
        writer.WriteKey("ServiceChecks"u8);
        MsgPackCollections.WriteList(writer, session.ServiceChecks, WriteServiceCheck);
        writer.WriteKey("TTL"u8);
        writer.WriteString(session.Ttl);
    }

    public static Session Read(ref MsgPackReader reader)
    {
        string behavior = "", id = "", name = "", node = "", ttl = "";
        IReadOnlyList<string>? checks = null, nodeChecks = null;
        ulong createIndex = 0, modifyIndex = 0;
        long lockDelayNs = 0;
        IReadOnlyList<SessionServiceCheck>? serviceChecks = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Behavior"u8)) behavior = reader.ReadString();
            else if (key.SequenceEqual("Checks"u8)) checks = MsgPackCollections.ReadStrings(ref reader);
            else if (key.SequenceEqual("CreateIndex"u8)) createIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("LockDelay"u8)) lockDelayNs = reader.ReadInt64();
            else if (key.SequenceEqual("ModifyIndex"u8)) modifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Name"u8)) name = reader.ReadString();
            else if (key.SequenceEqual("Node"u8)) node = reader.ReadString();
            else if (key.SequenceEqual("NodeChecks"u8)) nodeChecks = MsgPackCollections.ReadStrings(ref reader);
            else if (key.SequenceEqual("ServiceChecks"u8)) serviceChecks = MsgPackCollections.ReadList(ref reader, ReadServiceCheck);
            else if (key.SequenceEqual("TTL"u8)) ttl = reader.ReadString();
            else reader.Skip();
        }

        return new Session
        {
            Behavior = behavior,
            Checks = checks,
            CreateIndex = createIndex,
            Id = id,
            LockDelayNs = lockDelayNs,
            ModifyIndex = modifyIndex,
            Name = name,
            Node = node,
            NodeChecks = nodeChecks,
            ServiceChecks = serviceChecks,
            Ttl = ttl,
        };
    }

    private static void WriteServiceCheck(MsgPackWriter writer, SessionServiceCheck check)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey("ID"u8);
        writer.WriteString(check.Id);
        writer.WriteKey("Namespace"u8);
        writer.WriteString(check.Namespace);
    }

    private static SessionServiceCheck ReadServiceCheck(ref MsgPackReader reader)
    {
        string id = "", ns = "";
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("Namespace"u8)) ns = reader.ReadString();
            else reader.Skip();
        }

        return new SessionServiceCheck(id, ns);
    }
}
