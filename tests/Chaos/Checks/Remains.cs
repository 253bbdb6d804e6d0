using System.Globalization;
using Consul.Fast.Chaos.Tests.Lab;

namespace Consul.Fast.Chaos.Tests.Checks;

/// <summary>What a lab must not leave behind: processes, disks, networks.</summary>
internal static class Remains
{
    public static void None()
    {
        string run = $"/consul-fast-tests-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}/";
        string network = LabNetwork.Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        Tool.TryRun(out string links, "ip", "-o", "link", "show");
        Tool.TryRun(out string namespaces, "ip", "netns", "list");
        Assert.DoesNotContain(network, links, StringComparison.Ordinal);
        Assert.DoesNotContain(network, namespaces, StringComparison.Ordinal);
        Assert.DoesNotContain(run, File.ReadAllText("/proc/self/mounts"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Sweep.ImageFolder), "images of disks are left");
        Assert.DoesNotContain(Directory.GetDirectories("/proc").Select(CommandLine), line => line.Contains(run, StringComparison.Ordinal));
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
