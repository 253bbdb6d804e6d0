using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Operator.RaftRemovePeerByAddress and ByID.</summary>
internal static class RaftRemovePeerRequestCodec
{
    public static void Write(MsgPackWriter writer, RaftRemovePeerRequest request)
    {
        writer.WriteMapHeader(4);
        writer.WriteKey("Address"u8);
        writer.WriteString(request.Address);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        writer.WriteKey("ID"u8);
        writer.WriteString(request.Id);
        writer.WriteKey("Token"u8);
        writer.WriteString(request.Token);
    }

    public static RaftRemovePeerRequest Read(ref MsgPackReader reader)
    {
        string address = "", datacenter = "", id = "", token = "";
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("Token"u8)) token = reader.ReadString();
            else reader.Skip();
        }

        return new RaftRemovePeerRequest { Address = address, Datacenter = datacenter, Id = id, Token = token };
    }
}
