using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Tests;

/// <summary>A log recorded from a real cluster, and the snapshot that the cluster made of it.</summary>
internal static class RecordedCluster
{
    private static readonly Lazy<IReadOnlyList<LogEntry>> Entries = new(ReadLog);
    private static readonly Lazy<byte[]> Snapshot = new(ReadState);

    public static IReadOnlyList<LogEntry> Log => Entries.Value;

    public static byte[] State => Snapshot.Value;

    private static List<LogEntry> ReadLog()
    {
        using FileStream file = File.OpenRead(PathOf("log.jsonl.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var entries = new List<LogEntry>();
        while (reader.ReadLine() is { } line)
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement entry = json.RootElement;
            entries.Add(new LogEntry(
                entry.GetProperty("index").GetUInt64(),
                entry.GetProperty("term").GetUInt64(),
                (EntryType)entry.GetProperty("type").GetByte(),
                Hex(entry.GetProperty("data")),
                Hex(entry.GetProperty("extensions"))));
        }

        return entries;
    }

    private static byte[] ReadState()
    {
        using FileStream file = File.OpenRead(PathOf("snapshot.tgz"));
        using var tar = new TarReader(new GZipStream(file, CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } member)
        {
            if (member.Name != "state.bin") continue;
            using var copy = new MemoryStream();
            member.DataStream!.CopyTo(copy);
            return copy.ToArray();
        }

        throw new InvalidDataException("the archive has no state.bin");
    }

    private static byte[] Hex(JsonElement value) => value.ValueKind == JsonValueKind.Null ? [] : Convert.FromHexString(value.GetString()!);

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Vectors", name);
}
