using System.Text;
using Consul.Fast.Net.MsgPack;

namespace Consul.Fast.Storage.Records;

/// <summary>
/// Free-form maps: whatever a raw, a byte string or an extension holds becomes text, and integers keep whether they came
/// signed.
/// </summary>
internal static class FreeMapCodec
{
    public static void Write(MsgPackWriter writer, FreeMap? map)
    {
        if (map is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(map.Pairs.Count);
        foreach ((string key, object? value) in map.Pairs)
        {
            writer.WriteString(key);
            WriteValue(writer, value);
        }
    }

    public static FreeMap? Read(ref MsgPackReader reader) => Read(ref reader, FreeMap.MaxDepth);

    private static void WriteValue(MsgPackWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNil();
                break;
            case bool flag:
                writer.WriteBool(flag);
                break;
            case long number:
                writer.WriteInt64(number);
                break;
            case ulong number:
                writer.WriteUInt64(number);
                break;
            case double number:
                writer.WriteFloat64(number);
                break;
            case string text:
                writer.WriteString(text);
                break;
            case FreeMap map:
                Write(writer, map);
                break;
            case IReadOnlyList<object?> list:
                writer.WriteArrayHeader(list.Count);
                foreach (object? item in list) WriteValue(writer, item);
                break;
            default:
                throw new InvalidOperationException($"A free-form map cannot hold a {value.GetType().Name}.");
        }
    }

    private static FreeMap? Read(ref MsgPackReader reader, int depth)
    {
        int count = reader.ReadMapHeader();
        if (count < 0) return null;
        var pairs = new List<KeyValuePair<string, object?>>(Math.Min(count, 16));
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            string key = reader.ReadString();
            pairs.Add(new KeyValuePair<string, object?>(key, ReadValue(ref reader, depth - 1)));
        }

        return new FreeMap(pairs);
    }

    private static object? ReadValue(ref MsgPackReader reader, int depth)
    {
        if (depth <= 0)
        {
            reader.Fail();
            return null;
        }

        switch (reader.Peek())
        {
            case MsgPackKind.Nil:
                reader.TryReadNil();
                return null;
            case MsgPackKind.Bool:
                return reader.ReadBool();
            case MsgPackKind.SignedInteger:
                return reader.ReadInt64();
            case MsgPackKind.UnsignedInteger:
                return reader.ReadUInt64();
            case MsgPackKind.Float:
                return reader.ReadFloat64();
            case MsgPackKind.Raw:
                return reader.ReadString();
            case MsgPackKind.Bin:
                return Encoding.UTF8.GetString(reader.ReadBytesInPlace(out _));
            case MsgPackKind.Extension:
                return Encoding.UTF8.GetString(reader.ReadExtensionInPlace());
            case MsgPackKind.Map:
                return Read(ref reader, depth);
            case MsgPackKind.Array:
                return ReadItems(ref reader, depth);
            default:
                reader.Fail();
                return null;
        }
    }

    private static List<object?> ReadItems(ref MsgPackReader reader, int depth)
    {
        int count = reader.ReadArrayHeader();
        var items = new List<object?>(Math.Min(Math.Max(count, 0), 16));
        for (int i = 0; i < count && !reader.Failed; i++) items.Add(ReadValue(ref reader, depth - 1));
        return items;
    }
}
