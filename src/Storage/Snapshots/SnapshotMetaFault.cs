using System.Globalization;
using System.Text.Json;
using Consul.Fast.Storage.Json;

namespace Consul.Fast.Storage.Snapshots;

/// <summary>What is wrong with a <c>meta.json</c>, in the words that Consul's users know.</summary>
internal static class SnapshotMetaFault
{
    /// <param name="fault">What its reader found.</param>
    public static string Describe(ReadOnlySpan<byte> text, JsonException fault)
    {
        if (new JsonScanner(text).ScanWhole() is { } error) return error;
        string path = fault.Path ?? "$";
        JsonElement value = Find(JsonElement.Parse(text), path);
        (string parent, string type, bool isNumber) = TypeOf(WithoutIndexes(path));
        if (path == "$.Peers" && value.ValueKind == JsonValueKind.String)
            return JsonBase64.TryDecode(value.GetString()!, out _, out string refusal) ? fault.Message : refusal;
        string kind = isNumber && value.ValueKind == JsonValueKind.Number ? "number " + value.GetRawText() : KindOf(value);
        if (parent.Length == 0) return $"json: cannot unmarshal {kind} into Go value of type {type}";
        string field = WithoutIndexes(path)[2..].Replace("[]", "", StringComparison.Ordinal);
        return $"json: cannot unmarshal {kind} into Go struct field {parent}.{field} of type {type}";
    }

    /// <summary>The structure that holds a field, the field's type, and whether that is one of numbers.</summary>
    private static (string Parent, string Type, bool IsNumber) TypeOf(string path) => path switch
    {
        "$.Version" => ("SnapshotMeta", "raft.SnapshotVersion", true),
        "$.ID" => ("SnapshotMeta", "string", false),
        "$.Index" or "$.Term" or "$.ConfigurationIndex" => ("SnapshotMeta", "uint64", true),
        "$.Peers" => ("SnapshotMeta", "[]uint8", false),
        "$.Configuration" => ("SnapshotMeta", "raft.Configuration", false),
        "$.Configuration.Servers" => ("Configuration", "[]raft.Server", false),
        "$.Configuration.Servers[]" => ("Configuration", "raft.Server", false),
        "$.Configuration.Servers[].Suffrage" => ("Server", "raft.ServerSuffrage", true),
        "$.Configuration.Servers[].ID" => ("Server", "raft.ServerID", false),
        "$.Configuration.Servers[].Address" => ("Server", "raft.ServerAddress", false),
        "$.Size" => ("SnapshotMeta", "int64", true),
        _ => ("", "raft.SnapshotMeta", false),
    };

    private static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => "number",
        _ => "null",
    };

    /// <summary>The value at a path such as <c>$.Configuration.Servers[0].ID</c>; as far as the path leads.</summary>
    private static JsonElement Find(JsonElement root, string path)
    {
        JsonElement value = root;
        foreach (string step in path.Replace("[", ".[", StringComparison.Ordinal).Split('.')[1..])
        {
            if (step.StartsWith('['))
            {
                int index = int.Parse(step[1..^1], CultureInfo.InvariantCulture);
                if (value.ValueKind != JsonValueKind.Array || index >= value.GetArrayLength()) return value;
                value = value[index];
            }
            else
            {
                if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(step, out JsonElement next)) return value;
                value = next;
            }
        }

        return value;
    }

    private static string WithoutIndexes(string path)
    {
        int open = path.IndexOf('[', StringComparison.Ordinal);
        if (open < 0) return path;
        int close = path.IndexOf(']', open);
        return string.Concat(path.AsSpan(0, open), "[]", path.AsSpan(close + 1));
    }
}
