using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>
/// Commands in the wire form: the message type byte and one msgpack map. Decoders take the body without the type byte,
/// answer false for anything malformed and never allocate more than a small multiple of the input.
/// </summary>
public static class CommandCodec
{
    public static void Encode(RegisterRequest request, IBufferWriter<byte> output) =>
        RegisterCodec.Write(Start(CommandType.Register, output), request);

    public static void Encode(DeregisterRequest request, IBufferWriter<byte> output)
    {
        MsgPackWriter writer = Start(CommandType.Deregister, output);
        writer.WriteMapHeader(5);
        writer.WriteKey("CheckID"u8);
        writer.WriteString(request.CheckId);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("Node"u8);
        writer.WriteString(request.Node);
        writer.WriteKey("ServiceID"u8);
        writer.WriteString(request.ServiceId);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static void Encode(KvsRequest request, IBufferWriter<byte> output)
    {
        MsgPackWriter writer = Start(CommandType.Kvs, output);
        writer.WriteMapHeader(4);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("DirEnt"u8);
        DirEntryCodec.Write(writer, request.DirEnt);
        writer.WriteKey("Op"u8);
        writer.WriteString(request.Op);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static void Encode(SessionRequest request, IBufferWriter<byte> output)
    {
        MsgPackWriter writer = Start(CommandType.Session, output);
        writer.WriteMapHeader(4);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("Op"u8);
        writer.WriteString(request.Op);
        writer.WriteKey("Session"u8);
        SessionCodec.Write(writer, request.Session);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static void Encode(TombstoneRequest request, IBufferWriter<byte> output)
    {
        MsgPackWriter writer = Start(CommandType.Tombstone, output);
        writer.WriteMapHeader(4);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("Op"u8);
        writer.WriteString(request.Op);
        writer.WriteKey("ReapIndex"u8);
        writer.WriteUInt64(request.ReapIndex);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static void Encode(TxnRequest request, IBufferWriter<byte> output) => TxnCodec.Write(Start(CommandType.Txn, output), request);

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out RegisterRequest? request)
    {
        var reader = new MsgPackReader(body);
        request = RegisterCodec.Read(ref reader);
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out DeregisterRequest? request)
    {
        string datacenter = "", node = "", serviceId = "", checkId = "", token = "";
        var reader = new MsgPackReader(body);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("CheckID"u8)) checkId = reader.ReadString();
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Node"u8)) node = reader.ReadString();
            else if (key.SequenceEqual("ServiceID"u8)) serviceId = reader.ReadString();
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        request = new DeregisterRequest { Datacenter = datacenter, Node = node, ServiceId = serviceId, CheckId = checkId, Token = token };
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out KvsRequest? request)
    {
        string datacenter = "", op = "", token = "";
        DirEntry? entry = null;
        var reader = new MsgPackReader(body);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("DirEnt"u8)) entry = DirEntryCodec.Read(ref reader);
            else if (key.SequenceEqual("Op"u8)) op = reader.ReadString();
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        request = new KvsRequest { Datacenter = datacenter, Op = op, DirEnt = entry ?? new DirEntry { Key = [] }, Token = token };
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out SessionRequest? request)
    {
        string datacenter = "", op = "", token = "";
        Session? session = null;
        var reader = new MsgPackReader(body);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Op"u8)) op = reader.ReadString();
            else if (key.SequenceEqual("Session"u8)) session = SessionCodec.Read(ref reader);
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        request = new SessionRequest { Datacenter = datacenter, Op = op, Session = session ?? new Session(), Token = token };
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out TombstoneRequest? request)
    {
        string datacenter = "", op = "", token = "";
        ulong reapIndex = 0;
        var reader = new MsgPackReader(body);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Op"u8)) op = reader.ReadString();
            else if (key.SequenceEqual("ReapIndex"u8)) reapIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        request = new TombstoneRequest { Datacenter = datacenter, Op = op, ReapIndex = reapIndex, Token = token };
        return !reader.Failed;
    }

    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out TxnRequest? request)
    {
        var reader = new MsgPackReader(body);
        request = TxnCodec.Read(ref reader);
        return !reader.Failed;
    }

    private static MsgPackWriter Start(CommandType type, IBufferWriter<byte> output)
    {
        output.GetSpan(1)[0] = (byte)type;
        output.Advance(1);
        return new MsgPackWriter(output);
    }
}
