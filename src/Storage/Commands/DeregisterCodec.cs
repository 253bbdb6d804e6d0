using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Commands;

/// <summary>Deregistrations, in commands and calls.</summary>
public static class DeregisterCodec
{
    public static void Write(MsgPackWriter writer, DeregisterRequest request)
    {
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

    public static DeregisterRequest Read(ref MsgPackReader reader)
    {
        string datacenter = "", node = "", serviceId = "", checkId = "", token = "";
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

        return new DeregisterRequest { Datacenter = datacenter, Node = node, ServiceId = serviceId, CheckId = checkId, Token = token };
    }
}
