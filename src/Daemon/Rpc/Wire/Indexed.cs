using Consul.Fast.Net.MsgPack;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Wire;

/// <summary>
/// The common form of read replies: one value under its key, with the metadata around it. Written replies are successful
/// ones; errors travel in the response header.
/// </summary>
internal static class Indexed
{
    public static void Write<T>(
        MsgPackWriter writer, scoped ReadOnlySpan<byte> key, in RpcResult<T> reply, MsgPackCollections.ItemWriter<T> write)
    {
        var map = new FlattenedMap<QueryMetaFields>(writer, new(reply.Meta), ownFields: 1);
        map.Key(key);
        write(writer, reply.Value);
        map.End();
    }

    /// <param name="missing">The value of a reply without one.</param>
    public static RpcResult<T> Read<T>(
        ref MsgPackReader reader, scoped ReadOnlySpan<byte> ownKey, MsgPackCollections.ItemReader<T> read, T missing)
    {
        T value = missing;
        var meta = default(QueryMetaReader);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual(ownKey)) value = read(ref reader);
            else if (!meta.TryRead(ref reader, key)) reader.Skip();
        }

        return RpcResult<T>.Ok(value, meta.Meta);
    }

    /// <summary>A list; <see cref="Unset"/> is nil.</summary>
    public static void WriteList<T>(
        MsgPackWriter writer, scoped ReadOnlySpan<byte> key, in RpcResult<IReadOnlyList<T>> reply, MsgPackCollections.ItemWriter<T> write)
    {
        var map = new FlattenedMap<QueryMetaFields>(writer, new(reply.Meta), ownFields: 1);
        map.Key(key);
        MsgPackCollections.WriteList(writer, Unset.Is(reply.Value) ? null : reply.Value, write);
        map.End();
    }

    public static RpcResult<IReadOnlyList<T>> ReadList<T>(
        ref MsgPackReader reader, scoped ReadOnlySpan<byte> ownKey, MsgPackCollections.ItemReader<T> read)
    {
        IReadOnlyList<T> list = Unset.List<T>();
        var meta = default(QueryMetaReader);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual(ownKey)) list = MsgPackCollections.ReadList(ref reader, read) ?? Unset.List<T>();
            else if (!meta.TryRead(ref reader, key)) reader.Skip();
        }

        return RpcResult<IReadOnlyList<T>>.Ok(list, meta.Meta);
    }

    /// <summary>A list of the one row that was found; null is nil.</summary>
    public static void WriteRow<T>(
        MsgPackWriter writer, scoped ReadOnlySpan<byte> key, in RpcResult<T?> reply, MsgPackCollections.ItemWriter<T> write)
        where T : class
    {
        var map = new FlattenedMap<QueryMetaFields>(writer, new(reply.Meta), ownFields: 1);
        map.Key(key);
        if (reply.Value is null)
        {
            writer.WriteNil();
        }
        else
        {
            writer.WriteArrayHeader(1);
            write(writer, reply.Value);
        }

        map.End();
    }

    /// <summary>The first row of a list, or null.</summary>
    public static RpcResult<T?> ReadRow<T>(
        ref MsgPackReader reader, scoped ReadOnlySpan<byte> ownKey, MsgPackCollections.ItemReader<T> read)
        where T : class
    {
        T? row = null;
        var meta = default(QueryMetaReader);
        int count = reader.ReadMapHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOnlySpan<byte> key = reader.ReadKey();
            if (key.SequenceEqual(ownKey)) row = ReadFirst(ref reader, read);
            else if (!meta.TryRead(ref reader, key)) reader.Skip();
        }

        return RpcResult<T?>.Ok(row, meta.Meta);
    }

    private static T? ReadFirst<T>(ref MsgPackReader reader, MsgPackCollections.ItemReader<T> read)
        where T : class
    {
        T? row = null;
        int count = reader.ReadArrayHeader();
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            if (i == 0) row = read(ref reader);
            else reader.Skip();
        }

        return row;
    }
}
