using System.Globalization;

namespace Consul.Fast.Daemon.Text;

/// <summary>Times as Go writes them.</summary>
internal static class GoTime
{
    /// <summary>RFC 3339 in UTC, with as many decimals of the second as it takes: <c>2026-11-24T14:53:49.2160738Z</c>.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    /// <summary>The nearest full second; a half goes up.</summary>
    public static DateTimeOffset RoundToSecond(DateTimeOffset time)
    {
        long over = time.UtcTicks % TimeSpan.TicksPerSecond;
        long ticks = time.UtcTicks - over;
        return new DateTimeOffset(over * 2 >= TimeSpan.TicksPerSecond ? ticks + TimeSpan.TicksPerSecond : ticks, TimeSpan.Zero);
    }
}
