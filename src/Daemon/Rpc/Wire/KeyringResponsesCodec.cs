using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Reply of Internal.KeyringOperation: one part for each pool.</summary>
internal static class KeyringResponsesCodec
{
    public static void Write(MsgPackWriter writer, RpcResult<IReadOnlyList<KeyringResponse>> reply) =>
        Indexed.WriteList(writer, "Responses"u8, reply, WritePool);

    public static RpcResult<IReadOnlyList<KeyringResponse>> Read(ref MsgPackReader reader) =>
        Indexed.ReadList(ref reader, "Responses"u8, ReadPool);

    private static void WritePool(MsgPackWriter writer, KeyringResponse pool)
    {
        writer.WriteMapHeader(8);
        writer.WriteKey("Datacenter"u8);
        writer.WriteString(pool.Datacenter);
        writer.WriteKey("Error"u8);
        writer.WriteString(pool.Error);
        writer.WriteKey("Keys"u8);
        MsgPackCollections.WriteMap(writer, pool.Keys, static (w, count) => w.WriteInt64(count));
        writer.WriteKey("Messages"u8);
        MsgPackCollections.WriteStringMap(writer, pool.Messages);
        writer.WriteKey("NumNodes"u8);
        writer.WriteInt64(pool.NumNodes);
        writer.WriteKey("PrimaryKeys"u8);
        MsgPackCollections.WriteMap(writer, pool.PrimaryKeys, static (w, count) => w.WriteInt64(count));
        writer.WriteKey("Segment"u8);
        writer.WriteString("");
        writer.WriteKey("WAN"u8);
        writer.WriteBool(pool.Wan);
    }

    private static KeyringResponse ReadPool(ref MsgPackReader reader)
    {
        var pool = new KeyringResponse(
            Wan: false, "", "", SortedMap<string>.Empty, SortedMap<int>.Empty, SortedMap<int>.Empty, NumNodes: 0);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual("Datacenter"u8)) pool = pool with { Datacenter = reader.ReadString() };
            else if (key.SequenceEqual("Error"u8)) pool = pool with { Error = reader.ReadString() };
            else if (key.SequenceEqual("Keys"u8)) pool = pool with { Keys = ReadCounts(ref reader) };
            else if (key.SequenceEqual("Messages"u8))
                pool = pool with { Messages = MsgPackCollections.ReadStringMap(ref reader) ?? SortedMap<string>.Empty };
            else if (key.SequenceEqual("NumNodes"u8)) pool = pool with { NumNodes = reader.ReadInt32() };
            else if (key.SequenceEqual("PrimaryKeys"u8)) pool = pool with { PrimaryKeys = ReadCounts(ref reader) };
            else if (key.SequenceEqual("WAN"u8)) pool = pool with { Wan = reader.ReadBool() };
            else reader.Skip();
        }

        return pool;
    }

    private static SortedMap<int> ReadCounts(ref MsgPackReader reader) =>
        MsgPackCollections.ReadMap(ref reader, static (ref MsgPackReader r) => r.ReadInt32()) ?? SortedMap<int>.Empty;
}
