using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Session.Get, List and Renew. Old callers put the id under <c>Session</c>.</summary>
internal static class SessionSpecificRequestCodec
{
    public static void Write(MsgPackWriter writer, SessionSpecificRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 3);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("Session"u8);
        writer.WriteString("");
        map.Key("SessionID"u8);
        writer.WriteString(request.SessionId);
        map.End();
    }

    public static SessionSpecificRequest Read(ref MsgPackReader reader)
    {
        var request = new SessionSpecificRequest();
        ReadInto(ref reader, request);
        return request;
    }

    /// <summary>Reads into an object that may have served before.</summary>
    public static void ReadInto(ref MsgPackReader reader, SessionSpecificRequest target)
    {
        string id = target.SessionId, oldId = "";
        var common = new QueryRequestReader(target);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("SessionID"u8)) target.SessionId = QueryRequestReader.ReadText(ref reader, id);
            else if (key.SequenceEqual("Session"u8)) oldId = reader.ReadString();
            else if (!common.TryRead(ref reader, key)) reader.Skip();
        }

        if (target.SessionId.Length == 0) target.SessionId = oldId;
    }
}
