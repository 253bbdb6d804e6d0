using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Telemetry.Logging;
using Consul.Fast.Daemon.Telemetry.Metrics;

namespace Consul.Fast.Daemon.Http.Areas;

/// <summary>Everything below <c>/v1/agent/</c>.</summary>
internal sealed class AgentArea(
    LocalAgent agent, IAgentControl control, Func<AgentConfig> config, MetricsRegistry metrics, AgentLogging logging, TimeProvider time)
{
    public void Map(RouteTable routes)
    {
        string datacenter = config().Node.Datacenter;
        new AgentNodeArea(agent, control, config).Map(routes);
        new AgentServicesArea(agent, datacenter, time).Map(routes);
        new AgentChecksArea(agent).Map(routes);
        new AgentHealthArea(agent, datacenter).Map(routes);
        new AgentTelemetryArea(metrics, logging, logging.CreateLogger("agent")).Map(routes);
    }
}
