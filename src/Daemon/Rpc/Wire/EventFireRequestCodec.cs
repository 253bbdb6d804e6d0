using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Internal.EventFire.</summary>
internal static class EventFireRequestCodec
{
    public static void Write(MsgPackWriter writer, EventFireRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 3);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("Name"u8);
        writer.WriteString(request.Name);
        map.Key("Payload"u8);
        writer.WriteBytes(request.Payload);
        map.End();
    }

    public static EventFireRequest Read(ref MsgPackReader reader)
    {
        var request = new EventFireRequest();
        var common = new QueryRequestReader(request);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Name"u8)) request.Name = reader.ReadString();
            else if (key.SequenceEqual("Payload"u8)) request.Payload = reader.ReadBytes() ?? [];
            else if (!common.TryRead(ref reader, key)) reader.Skip();
        }

        return request;
    }
}
