using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>Sidecar registrations inside those of services.</summary>
internal static class SidecarServiceCodec
{
    /// <summary>Registrations inside each other that are followed; one inside another is already refused, later.</summary>
    private const int MaxDepth = 4;

    public static void Write(MsgPackWriter writer, SidecarService? sidecar)
    {
        if (sidecar is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(16);
        writer.WriteKey("Address"u8);
        writer.WriteString(sidecar.Address);
        writer.WriteKey("Check"u8);
        SidecarCheckCodec.Write(writer, sidecar.Check);
        writer.WriteKey("Checks"u8);
        MsgPackCollections.WriteList(writer, sidecar.Checks, SidecarCheckCodec.Write);
        writer.WriteKey("Connect"u8);
        if (sidecar.Connect is null) writer.WriteNil();
        else NodeServiceCodec.WriteConnect(writer, sidecar.Connect);
        writer.WriteKey("EnableTagOverride"u8);
        writer.WriteBool(sidecar.EnableTagOverride);
        writer.WriteKey("ID"u8);
        writer.WriteString(sidecar.Id);
        writer.WriteKey("Kind"u8);
        writer.WriteString(sidecar.Kind);
        writer.WriteKey("Meta"u8);
        MsgPackCollections.WriteStringMap(writer, sidecar.Meta);
        writer.WriteKey("Name"u8);
        writer.WriteString(sidecar.Name);
        writer.WriteKey("Port"u8);
        writer.WriteInt64(sidecar.Port);
        writer.WriteKey("Proxy"u8);
        if (sidecar.Proxy is null) writer.WriteNil();
        else ServiceProxyCodec.Write(writer, sidecar.Proxy);
        writer.WriteKey("SocketPath"u8);
        writer.WriteString(sidecar.SocketPath);
        writer.WriteKey("TaggedAddresses"u8);
        NodeServiceCodec.WriteAddresses(writer, sidecar.TaggedAddresses);
        writer.WriteKey("Tags"u8);
        MsgPackCollections.WriteStrings(writer, sidecar.Tags);
        writer.WriteKey("Token"u8);
        writer.WriteString(sidecar.Token);
        writer.WriteKey("Weights"u8);
        NodeServiceCodec.WriteWeights(writer, sidecar.Weights);
    }

    /// <summary>Nil gives null.</summary>
    /// <param name="reader">At the registration.</param>
    /// <param name="depth">How many registrations it is inside of.</param>
    public static SidecarService? Read(ref MsgPackReader reader, int depth)
    {
        int count = reader.ReadMapHeader();
        if (count < 0) return null;
        if (depth >= MaxDepth) reader.Fail();
        var sidecar = new SidecarService();
        for (int i = 0; i < count && !reader.Failed; i++) sidecar = ReadField(sidecar, reader.ReadKey(), ref reader, depth + 1);
        return sidecar;
    }

    /// <summary>Rare enough for a copy per field.</summary>
    private static SidecarService ReadField(SidecarService sidecar, ReadOnlySpan<byte> key, ref MsgPackReader reader, int depth)
    {
        if (key.SequenceEqual("Address"u8)) return sidecar with { Address = reader.ReadString() };
        if (key.SequenceEqual("Check"u8)) return sidecar with { Check = SidecarCheckCodec.Read(ref reader) ?? SidecarCheck.None };
        if (key.SequenceEqual("Checks"u8)) return sidecar with { Checks = MsgPackCollections.ReadList(ref reader, SidecarCheckCodec.Read) };
        if (key.SequenceEqual("Connect"u8))
            return sidecar with { Connect = reader.TryReadNil() ? null : NodeServiceCodec.ReadConnect(ref reader, depth) };
        if (key.SequenceEqual("EnableTagOverride"u8)) return sidecar with { EnableTagOverride = reader.ReadBool() };
        if (key.SequenceEqual("ID"u8)) return sidecar with { Id = reader.ReadString() };
        if (key.SequenceEqual("Kind"u8)) return sidecar with { Kind = reader.ReadString() };
        if (key.SequenceEqual("Meta"u8)) return sidecar with { Meta = MsgPackCollections.ReadStringMap(ref reader) };
        if (key.SequenceEqual("Name"u8)) return sidecar with { Name = reader.ReadString() };
        if (key.SequenceEqual("Port"u8)) return sidecar with { Port = reader.ReadInt64() };
        if (key.SequenceEqual("Proxy"u8)) return sidecar with { Proxy = reader.TryReadNil() ? null : ServiceProxyCodec.Read(ref reader) };
        if (key.SequenceEqual("SocketPath"u8)) return sidecar with { SocketPath = reader.ReadString() };
        if (key.SequenceEqual("TaggedAddresses"u8)) return sidecar with { TaggedAddresses = NodeServiceCodec.ReadAddresses(ref reader) };
        if (key.SequenceEqual("Tags"u8)) return sidecar with { Tags = MsgPackCollections.ReadStrings(ref reader) };
        if (key.SequenceEqual("Token"u8)) return sidecar with { Token = reader.ReadString() };
        if (key.SequenceEqual("Weights"u8)) return sidecar with { Weights = NodeServiceCodec.ReadWeights(ref reader) };
        reader.Skip();
        return sidecar;
    }
}
