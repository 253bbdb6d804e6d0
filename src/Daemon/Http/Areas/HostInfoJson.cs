using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>Free-form figures about the machine, from what the kernel shows. Reads files.</summary>
internal static class HostInfoJson
{
    private const long Kibibyte = 1024;

    public static void Write(Utf8JsonWriter writer)
    {
        long start = Stopwatch.GetTimestamp();
        var errors = new List<string>();
        writer.WriteStartObject();
        WriteMemory(writer, errors);
        writer.WriteStartArray("CPU");
        for (int i = 0; i < Environment.ProcessorCount; i++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("cpu", i);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("Host");
        writer.WriteString("hostname", Environment.MachineName);
        writer.WriteNumber("uptime", Environment.TickCount64 / 1000);
        writer.WriteString("os", OperatingSystem.IsLinux() ? "linux" : RuntimeInformation.OSDescription);
        writer.WriteString("kernelVersion", Environment.OSVersion.Version.ToString());
        writer.WriteEndObject();
        WriteDisk(writer, errors);
        writer.WriteNumber("CollectionTime", (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        if (errors.Count == 0) writer.WriteNull("Errors");
        else writer.WriteStartArray("Errors");
        foreach (string error in errors) writer.WriteStringValue(error);
        if (errors.Count > 0) writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter writer, List<string> errors)
    {
        writer.WriteStartObject("Memory");
        try
        {
            long total = 0, available = 0, free = 0;
            foreach (string line in File.ReadLines("/proc/meminfo"))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length < 2 || !long.TryParse(words[1], CultureInfo.InvariantCulture, out long kibibytes)) continue;
                if (words[0] == "MemTotal:") total = kibibytes * Kibibyte;
                else if (words[0] == "MemAvailable:") available = kibibytes * Kibibyte;
                else if (words[0] == "MemFree:") free = kibibytes * Kibibyte;
            }

            writer.WriteNumber("total", total);
            writer.WriteNumber("available", available);
            writer.WriteNumber("used", total - available);
            writer.WriteNumber("usedPercent", total == 0 ? 0 : 100.0 * (total - available) / total);
            writer.WriteNumber("free", free);
        }
        catch (IOException fault)
        {
            errors.Add(fault.Message);
        }

        writer.WriteEndObject();
    }

    private static void WriteDisk(Utf8JsonWriter writer, List<string> errors)
    {
        writer.WriteStartObject("Disk");
        try
        {
            var root = new DriveInfo("/");
            writer.WriteString("path", root.Name);
            writer.WriteNumber("total", root.TotalSize);
            writer.WriteNumber("free", root.AvailableFreeSpace);
            writer.WriteNumber("used", root.TotalSize - root.TotalFreeSpace);
        }
        catch (IOException fault)
        {
            errors.Add(fault.Message);
        }

        writer.WriteEndObject();
    }
}
