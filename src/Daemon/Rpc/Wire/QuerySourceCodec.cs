using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>The place that results are sorted from, and the node metadata asked for: parts of several requests.</summary>
internal static class QuerySourceCodec
{
    public static void Write(MsgPackWriter writer, QuerySource source)
    {
        writer.WriteMapHeader(4);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(source.Datacenter);
        writer.WriteKey("Ip"u8);
        writer.WriteString(source.Ip);
        writer.WriteKey("Node"u8);
        writer.WriteString(source.Node);
        writer.WriteKey("Segment"u8);
        writer.WriteString(source.Segment);
    }

    /// <summary>A source of empty texts, as nearly all requests have, is <see cref="QuerySource.None"/>.</summary>
    public static QuerySource Read(ref MsgPackReader reader)
    {
        string datacenter = "", ip = "", node = "", segment = "";
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Datacenter"u8)) datacenter = reader.ReadString();
            else if (key.SequenceEqual("Ip"u8)) ip = reader.ReadString();
            else if (key.SequenceEqual("Node"u8)) node = reader.ReadString();
            else if (key.SequenceEqual("Segment"u8)) segment = reader.ReadString();
            else reader.Skip();
        }

        bool isNone = datacenter.Length + ip.Length + node.Length + segment.Length == 0;
        return isNone ? QuerySource.None : new QuerySource(datacenter, segment, node, ip);
    }

    public static void WriteNodeMeta(MsgPackWriter writer, IReadOnlyList<KeyValuePair<string, string>>? pairs)
    {
        if (pairs is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(pairs.Count);
        for (int i = 0; i < pairs.Count; i++)
        {
            writer.WriteString(pairs[i].Key);
            writer.WriteString(pairs[i].Value);
        }
    }
}
