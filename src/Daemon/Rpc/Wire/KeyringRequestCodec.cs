using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Internal.KeyringOperation.</summary>
internal static class KeyringRequestCodec
{
    public static void Write(MsgPackWriter writer, KeyringRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 6);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("Forwarded"u8);
        writer.WriteBool(request.Forwarded);
        map.Key("Key"u8);
        writer.WriteString(request.Key);
        map.Key("LocalOnly"u8);
        writer.WriteBool(request.LocalOnly);
        map.Key("Operation"u8);
        writer.WriteString(request.Operation);
        map.Key("RelayFactor"u8);
        writer.WriteUInt64(request.RelayFactor);
        map.End();
    }

    public static KeyringRequest Read(ref MsgPackReader reader)
    {
        var request = new KeyringRequest();
        var common = new QueryRequestReader(request);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Forwarded"u8)) request.Forwarded = reader.ReadBool();
            else if (key.SequenceEqual("Key"u8)) request.Key = reader.ReadString();
            else if (key.SequenceEqual("LocalOnly"u8)) request.LocalOnly = reader.ReadBool();
            else if (key.SequenceEqual("Operation"u8)) request.Operation = reader.ReadString();
            else if (key.SequenceEqual("RelayFactor"u8)) request.RelayFactor = ReadByte(ref reader);
            else if (!common.TryRead(ref reader, key)) reader.Skip();
        }

        return request;
    }

    private static byte ReadByte(ref MsgPackReader reader)
    {
        ulong value = reader.ReadUInt64();
        if (value > byte.MaxValue) reader.Fail();
        return (byte)value;
    }
}
