using System.Globalization;

namespace Consul.Fast.Daemon.Config.Build;

/// <summary>The limit on open files that the system gives this process.</summary>
internal static class OpenFileLimit
{
    /// <summary>Files the agent needs besides its clients' connections.</summary>
    private const int Reserved = 20;
    private const string LimitsFile = "/proc/self/limits";

    /// <exception cref="ConfigException">One client could use up all files.</exception>
    public static void Check(int maxConnectionsPerClient)
    {
        if (maxConnectionsPerClient <= 0 || Read() is not { } limit || maxConnectionsPerClient + Reserved <= limit) return;
        throw new ConfigException(
            $"system allows a max of {limit} file descriptors, but limits.http_max_conns_per_client: {maxConnectionsPerClient} "
            + $"needs at least {maxConnectionsPerClient + Reserved}");
    }

    /// <summary>The soft limit; null where the system does not tell or has none.</summary>
    private static long? Read()
    {
        if (!File.Exists(LimitsFile)) return null;
        const string Row = "Max open files";
        string? line = File.ReadLines(LimitsFile).FirstOrDefault(static line => line.StartsWith(Row, StringComparison.Ordinal));
        string? soft = line?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : null;
    }
}
