using System.Text.Json;
using Consul.Fast.Daemon.Http.Json;

namespace Consul.Fast.Daemon.Cli.Kv;

/// <summary>One entry of the data of <c>kv import</c>.</summary>
/// <param name="Value">Base64, not yet decoded.</param>
internal readonly record struct KvImportEntry(string Key, ulong Flags, string Value)
{
    private const string TypeName = "impexp.Entry";

    /// <summary>Reads a whole document: false with the first fault, in the words that users know.</summary>
    public static bool TryReadAll(byte[] data, out List<KvImportEntry> entries, out string error)
    {
        entries = [];
        if (!JsonInput.TryParseWhole(data, out JsonElement root, out error)) return false;
        switch (root.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.Array:
                foreach (JsonElement item in root.EnumerateArray())
                {
                    if (!TryRead(item, out KvImportEntry entry, out error)) return false;
                    entries.Add(entry);
                }

                return true;
            default:
                error = Mismatch(root, $"[]*{TypeName}");
                return false;
        }
    }

    private static bool TryRead(JsonElement item, out KvImportEntry entry, out string error)
    {
        entry = default;
        error = item.ValueKind == JsonValueKind.Object ? "" : Mismatch(item, TypeName);
        if (error.Length > 0) return false;
        JsonFields fields = new JsonFields(item, "Entry").Lenient();
        entry = new KvImportEntry(fields.String("key"), fields.UInt64("flags"), fields.String("value"));
        fields.String("namespace");
        error = fields.Finish() ?? "";
        return error.Length == 0;
    }

    private static string Mismatch(JsonElement value, string type) =>
        $"json: cannot unmarshal {JsonFields.KindName(value)} into Go value of type {type}";
}
