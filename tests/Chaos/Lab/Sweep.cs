using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Consul.Fast.Chaos.Tests.Lab;

/// <summary>
/// Removes what a run that was killed left behind: its servers, disks and networks, known by its process id in their names.
/// </summary>
internal static partial class Sweep
{
    private const string ImagePrefix = "consul-fast-chaos-";
    private static readonly string s_memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    /// <summary>Where this run keeps the content of its disks.</summary>
    public static string ImageFolder { get; } =
        Path.Combine(s_memory, ImagePrefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    public static void DeadRuns()
    {
        Tool.TryRun(out string namespaces, "ip", "netns", "list");
        string[] dead = [.. NamespaceName().Matches(namespaces).Where(name => IsDead(name.Groups["id"].Value)).Select(name => name.Value)];
        UnstallDisks();
        foreach (string each in dead) KillIn(each);
        Unmount();
        foreach (string each in dead) Tool.TryRun(out _, "ip", "netns", "del", each);
        Tool.TryRun(out string links, "ip", "-o", "link", "show", "type", "bridge");
        foreach (Match bridge in BridgeName().Matches(links))
        {
            if (IsDead(bridge.Groups["id"].Value)) Tool.TryRun(out _, "ip", "link", "del", bridge.Groups["name"].Value);
        }

        foreach (string images in Directory.GetDirectories(s_memory, ImagePrefix + "*"))
        {
            if (IsDead(Path.GetFileName(images)[ImagePrefix.Length..])) Directory.Delete(images, recursive: true);
        }
    }

    /// <summary>The servers that run in a namespace, whatever started them.</summary>
    public static IReadOnlyList<int> ProcessesIn(string name)
    {
        Tool.TryRun(out string ids, "ip", "netns", "pids", name);
        return [.. ids.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
    }

    private static void KillIn(string name)
    {
        foreach (int id in ProcessesIn(name))
        {
            try
            {
                using Process process = Process.GetProcessById(id);
                process.Kill();
                process.WaitForExit(TimeSpan.FromSeconds(5));
            }
            catch (ArgumentException)
            {
                // It ended by itself meanwhile.
            }
        }
    }

    /// <summary>Processes that hang in a stalled disk could not be killed.</summary>
    private static void UnstallDisks()
    {
        foreach (string mount in DeadMounts()) Tool.TryRun(out _, "fsfreeze", "--unfreeze", mount);
    }

    private static void Unmount()
    {
        foreach (string mount in DeadMounts()) Tool.TryRun(out _, "umount", "-l", mount);
    }

    private static string[] DeadMounts() =>
    [
        .. File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[1])
            .Where(path => RunFolder().Match(path) is { Success: true } match && path.EndsWith(LabServer.DiskName, StringComparison.Ordinal)
                && IsDead(match.Groups["id"].Value)),
    ];

    private static bool IsDead(string id) =>
        int.TryParse(id, CultureInfo.InvariantCulture, out int number) && !Directory.Exists($"/proc/{number}");

    [GeneratedRegex($@"{LabNetwork.Prefix}(?<id>\d+)n\d+")]
    private static partial Regex NamespaceName();

    [GeneratedRegex($@"(?<name>{LabNetwork.Prefix}(?<id>\d+))[:@]")]
    private static partial Regex BridgeName();

    [GeneratedRegex(@"/consul-fast-tests-(?<id>\d+)/")]
    private static partial Regex RunFolder();
}
