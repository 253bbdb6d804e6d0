using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Telemetry.Logging;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent.Lifecycle;

/// <summary>What the command that starts an agent gives it.</summary>
/// <param name="Config">With the node id filled in.</param>
/// <param name="ReadConfig">Reads all sources again; throws <see cref="ConfigException"/> with the text for the user.</param>
internal sealed record AgentProcessContext(
    AgentConfig Config, AgentLogging Logging, MetricsRegistry Metrics, Func<AgentConfig> ReadConfig, TimeProvider Time)
{
    /// <summary>
    /// Applies the log level and the metric filters of a new configuration; an unknown level is reported and the old
    /// one kept.
    /// </summary>
    public void ReloadTelemetry(AgentConfig config)
    {
        if (LogLevels.TryParse(config.Logging.Level, out LogLevel level)) Logging.Level = level;
        else Logging.CreateLogger("agent").InvalidLogLevelKept(config.Logging.Level);
        Metrics.Reload(config.Telemetry);
    }
}

/// <summary>Makes the agent of a configuration; it starts nothing yet.</summary>
internal delegate IAgentProcess AgentProcessFactory(AgentProcessContext context);
