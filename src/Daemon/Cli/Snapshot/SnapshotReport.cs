using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Consul.Fast.Daemon.Cli.Snapshot;

/// <summary>The two forms in which <c>snapshot inspect</c> prints.</summary>
internal static class SnapshotReport
{
    private const int Padding = 6;
    private const string Rule = "----";
    private static readonly string[] s_units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>Up to three blocks of columns, each aligned on its own; no newline at the end.</summary>
    public static string Pretty(SnapshotStatistics statistics)
    {
        var text = new StringBuilder();
        AppendBlock(text,
        [
            ["ID", statistics.Meta.Id],
            ["Size", statistics.Meta.Size.ToString(CultureInfo.InvariantCulture)],
            ["Index", statistics.Meta.Index.ToString(CultureInfo.InvariantCulture)],
            ["Term", statistics.Meta.Term.ToString(CultureInfo.InvariantCulture)],
            ["Version", "1"],
        ]);
        text.Append("\n\n");
        AppendBlock(text, Usage("Type", statistics.Types(), statistics.TotalBytes));
        if (statistics.Kv is { IsEmpty: false } kv)
        {
            text.Append("\n\n");
            AppendBlock(text, Usage("Key Name", kv.Sorted(), kv.TotalBytes));
        }

        return text.ToString();
    }

    /// <summary>One object, indented by three blanks; no newline at the end.</summary>
    public static void WriteJson(SnapshotStatistics statistics, Stream output)
    {
        using var json = new Utf8JsonWriter(output, CliJson.Indented(' ', 3));
        json.WriteStartObject();
        json.WriteStartObject("Meta");
        json.WriteString("ID", statistics.Meta.Id);
        json.WriteNumber("Size", statistics.Meta.Size);
        json.WriteNumber("Index", statistics.Meta.Index);
        json.WriteNumber("Term", statistics.Meta.Term);
        json.WriteNumber("Version", 1);
        json.WriteEndObject();
        WriteCounters(json, "Stats", statistics.Types());
        if (statistics.Kv is { IsEmpty: false } kv) WriteCounters(json, "StatsKV", kv.Sorted());
        else json.WriteNull("StatsKV");
        json.WriteNumber("TotalSize", statistics.TotalBytes);
        json.WriteNumber("TotalSizeKV", statistics.Kv?.TotalBytes ?? 0);
        json.WriteEndObject();
    }

    /// <summary>Powers of 1024 with at most one decimal: <c>608B</c>, <c>2.6KB</c>, <c>9KB</c>; zero is <c>0</c>.</summary>
    public static string Size(long bytes)
    {
        if (bytes == 0) return "0";
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < s_units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString("0.#", CultureInfo.InvariantCulture) + s_units[unit];
    }

    private static List<string[]> Usage(string title, UsageCounter[] counters, long total)
    {
        List<string[]> rows = [[title, "Count", "Size"], [Rule, Rule, Rule]];
        rows.AddRange(counters.Select(static counter =>
            new[] { counter.Name, counter.Count.ToString(CultureInfo.InvariantCulture), Size(counter.Bytes) }));
        rows.Add([Rule, Rule, Rule]);
        rows.Add(["Total", "", Size(total)]);
        return rows;
    }

    private static void AppendBlock(StringBuilder text, List<string[]> rows)
    {
        int columns = rows[0].Length;
        int[] widths = [.. Enumerable.Range(0, columns - 1).Select(column => rows.Max(row => row[column].Length) + Padding)];
        for (int i = 0; i < rows.Count; i++)
        {
            text.Append(i == 0 ? " " : "\n ");
            for (int column = 0; column < columns - 1; column++) text.Append(rows[i][column].PadRight(widths[column]));
            text.Append(rows[i][columns - 1]);
        }
    }

    private static void WriteCounters(Utf8JsonWriter json, string name, UsageCounter[] counters)
    {
        json.WriteStartArray(name);
        foreach (UsageCounter counter in counters)
        {
            json.WriteStartObject();
            json.WriteString("Name", counter.Name);
            json.WriteNumber("Sum", counter.Bytes);
            json.WriteNumber("Count", counter.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
