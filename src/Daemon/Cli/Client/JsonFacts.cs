using System.Text.Json;

namespace Consul.Fast.Daemon.Cli.Client;

/// <summary>Reading of an agent's answers: a missing field, or null, is the zero value.</summary>
internal static class JsonFacts
{
    public static string Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    public static ulong Number(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetUInt64(out ulong number) ? number : 0;

    public static bool Flag(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    /// <summary>The items of an array; none for null.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : Enumerable.Empty<JsonElement>();

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.Items() : [];

    /// <summary>The members of an object in the order of their names; none for null.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().OrderBy(static member => member.Name, StringComparer.Ordinal)
            : Enumerable.Empty<JsonProperty>();

    public static IEnumerable<JsonProperty> Members(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.Members() : [];

    /// <summary><c>k=v, k=v</c>, sorted by key.</summary>
    public static string Pairs(this JsonElement element, string name, string separator = ", ") =>
        string.Join(separator, element.Members(name).Select(static member => $"{member.Name}={member.Value.GetString()}"));
}
