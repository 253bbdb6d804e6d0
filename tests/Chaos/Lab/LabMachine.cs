using Consul.Fast.Tests.Harness;

namespace Consul.Fast.Chaos.Tests.Lab;

/// <summary>Whether this machine lets us make networks and disks.</summary>
internal static class LabMachine
{
    private const string RequireVariable = "CONSUL_FAST_REQUIRE_PEERS";
    private static readonly string[] s_programs = ["ip", "nsenter", "mount", "umount", "mkfs.ext4", "fsfreeze"];

    /// <summary>Why the tests are skipped; null when they run, if only to fail loudly because they must not be left out.</summary>
    public static string? SkipReason => Environment.GetEnvironmentVariable(RequireVariable) == "1" ? null : Missing;

    /// <summary>What a lab cannot be made without; null when all is there.</summary>
    public static string? Missing { get; } = FindMissing();

    /// <summary>True when the servers are real Consul servers, which shows that the tests ask for nothing that those do not do.</summary>
    public static bool TestsReference => Path.GetFileName(ProgramFile.FullPath) == "consul";

    /// <exception cref="InvalidOperationException">Something is missing, and the tests were not allowed to be skipped.</exception>
    public static void Require()
    {
        if (Missing is { } missing) throw new InvalidOperationException($"{missing}: servers under faults were NOT tested.");
    }

    private static string? FindMissing()
    {
        if (Environment.UserName != "root") return "Network namespaces and disks need root";
        string[] absent = [.. s_programs.Where(program => !Exists(program))];
        if (absent.Length > 0) return $"Programs are missing: {string.Join(", ", absent)}";
        return File.Exists("/dev/loop-control") ? null : "There are no loop devices";
    }

    private static bool Exists(string program) => Tool.Folders.Any(folder => File.Exists(Path.Combine(folder, program)));
}
