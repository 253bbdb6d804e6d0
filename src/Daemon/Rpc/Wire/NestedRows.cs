using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>Lists of records inside a record: an empty one is nil, as Consul leaves it that fills such lists row by row.</summary>
internal static class NestedRows
{
    public static void Write<T>(MsgPackWriter writer, IReadOnlyList<T> rows, MsgPackCollections.ItemWriter<T> write) =>
        MsgPackCollections.WriteList(writer, rows.Count == 0 ? null : rows, write);

    public static IReadOnlyList<T> Read<T>(ref MsgPackReader reader, MsgPackCollections.ItemReader<T> read) =>
        MsgPackCollections.ReadList(ref reader, read) ?? [];
}
