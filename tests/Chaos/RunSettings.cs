using System.Globalization;

namespace Consul.Fast.Chaos.Tests;

/// <summary>How long and from which seed random faults run.</summary>
internal static class RunSettings
{
    private const string MinutesVariable = "CONSUL_FAST_CHAOS_MINUTES";
    private const string SeedVariable = "CONSUL_FAST_CHAOS_SEED";
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(24);

    /// <summary>Of one run; the minutes that are asked for are shared by all of them.</summary>
    /// <param name="runs">How many there are.</param>
    public static TimeSpan Duration(int runs) =>
        Environment.GetEnvironmentVariable(MinutesVariable) is { Length: > 0 } minutes
            ? TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)) / runs
            : s_short;

    public static int Seed => Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } seed
        ? int.Parse(seed, CultureInfo.InvariantCulture)
        : Environment.TickCount & 0xffffff;
}
