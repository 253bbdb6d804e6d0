using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>
/// Lists and maps of texts as they occur in records. Null and empty are told apart in both directions. The readers follow
/// the sticky-failure rule of <see cref="MsgPackReader"/>.
/// </summary>
public static class MsgPackCollections
{
    public delegate void ItemWriter<in T>(MsgPackWriter writer, T item);

    public delegate T ItemReader<out T>(ref MsgPackReader reader);

    public static void WriteList<T>(MsgPackWriter writer, IReadOnlyList<T>? list, ItemWriter<T> write)
    {
        if (list is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(list.Count);
        for (int i = 0; i < list.Count; i++) write(writer, list[i]);
    }

    public static T[]? ReadList<T>(ref MsgPackReader reader, ItemReader<T> read)
    {
        int count = reader.ReadArrayHeader();
        if (count < 0) return null;
        if (count == 0) return [];
        var list = new List<T>(Math.Min(count, 16));
        for (int i = 0; i < count && !reader.Failed; i++) list.Add(read(ref reader));
        return [.. list];
    }

    public static void WriteStrings(MsgPackWriter writer, IReadOnlyList<string>? list) =>
        WriteList(writer, list, static (w, text) => w.WriteString(text));

    public static string[]? ReadStrings(ref MsgPackReader reader) => ReadList(ref reader, static (ref MsgPackReader r) => r.ReadString());

    public static void WriteMap<T>(MsgPackWriter writer, SortedMap<T>? map, ItemWriter<T> write)
    {
        if (map is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(map.Count);
        for (int i = 0; i < map.Count; i++)
        {
            writer.WriteString(map[i].Key);
            write(writer, map[i].Value);
        }
    }

    public static SortedMap<T>? ReadMap<T>(ref MsgPackReader reader, ItemReader<T> read)
    {
        int count = reader.ReadMapHeader();
        if (count < 0) return null;
        if (count == 0) return SortedMap<T>.Empty;
        var pairs = new List<KeyValuePair<string, T>>(Math.Min(count, 16));
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            string key = reader.ReadString();
            pairs.Add(new KeyValuePair<string, T>(key, read(ref reader)));
        }

        return SortedMap<T>.Create(pairs);
    }

    public static void WriteStringMap(MsgPackWriter writer, SortedMap<string>? map) =>
        WriteMap(writer, map, static (w, text) => w.WriteString(text));

    public static SortedMap<string>? ReadStringMap(ref MsgPackReader reader) =>
        ReadMap(ref reader, static (ref MsgPackReader r) => r.ReadString());
}
