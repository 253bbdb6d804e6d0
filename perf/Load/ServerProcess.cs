using System.Globalization;

namespace Consul.Fast.Perf.Load;

/// <summary>What the measured processes use, as the kernel tells it.</summary>
internal static class ServerProcess
{
    /// <summary>The unit of the file on Linux: <c>sysconf(_SC_CLK_TCK)</c> is 100 on all its platforms.</summary>
    private const double TicksPerSecond = 100;

    private const int UserField = 11;

    /// <summary>User and system time so far, of all processes together; null without processes.</summary>
    public static TimeSpan? Cpu(int[] processIds)
    {
        if (processIds.Length == 0) return null;
        double ticks = 0;
        foreach (int id in processIds)
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            // The second field is the program's name in parentheses, which may hold blanks.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            ticks += double.Parse(fields[UserField], CultureInfo.InvariantCulture);
            ticks += double.Parse(fields[UserField + 1], CultureInfo.InvariantCulture);
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>Resident memory of all processes together, bytes; null without processes.</summary>
    public static long? Memory(int[] processIds) => processIds.Length == 0 ? null : processIds.Sum(ResidentBytes);

    private static long ResidentBytes(int id)
    {
        string line = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
