using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>A service instance with its node and checks.</summary>
internal static class CheckServiceNodeCodec
{
    public static void Write(MsgPackWriter writer, CheckServiceNode instance)
    {
        writer.WriteMapHeader(3);
        writer.WriteKey("Checks"u8);
        NestedRows.Write(writer, instance.Checks, HealthCheckCodec.Write);
        writer.WriteKey("Node"u8);
        NodeCodec.Write(writer, instance.Node);
        writer.WriteKey("Service"u8);
        NodeServiceCodec.Write(writer, instance.Service);
    }

    public static CheckServiceNode Read(ref MsgPackReader reader)
    {
        IReadOnlyList<HealthCheck> checks = [];
        Node? node = null;
        NodeService? service = null;
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Checks"u8)) checks = NestedRows.Read(ref reader, HealthCheckCodec.Read);
            else if (key.SequenceEqual("Node"u8)) node = NodeCodec.Read(ref reader);
            else if (key.SequenceEqual("Service"u8)) service = NodeServiceCodec.Read(ref reader);
            else reader.Skip();
        }

        return new CheckServiceNode(node ?? new Node(), service ?? new NodeService(), checks);
    }
}
