using System.Text.Json;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Http.Json;

/// <summary>Free-form JSON objects. Numbers become doubles, as in Consul.</summary>
internal static class JsonFreeMap
{
    public static bool TryRead(JsonElement value, out FreeMap? map, out string error)
    {
        map = null;
        error = "";
        if (TooDeep(value, FreeMap.MaxDepth))
        {
            error = "json: exceeded max depth";
            return false;
        }

        map = ReadObject(value);
        return true;
    }

    public static void Write(Utf8JsonWriter writer, FreeMap map)
    {
        writer.WriteStartObject();
        foreach ((string key, object? value) in map.Pairs)
        {
            writer.WritePropertyName(key);
            WriteValue(writer, value);
        }

        writer.WriteEndObject();
    }

    private static FreeMap ReadObject(JsonElement value) =>
        new(value.EnumerateObject().Select(p => new KeyValuePair<string, object?>(p.Name, ReadValue(p.Value))));

    private static object? ReadValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => ReadObject(value),
        JsonValueKind.Array => value.EnumerateArray().Select(ReadValue).ToArray(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static bool TooDeep(JsonElement value, int allowed) => value.ValueKind switch
    {
        JsonValueKind.Object => allowed == 0 || value.EnumerateObject().Any(p => TooDeep(p.Value, allowed - 1)),
        JsonValueKind.Array => allowed == 0 || value.EnumerateArray().Any(item => TooDeep(item, allowed - 1)),
        _ => false,
    };

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case long number: writer.WriteNumberValue(number); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case double number: writer.WriteRawValue(GoFloat.Format(number), skipInputValidation: true); break;
            case string text: writer.WriteStringValue(text); break;
            case FreeMap map: Write(writer, map); break;
            case IReadOnlyList<object?> list:
                writer.WriteStartArray();
                foreach (object? item in list) WriteValue(writer, item);
                writer.WriteEndArray();
                break;
            default: throw new InvalidOperationException($"A free map holds a {value.GetType()}.");
        }
    }
}
