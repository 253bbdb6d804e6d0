using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.Commands;

/// <summary>Creation and end of sessions, in commands and calls.</summary>
public static class SessionRequestCodec
{
    public static void Write(MsgPackWriter writer, SessionRequest request)
    {
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

    public static SessionRequest Read(ref MsgPackReader reader)
    {
        string datacenter = "", op = "", token = "";
        Session? session = null;
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

        return new SessionRequest { Datacenter = datacenter, Op = op, Session = session ?? new Session(), Token = token };
    }
}
