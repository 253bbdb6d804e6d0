using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Service instances, in commands, calls and snapshots. Its parts are written apart for answers that spread them out.</summary>
public static class NodeServiceCodec
{
    public static void Write(MsgPackWriter writer, NodeService service)
    {
        writer.WriteMapHeader(16);
        writer.WriteKey("Address"u8);
        writer.WriteString(service.Address);
        writer.WriteKey("Connect"u8);
        WriteConnect(writer, service.Connect);
        writer.WriteKey("CreateIndex"u8);
        writer.WriteUInt64(service.CreateIndex);
        writer.WriteKey("EnableTagOverride"u8);
        writer.WriteBool(service.EnableTagOverride);
        writer.WriteKey("ID"u8);
        writer.WriteString(service.Id);
        writer.WriteKey("Kind"u8);
        writer.WriteString(service.Kind);
        writer.WriteKey("LocallyRegisteredAsSidecar"u8);
        writer.WriteBool(service.LocallyRegisteredAsSidecar);
        writer.WriteKey("Meta"u8);
        MsgPackCollections.WriteStringMap(writer, service.Meta);
        writer.WriteKey("ModifyIndex"u8);
        writer.WriteUInt64(service.ModifyIndex);
        writer.WriteKey("Port"u8);
        writer.WriteInt64(service.Port);
        writer.WriteKey("Proxy"u8);
        ServiceProxyCodec.Write(writer, service.Proxy);
        writer.WriteKey("Service"u8);
        writer.WriteString(service.Service);
        writer.WriteKey("SocketPath"u8);
        writer.WriteString(service.SocketPath);
        writer.WriteKey("TaggedAddresses"u8);
        WriteAddresses(writer, service.TaggedAddresses);
        writer.WriteKey("Tags"u8);
        MsgPackCollections.WriteStrings(writer, service.Tags);
        writer.WriteKey("Weights"u8);
        WriteWeights(writer, service.Weights);
    }

    public static NodeService Read(ref MsgPackReader reader)
    {
        string address = "", id = "", kind = "", service = "", socketPath = "";
        ServiceConnect connect = ServiceConnect.None;
        ulong createIndex = 0, modifyIndex = 0;
        bool enableTagOverride = false, locallyRegisteredAsSidecar = false;
        SortedMap<string>? meta = null;
        long port = 0;
        ServiceProxy proxy = ServiceProxy.None;
        SortedMap<ServiceAddress>? taggedAddresses = null;
        IReadOnlyList<string>? tags = null;
        ServiceWeights? weights = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("Connect"u8)) connect = ReadConnect(ref reader);
            else if (key.SequenceEqual("CreateIndex"u8)) createIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("EnableTagOverride"u8)) enableTagOverride = reader.ReadBool();
            else if (key.SequenceEqual("ID"u8)) id = reader.ReadString();
            else if (key.SequenceEqual("Kind"u8)) kind = reader.ReadString();
            else if (key.SequenceEqual("LocallyRegisteredAsSidecar"u8)) locallyRegisteredAsSidecar = reader.ReadBool();
            else if (key.SequenceEqual("Meta"u8)) meta = MsgPackCollections.ReadStringMap(ref reader);
            else if (key.SequenceEqual("ModifyIndex"u8)) modifyIndex = reader.ReadUInt64();
            else if (key.SequenceEqual("Port"u8)) port = reader.ReadInt64();
            else if (key.SequenceEqual("Proxy"u8)) proxy = ServiceProxyCodec.Read(ref reader);
            else if (key.SequenceEqual("Service"u8)) service = reader.ReadString();
            else if (key.SequenceEqual("SocketPath"u8)) socketPath = reader.ReadString();
            else if (key.SequenceEqual("TaggedAddresses"u8)) taggedAddresses = ReadAddresses(ref reader);
            else if (key.SequenceEqual("Tags"u8)) tags = MsgPackCollections.ReadStrings(ref reader);
            else if (key.SequenceEqual("Weights"u8)) weights = ReadWeights(ref reader);
            else reader.Skip();
        }

        return new NodeService
        {
            Address = address,
            Connect = connect,
            CreateIndex = createIndex,
            EnableTagOverride = enableTagOverride,
            Id = id,
            Kind = kind,
            LocallyRegisteredAsSidecar = locallyRegisteredAsSidecar,
            Meta = meta,
            ModifyIndex = modifyIndex,
            Port = port,
            Proxy = proxy,
            Service = service,
            SocketPath = socketPath,
            TaggedAddresses = taggedAddresses,
            Tags = tags,
            Weights = weights,
        };
    }

    public static void WriteAddresses(MsgPackWriter writer, SortedMap<ServiceAddress>? addresses) =>
        MsgPackCollections.WriteMap(writer, addresses, WriteAddress);

    public static SortedMap<ServiceAddress>? ReadAddresses(ref MsgPackReader reader) =>
        MsgPackCollections.ReadMap(ref reader, ReadAddress);

    public static void WriteWeights(MsgPackWriter writer, ServiceWeights? weights)
    {
        if (weights is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(2);
        writer.WriteKey("Passing"u8);
        writer.WriteInt64(weights.Passing);
        writer.WriteKey("Warning"u8);
        writer.WriteInt64(weights.Warning);
    }

    public static ServiceWeights? ReadWeights(ref MsgPackReader reader)
    {
        int count = reader.ReadMapHeader();
        if (count < 0) return null;
        long passing = 0, warning = 0;
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Passing"u8)) passing = reader.ReadInt64();
            else if (key.SequenceEqual("Warning"u8)) warning = reader.ReadInt64();
            else reader.Skip();
        }

        return new ServiceWeights(passing, warning);
    }

    public static void WriteConnect(MsgPackWriter writer, ServiceConnect connect)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey("Native"u8);
        writer.WriteBool(connect.Native);
        writer.WriteKey("SidecarService"u8);
        SidecarServiceCodec.Write(writer, connect.SidecarService);
    }

    public static ServiceConnect ReadConnect(ref MsgPackReader reader) => ReadConnect(ref reader, depth: 0);

    /// <param name="reader">At the settings.</param>
    /// <param name="depth">How many sidecar registrations they are inside of.</param>
    internal static ServiceConnect ReadConnect(ref MsgPackReader reader, int depth)
    {
        bool native = false;
        SidecarService? sidecar = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Native"u8)) native = reader.ReadBool();
            else if (key.SequenceEqual("SidecarService"u8)) sidecar = SidecarServiceCodec.Read(ref reader, depth);
            else reader.Skip();
        }

        return native || sidecar is not null ? new ServiceConnect(native, sidecar) : ServiceConnect.None;
    }

    private static void WriteAddress(MsgPackWriter writer, ServiceAddress address)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey("Address"u8);
        writer.WriteString(address.Address);
        writer.WriteKey("Port"u8);
        writer.WriteInt64(address.Port);
    }

    private static ServiceAddress ReadAddress(ref MsgPackReader reader)
    {
        string address = "";
        long port = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Address"u8)) address = reader.ReadString();
            else if (key.SequenceEqual("Port"u8)) port = reader.ReadInt64();
            else reader.Skip();
        }

        return new ServiceAddress(address, port);
    }
}
