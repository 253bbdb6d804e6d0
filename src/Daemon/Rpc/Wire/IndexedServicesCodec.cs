using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Catalog.ListServices: a map of names to tags.</summary>
internal static class IndexedServicesCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<ServiceTags>> reply) =>
        Indexed.Write(writer, "Services"u8, reply, WriteServices);

    /// <summary>Ordered by name, whatever the order on the wire.</summary>
    public static RpcResult<IReadOnlyList<ServiceTags>> Read(ref MsgPackReader reader) =>
        Indexed.Read(ref reader, "Services"u8, ReadServices, missing: Unset.List<ServiceTags>());

    private static void WriteServices(MsgPackWriter writer, IReadOnlyList<ServiceTags> services)
    {
        if (Unset.Is(services))
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(services.Count);
        for (int i = 0; i < services.Count; i++)
        {
            writer.WriteString(services[i].Service);
            MsgPackCollections.WriteStrings(writer, services[i].Tags);
        }
    }

    private static IReadOnlyList<ServiceTags> ReadServices(ref MsgPackReader reader)
    {
        var services = MsgPackCollections.ReadMap<IReadOnlyList<string>>(
            ref reader, static (ref MsgPackReader r) => MsgPackCollections.ReadStrings(ref r) ?? []);
        if (services is null) return Unset.List<ServiceTags>();
        var list = new ServiceTags[services.Count];
        for (int i = 0; i < list.Length; i++) list[i] = new ServiceTags(services[i].Key, services[i].Value);
        return list;
    }
}
