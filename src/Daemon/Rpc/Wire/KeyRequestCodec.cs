using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>KVS.Get and KVS.List.</summary>
internal static class KeyRequestCodec
{
    public static void Write(MsgPackWriter writer, KeyRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 2);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("Key"u8);
        writer.WriteBytes(request.Key.Span);
        map.End();
    }

    /// <summary>The key is copied.</summary>
    public static KeyRequest Read(ref MsgPackReader reader)
    {
        var request = new KeyRequest();
        ReadInto(ref reader, default, request);
        return request;
    }

    /// <summary>Reads a whole body into an object that may have served before. The key lies in the body.</summary>
    /// <returns>False for a malformed body.</returns>
    public static bool TryReadInto(ReadOnlyMemory<byte> body, KeyRequest target)
    {
        var reader = new MsgPackReader(body.Span);
        ReadInto(ref reader, body, target);
        return !reader.Failed;
    }

    private static void ReadInto(ref MsgPackReader reader, ReadOnlyMemory<byte> body, KeyRequest target)
    {
        var common = new QueryRequestReader(target);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Key"u8)) target.Key = BodyBytes.Read(ref reader, body);
            else if (!common.TryRead(ref reader, key)) reader.Skip();
        }
    }
}
