using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Upstreams of a proxy registration.</summary>
internal static class ProxyUpstreamCodec
{
    public static void Write(MsgPackWriter writer, ProxyUpstream upstream)
    {
        writer.WriteMapHeader(12);
        writer.WriteKey("CentrallyConfigured"u8);
        writer.WriteBool(upstream.CentrallyConfigured);
        writer.WriteKey("Config"u8);
        FreeMapCodec.Write(writer, upstream.Config);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(upstream.Datacenter);
        writer.WriteKey("DestinationName"u8);
        writer.WriteString(upstream.DestinationName);
        writer.WriteKey("DestinationNamespace"u8);
        writer.WriteString(upstream.DestinationNamespace);
        writer.WriteKey("DestinationType"u8);
        writer.WriteString(upstream.DestinationType);
        writer.WriteKey("IngressHosts"u8);
        MsgPackCollections.WriteStrings(writer, upstream.IngressHosts);
        writer.WriteKey("LocalBindAddress"u8);
        writer.WriteString(upstream.LocalBindAddress);
        writer.WriteKey("LocalBindPort"u8);
        writer.WriteInt64(upstream.LocalBindPort);
        writer.WriteKey("LocalBindSocketMode"u8);
        writer.WriteString(upstream.LocalBindSocketMode);
        writer.WriteKey("LocalBindSocketPath"u8);
        writer.WriteString(upstream.LocalBindSocketPath);
        writer.WriteKey("MeshGateway"u8);
        MeshGatewayCodec.Write(writer, upstream.MeshGatewayMode);
    }

    public static ProxyUpstream Read(ref MsgPackReader reader)
    {
        bool centrallyConfigured = false;
        FreeMap? config = null;
        string datacenter = "", destinationName = "", destinationNamespace = "", destinationType = "", localBindAddress = "";
        string localBindSocketMode = "", localBindSocketPath = "", meshGatewayMode = "";
        IReadOnlyList<string>? ingressHosts = null;
        long localBindPort = 0;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("CentrallyConfigured"u8)) centrallyConfigured = reader.ReadBool();
            else if (key.SequenceEqual("Config"u8)) config = FreeMapCodec.Read(ref reader);
            else if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("DestinationName"u8)) destinationName = reader.ReadString();
            else if (key.SequenceEqual("DestinationNamespace"u8)) destinationNamespace = reader.ReadString();
            else if (key.SequenceEqual("DestinationType"u8)) destinationType = reader.ReadString();
            else if (key.SequenceEqual("IngressHosts"u8)) ingressHosts = MsgPackCollections.ReadStrings(ref reader);
            else if (key.SequenceEqual("LocalBindAddress"u8)) localBindAddress = reader.ReadString();
            else if (key.SequenceEqual("LocalBindPort"u8)) localBindPort = reader.ReadInt64();
            else if (key.SequenceEqual("LocalBindSocketMode"u8)) localBindSocketMode = reader.ReadString();
            else if (key.SequenceEqual("LocalBindSocketPath"u8)) localBindSocketPath = reader.ReadString();
            else if (key.SequenceEqual("MeshGateway"u8)) meshGatewayMode = MeshGatewayCodec.Read(ref reader);
            else reader.Skip();
        }

        return new ProxyUpstream
        {
            CentrallyConfigured = centrallyConfigured,
            Config = config,
            Datacenter = datacenter,
            DestinationName = destinationName,
            DestinationNamespace = destinationNamespace,
            DestinationType = destinationType,
            IngressHosts = ingressHosts,
            LocalBindAddress = localBindAddress,
            LocalBindPort = localBindPort,
            LocalBindSocketMode = localBindSocketMode,
            LocalBindSocketPath = localBindSocketPath,
            MeshGatewayMode = meshGatewayMode,
        };
    }
}
