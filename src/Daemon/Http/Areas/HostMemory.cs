using System.Text.Json;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The memory of the machine.</summary>
internal static class HostMemory
{
    private const long Kibibyte = 1024;

    /// <summary>Members that the kernel has by another name, in bytes; <c>null</c> for those that Linux does not know.</summary>
    private static readonly (string Member, string? Kernel)[] s_members =
    [
        ("free", "MemFree"), ("active", "Active"), ("inactive", "Inactive"), ("wired", null), ("laundry", null), ("buffers", "Buffers"),
        ("cached", "Cached"), ("writeBack", "Writeback"), ("dirty", "Dirty"), ("writeBackTmp", "WritebackTmp"), ("shared", "Shmem"),
        ("slab", "Slab"), ("sreclaimable", "SReclaimable"), ("sunreclaim", "SUnreclaim"), ("pageTables", "PageTables"),
        ("swapCached", "SwapCached"), ("commitLimit", "CommitLimit"), ("committedAS", "Committed_AS"), ("highTotal", "HighTotal"),
        ("highFree", "HighFree"), ("lowTotal", "LowTotal"), ("lowFree", "LowFree"), ("swapTotal", "SwapTotal"), ("swapFree", "SwapFree"),
        ("mapped", "Mapped"), ("vmallocTotal", "VmallocTotal"), ("vmallocUsed", "VmallocUsed"), ("vmallocChunk", "VmallocChunk"),
        ("hugePagesTotal", "HugePages_Total"), ("hugePagesFree", "HugePages_Free"), ("hugePageSize", "Hugepagesize"),
    ];

    public static Action<Utf8JsonWriter> Read()
    {
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach ((string name, string value) in HostInfoJson.Lines("/proc/meminfo"))
            values[name] = HostInfoJson.Number(value) * (value.EndsWith("kB", StringComparison.Ordinal) ? Kibibyte : 1);
        return writer => Write(writer, values);
    }

    private static void Write(Utf8JsonWriter writer, Dictionary<string, long> values)
    {
        long total = values.GetValueOrDefault("MemTotal");
        long used = total - values.GetValueOrDefault("MemFree") - values.GetValueOrDefault("Buffers") - values.GetValueOrDefault("Cached");
        writer.WriteStartObject();
        writer.WriteNumber("total", total);
        writer.WriteNumber("available", values.GetValueOrDefault("MemAvailable"));
        writer.WriteNumber("used", used);
        writer.WriteNumber("usedPercent", total == 0 ? 0 : 100.0 * used / total);
        foreach ((string member, string? kernel) in s_members)
            writer.WriteNumber(member, kernel is null ? 0 : values.GetValueOrDefault(kernel));
        writer.WriteEndObject();
    }
}
