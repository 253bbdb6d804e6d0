using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Catalog.ServiceList: names, each in a map of its own.</summary>
internal static class IndexedServiceListCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<string>> reply) =>
        Indexed.WriteList(writer, "Services"u8, reply, WriteName);

    public static RpcResult<IReadOnlyList<string>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "Services"u8, ReadName);

    private static void WriteName(MsgPackWriter writer, string name)
    {
        writer.WriteMapHeader(1);
        writer.WriteKey("Name"u8);
        writer.WriteString(name);
    }

    private static string ReadName(ref MsgPackReader reader)
    {
        string name = "";
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Name"u8)) name = reader.ReadString();
            else reader.Skip();
        }

        return name;
    }
}
