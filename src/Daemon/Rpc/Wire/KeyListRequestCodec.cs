using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>KVS.ListKeys. The wire spells the separator with an e.</summary>
internal static class KeyListRequestCodec
{
    public static void Write(MsgPackWriter writer, KeyListRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 3);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("Prefix"u8);
        writer.WriteBytes(request.Prefix.Span);
        map.Key("Seperator"u8);
        writer.WriteBytes(request.Separator.Span);
        map.End();
    }

    /// <summary>Prefix and separator are copied.</summary>
    public static KeyListRequest Read(ref MsgPackReader reader)
    {
        var request = new KeyListRequest();
        ReadInto(ref reader, default, request);
        return request;
    }

    /// <summary>Reads a whole body into an object that may have served before. Prefix and separator lie in the body.</summary>
    /// <returns>False for a malformed body.</returns>
    public static bool TryReadInto(ReadOnlyMemory<byte> body, KeyListRequest target)
    {
        var reader = new MsgPackReader(body.Span);
        ReadInto(ref reader, body, target);
        return !reader.Failed;
    }

    private static void ReadInto(ref MsgPackReader reader, ReadOnlyMemory<byte> body, KeyListRequest target)
    {
        var common = new QueryRequestReader(target);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Prefix"u8)) target.Prefix = BodyBytes.Read(ref reader, body);
            else if (key.SequenceEqual("Seperator"u8)) target.Separator = BodyBytes.Read(ref reader, body);
            else if (!common.TryRead(ref reader, key)) reader.Skip();
        }
    }
}
