using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Internal.ServiceDump.</summary>
internal static class ServiceDumpRequestCodec
{
    public static void Write(MsgPackWriter writer, ServiceDumpRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 4);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("ServiceKind"u8);
        writer.WriteString(request.ServiceKind);
        map.Key("Source"u8);
        QuerySourceCodec.Write(writer, request.Source);
        map.Key("UseServiceKind"u8);
        writer.WriteBool(request.UseServiceKind);
        map.End();
    }

    public static ServiceDumpRequest Read(ref MsgPackReader reader)
    {
        var request = new ServiceDumpRequest();
        ReadInto(ref reader, request);
        return request;
    }

    /// <summary>Reads into an object that may have served before.</summary>
    public static void ReadInto(ref MsgPackReader reader, ServiceDumpRequest target)
    {
        var common = new QueryRequestReader(target);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("ServiceKind"u8)) target.ServiceKind = reader.ReadString();
            else if (key.SequenceEqual("UseServiceKind"u8)) target.UseServiceKind = reader.ReadBool();
            else if (!common.TryRead(ref reader, key)) reader.Skip();
        }
    }
}
