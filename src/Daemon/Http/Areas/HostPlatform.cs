using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>The machine as a whole: its system, its kernel, how long it runs.</summary>
internal static class HostPlatform
{
    private const int MachineIdLength = 32;

    public static Action<Utf8JsonWriter> Read()
    {
        string uptime = File.ReadAllText("/proc/uptime");
        Dictionary<string, string> release = ReadRelease();
        return writer => Write(writer, HostInfoJson.Number(uptime), release);
    }

    private static void Write(Utf8JsonWriter writer, long uptime, Dictionary<string, string> release)
    {
        string platform = release.GetValueOrDefault("ID", "");
        writer.WriteStartObject();
        writer.WriteString("hostname", HostInfoJson.Content("/proc/sys/kernel/hostname") ?? Environment.MachineName);
        writer.WriteNumber("uptime", uptime);
        writer.WriteNumber("bootTime", BootTime());
        writer.WriteNumber("procs", Directory.EnumerateDirectories("/proc").Count(IsProcess));
        writer.WriteString("os", "linux");
        writer.WriteString("platform", platform);
        writer.WriteString("platformFamily", FamilyOf(platform, release.GetValueOrDefault("ID_LIKE", "")));
        writer.WriteString("platformVersion", VersionOf(platform, release.GetValueOrDefault("VERSION_ID", "")));
        writer.WriteString("kernelVersion", HostInfoJson.Content("/proc/sys/kernel/osrelease") ?? "");
        writer.WriteString("kernelArch", ArchitectureOf(RuntimeInformation.OSArchitecture));
        writer.WriteString("virtualizationSystem", "");
        writer.WriteString("virtualizationRole", IsGuest() ? "guest" : "");
        writer.WriteString("hostId", HostId());
        writer.WriteEndObject();
    }

    private static Dictionary<string, string> ReadRelease()
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in (HostInfoJson.Content("/etc/os-release") ?? "").Split('\n'))
        {
            string[] parts = line.Split('=', 2);
            if (parts.Length == 2) facts[parts[0]] = parts[1].Trim('"', '\'');
        }

        return facts;
    }

    private static bool IsProcess(string path) => char.IsAsciiDigit(Path.GetFileName(path)[0]);

    private static long BootTime()
    {
        const string Mark = "btime ";
        string? line = File.ReadLines("/proc/stat").FirstOrDefault(static line => line.StartsWith(Mark, StringComparison.Ordinal));
        return line is null ? 0 : HostInfoJson.Number(line[Mark.Length..]);
    }

    /// <summary>The first of the systems that this one says it is like, else itself.</summary>
    private static string FamilyOf(string platform, string like) => like.Split(' ')[0] is { Length: > 0 } first ? first : platform;

    /// <summary>Debian tells its point release in a file of its own.</summary>
    private static string VersionOf(string platform, string version) =>
        platform == "debian" ? HostInfoJson.Content("/etc/debian_version") ?? version : version;

    private static string ArchitectureOf(Architecture architecture) => architecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.Arm64 => "aarch64",
        _ => architecture.ToString().ToLowerInvariant(),
    };

    private static bool IsGuest() => HostInfoJson.Lines("/proc/cpuinfo").Any(
        static fact => fact.Name == "flags" && fact.Value.Split(' ').Contains("hypervisor"));

    /// <summary>What stays the same longest: the id of the hardware, of the installation, of this boot.</summary>
    private static string HostId()
    {
        if (HostInfoJson.Content("/sys/class/dmi/id/product_uuid") is { Length: > 0 } hardware) return hardware.ToLowerInvariant();
        if (HostInfoJson.Content("/etc/machine-id") is { Length: MachineIdLength } installation
            && Guid.TryParseExact(installation, "N", out Guid id)) return id.ToString("D", CultureInfo.InvariantCulture);
        return HostInfoJson.Content("/proc/sys/kernel/random/boot_id") ?? "";
    }
}
