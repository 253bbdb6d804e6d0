using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>Writes to the key-value store, in commands and calls.</summary>
public static class KvsRequestCodec
{
    public static void Write(MsgPackWriter writer, KvsRequest request)
    {
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

    public static KvsRequest Read(ref MsgPackReader reader)
    {
        string datacenter = "", op = "", token = "";
        DirEntry? entry = null;
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

        return new KvsRequest { Datacenter = datacenter, Op = op, DirEnt = entry ?? new DirEntry { Key = [] }, Token = token };
    }
}
