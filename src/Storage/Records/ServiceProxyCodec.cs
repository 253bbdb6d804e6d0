using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Mesh proxy settings. On the wire three groups of them are objects of their own.</summary>
public static class ServiceProxyCodec
{
    public static void Write(MsgPackWriter writer, ServiceProxy proxy)
    {
        writer.WriteMapHeader(11);
        writer.WriteKey("Config"u8);
        FreeMapCodec.Write(writer, proxy.Config);
        writer.WriteKey("DestinationServiceID"u8);
        writer.WriteString(proxy.DestinationServiceId);
        writer.WriteKey("DestinationServiceName"u8);
        writer.WriteString(proxy.DestinationServiceName);
        writer.WriteKey("Expose"u8);
        WriteExpose(writer, proxy);
        writer.WriteKey("LocalServiceAddress"u8);
        writer.WriteString(proxy.LocalServiceAddress);
        writer.WriteKey("LocalServicePort"u8);
        writer.WriteInt64(proxy.LocalServicePort);
        writer.WriteKey("LocalServiceSocketPath"u8);
        writer.WriteString(proxy.LocalServiceSocketPath);
        writer.WriteKey("MeshGateway"u8);
        MeshGatewayCodec.Write(writer, proxy.MeshGatewayMode);
        writer.WriteKey("Mode"u8);
        writer.WriteString(proxy.Mode);
        writer.WriteKey("TransparentProxy"u8);
        writer.WriteMapHeader(2);
        writer.WriteKey("DialedDirectly"u8);
        writer.WriteBool(proxy.TransparentDialedDirectly);
        writer.WriteKey("OutboundListenerPort"u8);
        writer.WriteInt64(proxy.TransparentOutboundListenerPort);
        writer.WriteKey("Upstreams"u8);
        MsgPackCollections.WriteList(writer, proxy.Upstreams, ProxyUpstreamCodec.Write);
    }

    public static ServiceProxy Read(ref MsgPackReader reader)
    {
        string destinationName = "", destinationId = "", localAddress = "", socketPath = "", mode = "", gatewayMode = "";
        long localPort = 0;
        FreeMap? config = null;
        IReadOnlyList<ProxyUpstream>? upstreams = null;
        (bool Checks, IReadOnlyList<ExposePath>? Paths) expose = default;
        (bool Direct, long Port) transparent = default;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Config"u8)) config = FreeMapCodec.Read(ref reader);
            else if (key.SequenceEqual("DestinationServiceID"u8)) destinationId = reader.ReadString();
            else if (key.SequenceEqual("DestinationServiceName"u8)) destinationName = reader.ReadString();
            else if (key.SequenceEqual("Expose"u8)) expose = ReadExpose(ref reader);
            else if (key.SequenceEqual("LocalServiceAddress"u8)) localAddress = reader.ReadString();
            else if (key.SequenceEqual("LocalServicePort"u8)) localPort = reader.ReadInt64();
            else if (key.SequenceEqual("LocalServiceSocketPath"u8)) socketPath = reader.ReadString();
            else if (key.SequenceEqual("MeshGateway"u8)) gatewayMode = MeshGatewayCodec.Read(ref reader);
            else if (key.SequenceEqual("Mode"u8)) mode = reader.ReadString();
            else if (key.SequenceEqual("TransparentProxy"u8)) transparent = ReadTransparent(ref reader);
            else if (key.SequenceEqual("Upstreams"u8)) upstreams = MsgPackCollections.ReadList(ref reader, ProxyUpstreamCodec.Read);
            else reader.Skip();
        }

        var proxy = new ServiceProxy
        {
            DestinationServiceName = destinationName,
            DestinationServiceId = destinationId,
            LocalServiceAddress = localAddress,
            LocalServicePort = localPort,
            LocalServiceSocketPath = socketPath,
            Mode = mode,
            Config = config,
            Upstreams = upstreams,
            MeshGatewayMode = gatewayMode,
            ExposeChecks = expose.Checks,
            ExposePaths = expose.Paths,
            TransparentOutboundListenerPort = transparent.Port,
            TransparentDialedDirectly = transparent.Direct,
        };
        return RecordEquality.Same(proxy, ServiceProxy.None) ? ServiceProxy.None : proxy;
    }

    private static void WriteExpose(MsgPackWriter writer, ServiceProxy proxy)
    {
        writer.WriteMapHeader(2);
        writer.WriteKey("Checks"u8);
        writer.WriteBool(proxy.ExposeChecks);
        writer.WriteKey("Paths"u8);
        MsgPackCollections.WriteList(writer, proxy.ExposePaths, WritePath);
    }

    private static (bool Checks, IReadOnlyList<ExposePath>? Paths) ReadExpose(ref MsgPackReader reader)
    {
        bool checks = false;
        IReadOnlyList<ExposePath>? paths = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Checks"u8)) checks = reader.ReadBool();
            else if (key.SequenceEqual("Paths"u8)) paths = MsgPackCollections.ReadList(ref reader, ReadPath);
            else reader.Skip();
        }

        return (checks, paths);
    }

    private static void WritePath(MsgPackWriter writer, ExposePath path)
    {
        writer.WriteMapHeader(5);
        writer.WriteKey("ListenerPort"u8);
        writer.WriteInt64(path.ListenerPort);
        writer.WriteKey("LocalPathPort"u8);
        writer.WriteInt64(path.LocalPathPort);
        writer.WriteKey("ParsedFromCheck"u8);
        writer.WriteBool(path.ParsedFromCheck);
        writer.WriteKey("Path"u8);
        writer.WriteString(path.Path);
        writer.WriteKey("Protocol"u8);
        writer.WriteString(path.Protocol);
    }

    private static ExposePath ReadPath(ref MsgPackReader reader)
    {
        long listenerPort = 0, localPathPort = 0;
        string path = "", protocol = "";
        bool parsedFromCheck = false;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("ListenerPort"u8)) listenerPort = reader.ReadInt64();
            else if (key.SequenceEqual("LocalPathPort"u8)) localPathPort = reader.ReadInt64();
            else if (key.SequenceEqual("ParsedFromCheck"u8)) parsedFromCheck = reader.ReadBool();
            else if (key.SequenceEqual("Path"u8)) path = reader.ReadString();
            else if (key.SequenceEqual("Protocol"u8)) protocol = reader.ReadString();
            else reader.Skip();
        }

        return new ExposePath(listenerPort, path, localPathPort, protocol, parsedFromCheck);
    }

    private static (bool Direct, long Port) ReadTransparent(ref MsgPackReader reader)
    {
        bool direct = false;
        long port = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("DialedDirectly"u8)) direct = reader.ReadBool();
            else if (key.SequenceEqual("OutboundListenerPort"u8)) port = reader.ReadInt64();
            else reader.Skip();
        }

        return (direct, port);
    }
}
