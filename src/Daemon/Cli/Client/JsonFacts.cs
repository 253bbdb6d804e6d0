using System.Text.Json;
using Consul.Fast.Storage.Json;

namespace Consul.Fast.Daemon.Cli.Client;

/// <summary>An agent's answer is JSON of another shape than the command expects. The message is for the user.</summary>
internal sealed class UnexpectedShapeException(string message) : Exception(message);

/// <summary>
/// Reading of an agent's answers, only inside <see cref="Reply.TryRead"/>: what is missing, or null, is the zero value; what
/// is of another type raises <see cref="UnexpectedShapeException"/>.
/// </summary>
internal static class JsonFacts
{
    /// <summary>A field, or an undefined element, which all others here take as missing.</summary>
    public static JsonElement Field(this JsonElement element, string name)
    {
        if (IsMissing(element)) return default;
        if (element.ValueKind != JsonValueKind.Object) throw Mismatch(element, "object");
        return element.TryGetProperty(name, out JsonElement value) ? value : default;
    }

    public static string Text(this JsonElement element)
    {
        if (IsMissing(element)) return "";
        return element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Mismatch(element, "string");
    }

    public static string Text(this JsonElement element, string name) => element.Field(name).Text();

    public static byte[] Bytes(this JsonElement element, string name) =>
        JsonBase64.TryDecode(element.Text(name), out byte[] bytes, out string error) ? bytes : throw new UnexpectedShapeException(error);

    public static ulong Number(this JsonElement element)
    {
        if (IsMissing(element)) return 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out ulong number) ? number : throw Mismatch(element, "uint64");
    }

    public static ulong Number(this JsonElement element, string name) => element.Field(name).Number();

    public static bool Flag(this JsonElement element, string name)
    {
        JsonElement value = element.Field(name);
        if (IsMissing(value)) return false;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Mismatch(value, "bool");
    }

    /// <summary>The items of an array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element)
    {
        if (IsMissing(element)) return [];
        return element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Mismatch(element, "array");
    }

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) => element.Field(name).Items();

    /// <summary>The members of an object in the order of their names.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement element)
    {
        if (IsMissing(element)) return [];
        if (element.ValueKind != JsonValueKind.Object) throw Mismatch(element, "object");
        return element.EnumerateObject().OrderBy(static member => member.Name, StringComparer.Ordinal);
    }

    public static IEnumerable<JsonProperty> Members(this JsonElement element, string name) => element.Field(name).Members();

    /// <summary><c>k=v, k=v</c>, sorted by key.</summary>
    public static string Pairs(this JsonElement element, string name, string separator = ", ") =>
        string.Join(separator, element.Members(name).Select(static member => $"{member.Name}={member.Value.Text()}"));

    private static bool IsMissing(JsonElement element) => element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    private static UnexpectedShapeException Mismatch(JsonElement found, string expected)
    {
        string kind = found.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => $"number {found.GetRawText()}",
            _ => "bool",
        };
        return new UnexpectedShapeException($"json: cannot unmarshal {kind} into Go value of type {expected}");
    }
}
