using System.Globalization;
using Consul.Fast.Chaos.Tests.Lab;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Chaos.Tests.Checks;

/// <summary>What a lab must not leave behind: processes, disks, networks.</summary>
internal static class Remains
{
    /// <summary>The kernel takes its time with the last parts of a network.</summary>
    public static async Task None()
    {
        string run = $"/consul-fast-tests-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}/";
        string network = LabNetwork.Prefix + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        string links = "";
        await Until.True(
            () => Tool.TryRun(out links, "ip", "-o", "link", "show") && !links.Contains(network, StringComparison.Ordinal), "the network goes");
        Tool.TryRun(out string namespaces, "ip", "netns", "list");
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
