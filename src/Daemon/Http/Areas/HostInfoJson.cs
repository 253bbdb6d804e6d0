using System.Globalization;
using System.Text.Json;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>Figures about the machine, from what the kernel shows, with the members that tools around Consul read. Reads files.</summary>
internal static class HostInfoJson
{
    public static void Write(Utf8JsonWriter writer)
    {
        var errors = new List<string>();
        writer.WriteStartObject();
        WritePart(writer, "Memory", HostMemory.Read, errors);
        WritePart(writer, "CPU", HostProcessors.Read, errors);
        WritePart(writer, "Host", HostPlatform.Read, errors);
        WritePart(writer, "Disk", HostDisk.Read, errors);
        writer.WriteNumber("CollectionTime", (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
        if (errors.Count == 0)
        {
            writer.WriteNull("Errors");
        }
        else
        {
            writer.WriteStartArray("Errors");
            foreach (string error in errors) writer.WriteStringValue(error);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes one member; null when its facts cannot be read.</summary>
    private static void WritePart(Utf8JsonWriter writer, string name, Func<Action<Utf8JsonWriter>> read, List<string> errors)
    {
        writer.WritePropertyName(name);
        try
        {
            read()(writer);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            errors.Add(fault.Message);
            writer.WriteNullValue();
        }
    }

    /// <summary>Splits <c>name : value</c> lines as the kernel writes them.</summary>
    internal static IEnumerable<(string Name, string Value)> Lines(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0) yield return (line[..colon].Trim(), line[(colon + 1)..].Trim());
        }
    }

    /// <summary>The number at the beginning of a text, 0 for none.</summary>
    internal static long Number(string text)
    {
        ReadOnlySpan<char> digits = text;
        int end = digits.IndexOfAnyExceptInRange('0', '9');
        if (end >= 0) digits = digits[..end];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
    }

    /// <summary>The trimmed content of a small file; null when it is not there or not for us.</summary>
    internal static string? Content(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
