using System.Globalization;
using System.Runtime.InteropServices;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Agent;

/// <summary>The figures that the agent shows of itself.</summary>
internal static class AgentStats
{
    /// <summary>The agent's own groups together with those of its parts, ordered by name.</summary>
    public static async Task<IReadOnlyList<StatGroup>> AllAsync(LocalAgent agent, IAgentControl control) =>
    [
        .. (await control.StatsAsync()).Append(Agent(agent)).Append(Build()).Append(Runtime())
            .OrderBy(static group => group.Name, StringComparer.Ordinal),
    ];

    private static StatGroup Agent(LocalAgent agent) => new("agent",
    [
        new("check_monitors", Text(agent.RunningChecks.Monitors)),
        new("check_ttls", Text(agent.RunningChecks.Ttls)),
        new("checks", Text(agent.State.Checks().Count)),
        new("services", Text(agent.State.Services().Count)),
    ]);

    private static StatGroup Build() => new("build", [new("prerelease", ""), new("revision", ""), new("version", ConsulVersion.ApiLevel)]);

    private static StatGroup Runtime() => new("runtime",
    [
        new("arch", RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "amd64",
            Architecture.Arm64 => "arm64",
            Architecture other => other.ToString().ToLowerInvariant(),
        }),
        new("cpu_count", Text(Environment.ProcessorCount)),
        new("goroutines", Text(ThreadPool.ThreadCount)),
        new("max_procs", Text(Environment.ProcessorCount)),
        new("os", OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "darwin" : "unknown"),
        new("version", RuntimeInformation.FrameworkDescription),
    ]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
