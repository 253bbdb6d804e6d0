using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>Transaction requests. An operation on the legacy intention table cannot be read: this server keeps no such table.</summary>
public static class TxnCodec
{
    public static void Write(MsgPackWriter writer, TxnRequest request)
    {
        writer.WriteMapHeader(3);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("Ops"u8);
        WriteOps(writer, request.Ops);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static TxnRequest Read(ref MsgPackReader reader)
    {
        string datacenter = "", token = "";
        IReadOnlyList<TxnOp> ops = [];
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Ops"u8)) ops = ReadOps(ref reader);
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        return new TxnRequest { Datacenter = datacenter, Ops = ops, Token = token };
    }

    public static void WriteOps(MsgPackWriter writer, IReadOnlyList<TxnOp> ops) => MsgPackCollections.WriteList(writer, ops, WriteOp);

    public static IReadOnlyList<TxnOp> ReadOps(ref MsgPackReader reader) => MsgPackCollections.ReadList(ref reader, ReadOp) ?? [];

    private static void WriteOp(MsgPackWriter writer, TxnOp op)
    {
        writer.WriteMapHeader(6);
        writer.WriteKey("Check"u8);
        if (op.Check is null) writer.WriteNil();
        else WriteVerb(writer, "Check"u8, op.Check.Verb, op.Check.Check, HealthCheckCodec.Write);
        writer.WriteKey("Intention"u8);
        writer.WriteNil();
        writer.WriteKey("KV"u8);
        if (op.Kv is null) writer.WriteNil();
        else WriteVerb(writer, "DirEnt"u8, op.Kv.Verb, op.Kv.DirEnt, DirEntryCodec.Write);
        writer.WriteKey("Node"u8);
        if (op.Node is null) writer.WriteNil();
        else WriteVerb(writer, "Node"u8, op.Node.Verb, op.Node.Node, NodeCodec.Write);
        writer.WriteKey("Service"u8);
        if (op.Service is null) writer.WriteNil();
        else WriteService(writer, op.Service);
        writer.WriteKey("Session"u8);
        if (op.Session is null) writer.WriteNil();
        else WriteVerb(writer, "Session"u8, op.Session.Verb, op.Session.Session, SessionCodec.Write);
    }

    private static TxnOp ReadOp(ref MsgPackReader reader)
    {
        TxnKvOp? kv = null;
        TxnNodeOp? node = null;
        TxnServiceOp? service = null;
        TxnCheckOp? check = null;
        TxnSessionOp? session = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (reader.TryReadNil()) continue;
            if (key.SequenceEqual("Check"u8)) check = ReadCheck(ref reader);
            else if (key.SequenceEqual("KV"u8)) kv = ReadKv(ref reader);
            else if (key.SequenceEqual("Node"u8)) node = ReadNode(ref reader);
            else if (key.SequenceEqual("Service"u8)) service = ReadService(ref reader);
            else if (key.SequenceEqual("Session"u8)) session = ReadSession(ref reader);
            else if (key.SequenceEqual("Intention"u8)) reader.Fail();
            else reader.Skip();
        }

        return new TxnOp { Kv = kv, Node = node, Service = service, Check = check, Session = session };
    }

    /// <summary>The common form: an object under a key that sorts before <c>Verb</c>.</summary>
    private static void WriteVerb<T>(
        MsgPackWriter writer, ReadOnlySpan<byte> key, string verb, T record, MsgPackCollections.ItemWriter<T> write)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey(key);
        write(writer, record);
        writer.WriteKey("Verb"u8);
        writer.WriteString(verb);
    }

    private static (string Verb, T? Record) ReadVerb<T>(
        ref MsgPackReader reader, ReadOnlySpan<byte> recordKey, MsgPackCollections.ItemReader<T> read)
    {
        string verb = "";
        T? record = default;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Verb"u8)) verb = reader.ReadString();
            else if (key.SequenceEqual(recordKey)) record = read(ref reader);
            else reader.Skip();
        }

        return (verb, record);
    }

    private static TxnKvOp ReadKv(ref MsgPackReader reader)
    {
        (string verb, DirEntry? entry) = ReadVerb(ref reader, "DirEnt"u8, DirEntryCodec.Read);
        return new TxnKvOp(verb, entry ?? new DirEntry { Key = [] });
    }

    private static TxnNodeOp ReadNode(ref MsgPackReader reader)
    {
        (string verb, Node? node) = ReadVerb(ref reader, "Node"u8, NodeCodec.Read);
        return new TxnNodeOp(verb, node ?? new Node());
    }

    private static TxnCheckOp ReadCheck(ref MsgPackReader reader)
    {
        (string verb, HealthCheck? check) = ReadVerb(ref reader, "Check"u8, HealthCheckCodec.Read);
        return new TxnCheckOp(verb, check ?? new HealthCheck());
    }

    private static TxnSessionOp ReadSession(ref MsgPackReader reader)
    {
        (string verb, Session? session) = ReadVerb(ref reader, "Session"u8, SessionCodec.Read);
        return new TxnSessionOp(verb, session ?? new Session());
    }

    private static void WriteService(MsgPackWriter writer, TxnServiceOp op)
    {
        writer.WriteMapHeader(3);
        writer.WriteKey("Node"u8);
        writer.WriteString(op.Node);
        writer.WriteKey("Service"u8);
        NodeServiceCodec.Write(writer, op.Service);
        writer.WriteKey("Verb"u8);
        writer.WriteString(op.Verb);
    }

    private static TxnServiceOp ReadService(ref MsgPackReader reader)
    {
        string verb = "", node = "";
        NodeService? service = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Verb"u8)) verb = reader.ReadString();
            else if (key.SequenceEqual("Node"u8)) node = reader.ReadString();
            else if (key.SequenceEqual("Service"u8)) service = NodeServiceCodec.Read(ref reader);
            else reader.Skip();
        }

        return new TxnServiceOp(verb, node, service ?? new NodeService());
    }
}
