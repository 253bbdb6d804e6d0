using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reads of one service: Catalog.ServiceNodes, Health.ServiceNodes and ServiceChecks.</summary>
internal static class ServiceSpecificRequestCodec
{
    public static void Write(MsgPackWriter writer, ServiceSpecificRequest request)
    {
        var map = new FlattenedMap<QueryOptionFields>(writer, new(request), ownFields: 11);
        map.Key("Connect"u8);
        writer.WriteBool(request.Connect);
        map.Key("Datacenter"u8);
        writer.WriteString(request.Datacenter);
        map.Key("Ingress"u8);
        writer.WriteBool(request.Ingress);
        map.Key("NodeMetaFilters"u8);
        QuerySourceCodec.WriteNodeMeta(writer, request.NodeMetaFilters);
        map.Key("ServiceAddress"u8);
        writer.WriteString(request.ServiceAddress);
        map.Key("ServiceKind"u8);
        writer.WriteString(request.ServiceKind);
        map.Key("ServiceName"u8);
        writer.WriteString(request.ServiceName);
        map.Key("ServiceTag"u8);
        writer.WriteString(request.ServiceTag);
        map.Key("ServiceTags"u8);
        MsgPackCollections.WriteStrings(writer, request.ServiceTags);
        map.Key("Source"u8);
        QuerySourceCodec.Write(writer, request.Source);
        map.Key("TagFilter"u8);
        writer.WriteBool(request.TagFilter);
        map.End();
    }

    public static ServiceSpecificRequest Read(ref MsgPackReader reader)
    {
        var request = new ServiceSpecificRequest();
        ReadInto(ref reader, request);
        return request;
    }

    /// <summary>Reads into an object that may have served before.</summary>
    public static void ReadInto(ref MsgPackReader reader, ServiceSpecificRequest target)
    {
        string name = target.ServiceName;
        var common = new QueryRequestReader(target);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Connect"u8)) target.Connect = reader.ReadBool();
            else if (key.SequenceEqual("Ingress"u8)) target.Ingress = reader.ReadBool();
            else if (key.SequenceEqual("ServiceAddress"u8)) target.ServiceAddress = reader.ReadString();
            else if (key.SequenceEqual("ServiceKind"u8)) target.ServiceKind = reader.ReadString();
            else if (key.SequenceEqual("ServiceName"u8)) target.ServiceName = QueryRequestReader.ReadText(ref reader, name);
            else if (key.SequenceEqual("ServiceTag"u8)) target.ServiceTag = reader.ReadString();
            else if (key.SequenceEqual("ServiceTags"u8)) target.ServiceTags = MsgPackCollections.ReadStrings(ref reader);
            else if (key.SequenceEqual("TagFilter"u8)) target.TagFilter = reader.ReadBool();
            else if (!common.TryRead(ref reader, key)) reader.Skip();
        }
    }
}
