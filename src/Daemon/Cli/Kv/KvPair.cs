using System.Text.Json;
using Consul.Fast.Daemon.Cli.Client;

namespace Consul.Fast.Daemon.Cli.Kv;

/// <summary>One entry as the agent answers it.</summary>
internal sealed record KvPair(string Key, ulong Flags, byte[] Value, ulong CreateIndex, ulong ModifyIndex, ulong LockIndex, string Session)
{
    private const int LabelWidth = 17;

    public static KvPair[] ReadAll(JsonElement entries) => [.. entries.Items().Select(Read)];

    private static KvPair Read(JsonElement entry) => new(
        entry.Text("Key"),
        entry.Number("Flags"),
        entry.Bytes("Value"),
        entry.Number("CreateIndex"),
        entry.Number("ModifyIndex"),
        entry.Number("LockIndex"),
        entry.Text("Session"));

    /// <summary>The value as it is, or in base64.</summary>
    public byte[] Shown(bool base64) => base64 ? System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(Value)) : Value;

    /// <summary>All fields, one per line, up to the value's label; the value follows as bytes.</summary>
    public string DetailHead() =>
        Field("CreateIndex", CreateIndex.ToString()) + Field("Flags", Flags.ToString()) + Field("Key", Key)
        + Field("LockIndex", LockIndex.ToString()) + Field("ModifyIndex", ModifyIndex.ToString())
        + Field("Session", Session.Length == 0 ? "-" : Session)
        + (Value.Length == 0 ? "Value" : "Value".PadRight(LabelWidth));

    private static string Field(string label, string value) => $"{label.PadRight(LabelWidth)}{value}".TrimEnd() + "\n";
}
