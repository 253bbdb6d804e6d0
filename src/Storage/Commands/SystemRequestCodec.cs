using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>Commands of which a leader writes a few on its own. Readers follow the sticky-failure rule of the msgpack reader.</summary>
public static class SystemRequestCodec
{
    public static void Write(MsgPackWriter writer, FederationStateRequest request)
    {
        WriteHead(writer, request.Datacenter, request.Op);
        writer.WriteKey("State"u8);
        if (request.State is { } state) FederationStateCodec.Write(writer, state);
        else writer.WriteNil();
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static FederationStateRequest ReadFederationState(ref MsgPackReader reader)
    {
        string datacenter = "", op = "", token = "";
        FederationState? state = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Op"u8)) op = reader.ReadString();
            else if (key.SequenceEqual("State"u8)) state = reader.TryReadNil() ? null : FederationStateCodec.Read(ref reader);
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        return new FederationStateRequest { Datacenter = datacenter, Op = op, State = state, Token = token };
    }

    public static void Write(MsgPackWriter writer, SystemMetadataRequest request)
    {
        writer.WriteMapHeader(4);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("Entry"u8);
        if (request.Entry is { } entry) SystemMetadataEntryCodec.Write(writer, entry);
        else writer.WriteNil();
        writer.WriteKey("Op"u8);
        writer.WriteString(request.Op);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static SystemMetadataRequest ReadSystemMetadata(ref MsgPackReader reader)
    {
        string datacenter = "", op = "", token = "";
        SystemMetadataEntry? entry = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Op"u8)) op = reader.ReadString();
            else if (key.SequenceEqual("Entry"u8)) entry = reader.TryReadNil() ? null : SystemMetadataEntryCodec.Read(ref reader);
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        return new SystemMetadataRequest { Datacenter = datacenter, Op = op, Entry = entry, Token = token };
    }

    internal static IntentionRequest ReadIntention(ref MsgPackReader reader)
    {
        string op = "", id = "";
        bool isMutation = false;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Op"u8))
            {
                op = reader.ReadString();
            }
            else if (key.SequenceEqual("Intention"u8))
            {
                id = reader.TryReadNil() ? "" : ReadId(ref reader);
            }
            else if (key.SequenceEqual("Mutation"u8))
            {
                isMutation = !reader.TryReadNil();
                if (isMutation) reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        return new IntentionRequest(op, id, isMutation);
    }

    /// <summary>The id of a record of which nothing else is looked at.</summary>
    internal static string ReadId(ref MsgPackReader reader) => ReadText(ref reader, "ID"u8);

    /// <summary>The operation of a request of which nothing else is looked at.</summary>
    internal static string ReadOp(ref MsgPackReader reader) => ReadText(ref reader, "Op"u8);

    private static string ReadText(ref MsgPackReader reader, ReadOnlySpan<byte> name)
    {
        string text = "";
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            if (reader.ReadKey().SequenceEqual(name)) text = reader.ReadString();
            else reader.Skip();
        }

        return text;
    }

    private static void WriteHead(MsgPackWriter writer, string datacenter, string op)
    {
        writer.WriteMapHeader(4);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(datacenter);
        writer.WriteKey("Op"u8);
        writer.WriteString(op);
    }
}
