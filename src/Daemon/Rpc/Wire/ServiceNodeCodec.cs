using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>A service instance with its node in one map. The indexes are those of the service.</summary>
internal static class ServiceNodeCodec
{
    public static void Write(MsgPackWriter writer, ServiceInstance instance)
    {
        Node node = instance.Node;
        NodeService service = instance.Service;
        writer.WriteMapHeader(21);
        writer.WriteKey("Address"u8);
        writer.WriteString(node.Address);
        writer.WriteKey("CreateIndex"u8);
        writer.WriteUInt64(service.CreateIndex);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(node.Datacenter);
        writer.WriteKey("ID"u8);
        writer.WriteString(node.Id);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(service.ModifyIndex);
        writer.WriteKey("Node"u8);
        writer.WriteString(node.Name);
        writer.WriteKey("NodeMeta"u8);
        MsgPackCollections.WriteStringMap(writer, node.Meta);
        writer.WriteKey("ServiceAddress"u8);
        writer.WriteString(service.Address);
        writer.WriteKey("ServiceConnect"u8);
        NodeServiceCodec.WriteConnect(writer, service.Connect);
        writer.WriteKey("ServiceEnableTagOverride"u8);
        writer.WriteBool(service.EnableTagOverride);
        writer.WriteKey("ServiceID"u8);
        writer.WriteString(service.Id);
        writer.WriteKey("ServiceKind"u8);
        writer.WriteString(service.Kind);
        writer.WriteKey("ServiceMeta"u8);
        MsgPackCollections.WriteStringMap(writer, service.Meta ?? SortedMap<string>.Empty);
        writer.WriteKey("ServiceName"u8);
        writer.WriteString(service.Service);
        writer.WriteKey("ServicePort"u8);
        writer.WriteInt64(service.Port);
        writer.WriteKey("ServiceProxy"u8);
        ServiceProxyCodec.Write(writer, service.Proxy);
        writer.WriteKey("ServiceSocketPath"u8);
        writer.WriteString(service.SocketPath);
        writer.WriteKey("ServiceTaggedAddresses"u8);
        NodeServiceCodec.WriteAddresses(writer, service.TaggedAddresses);
        writer.WriteKey("ServiceTags"u8);
        MsgPackCollections.WriteStrings(writer, service.Tags ?? []);
        writer.WriteKey("ServiceWeights"u8);
        NodeServiceCodec.WriteWeights(writer, service.Weights ?? ServiceWeights.Default);
        writer.WriteKey("TaggedAddresses"u8);
        MsgPackCollections.WriteStringMap(writer, node.TaggedAddresses);
    }

    public static ServiceInstance Read(ref MsgPackReader reader)
    {
        string address = "", datacenter = "", id = "", name = "";
        SortedMap<string>? nodeMeta = null, nodeAddresses = null;
        string serviceAddress = "", serviceId = "", serviceKind = "", serviceName = "", serviceSocketPath = "";
        ulong createIndex = 0, modifyIndex = 0;
        bool serviceEnableTagOverride = false;
        long servicePort = 0;
        ServiceConnect serviceConnect = ServiceConnect.None;
        SortedMap<string>? serviceMeta = null;
        ServiceProxy serviceProxy = ServiceProxy.None;
        SortedMap<ServiceAddress>? serviceTaggedAddresses = null;
        IReadOnlyList<string>? serviceTags = null;
        ServiceWeights? serviceWeights = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("CreateIndex"u8)) createIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("ModifyIndex"u8)) modifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Node"u8)) name = reader.ReadString();
            else if (key.SequenceEqual("NodeMeta"u8)) nodeMeta = MsgPackCollections.ReadStringMap(ref reader);
            else if (key.SequenceEqual("ServiceAddress"u8)) serviceAddress = reader.ReadString();
            else if (key.SequenceEqual("ServiceConnect"u8)) serviceConnect = NodeServiceCodec.ReadConnect(ref reader);
            else if (key.SequenceEqual("ServiceEnableTagOverride"u8)) serviceEnableTagOverride = reader.ReadBool();
            else if (key.SequenceEqual("ServiceID"u8)) serviceId = reader.ReadString();
            else if (key.SequenceEqual("ServiceKind"u8)) serviceKind = reader.ReadString();
            else if (key.SequenceEqual("ServiceMeta"u8)) serviceMeta = MsgPackCollections.ReadStringMap(ref reader);
            else if (key.SequenceEqual("ServiceName"u8)) serviceName = reader.ReadString();
            else if (key.SequenceEqual("ServicePort"u8)) servicePort = reader.ReadInt64();
            else if (key.SequenceEqual("ServiceProxy"u8)) serviceProxy = ServiceProxyCodec.Read(ref reader);
            else if (key.SequenceEqual("ServiceSocketPath"u8)) serviceSocketPath = reader.ReadString();
            else if (key.SequenceEqual("ServiceTaggedAddresses"u8)) serviceTaggedAddresses = NodeServiceCodec.ReadAddresses(ref reader);
            else if (key.SequenceEqual("ServiceTags"u8)) serviceTags = MsgPackCollections.ReadStrings(ref reader);
            else if (key.SequenceEqual("ServiceWeights"u8)) serviceWeights = NodeServiceCodec.ReadWeights(ref reader);
            else if (key.SequenceEqual("TaggedAddresses"u8)) nodeAddresses = MsgPackCollections.ReadStringMap(ref reader);
            else reader.Skip();
        }

        var node = new Node
        {
            Id = id,
            Name = name,
            Address = address,
            Datacenter = datacenter,
            TaggedAddresses = nodeAddresses,
            Meta = nodeMeta,
        };
        return new ServiceInstance(node, new NodeService
        {
            Kind = serviceKind,
            Id = serviceId,
            Service = serviceName,
            Tags = serviceTags,
            Address = serviceAddress,
            TaggedAddresses = serviceTaggedAddresses,
            Meta = serviceMeta,
            Port = servicePort,
            SocketPath = serviceSocketPath,
            Weights = serviceWeights ?? ServiceWeights.Default,
            EnableTagOverride = serviceEnableTagOverride,
            Proxy = serviceProxy,
            Connect = serviceConnect,
            CreateIndex = createIndex,
            ModifyIndex = modifyIndex,
        });
    }
}
