using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Telemetry.Logging;
using Consul.Fast.Daemon.Telemetry.Metrics;

namespace Consul.Fast.Daemon.Http;

/// <summary>The whole HTTP interface: one line for each area of the API.</summary>
internal static class ApiRoutes
{
    public static RouteTable Create(
        RpcServices services,
        LocalAgent agent,
        IAgentControl control,
        Func<AgentConfig> config,
        MetricsRegistry metrics,
        AgentLogging logging,
        TimeProvider time)
    {
        string datacenter = config().Node.Datacenter;
        var routes = new RouteTable();
        new RootArea().Map(routes);
        new KvArea(services.Kvs).Map(routes);
        new SessionArea(services.Session).Map(routes);
        new TxnArea(services.Txn).Map(routes);
        new CatalogArea(services.Catalog).Map(routes);
        new HealthArea(services.Health).Map(routes);
        new StatusArea(services.Status).Map(routes);
        new OperatorRaftArea(services.Operator).Map(routes);
        new SnapshotArea(services.Snapshot).Map(routes);
        new AgentNodeArea(agent, control, config).Map(routes);
        new AgentServicesArea(agent, datacenter, time).Map(routes);
        new AgentChecksArea(agent).Map(routes);
        new AgentHealthArea(agent, datacenter).Map(routes);
        new AgentTelemetryArea(metrics, logging, logging.CreateLogger("agent")).Map(routes);
        return routes;
    }
}
