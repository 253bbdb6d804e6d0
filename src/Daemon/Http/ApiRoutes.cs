using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Agent.Lifecycle;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Http;

/// <summary>The whole HTTP interface: one line for each area of the API.</summary>
internal static class ApiRoutes
{
    public static RouteTable Create(
        RpcServices services, LocalAgent agent, UserEvents events, IAgentControl control, Func<AgentConfig> config,
        AgentProcessContext context)
    {
        string datacenter = context.Config.Node.Datacenter;
        var routes = new RouteTable();
        RootArea.Map(routes);
        AclArea.Map(routes);
        new ProfileArea(config).Map(routes);
        new KvArea(services.Kvs).Map(routes);
        new SessionArea(services.Session).Map(routes);
        new TxnArea(services.Txn).Map(routes);
        new CatalogArea(services.Catalog).Map(routes);
        new HealthArea(services.Health).Map(routes);
        new CoordinateArea(services.Coordinate, () => context.Config.Node.DisableCoordinates).Map(routes);
        new StatusArea(services.Status).Map(routes);
        new OperatorRaftArea(services.Operator).Map(routes);
        new OperatorAutopilotArea(services.Operator).Map(routes);
        new OperatorKeyringArea(services.Internal).Map(routes);
        new EventArea(services.Internal, events, context.Time).Map(routes);
        new SnapshotArea(services.Snapshot).Map(routes);
        new AgentNodeArea(agent, control, config).Map(routes);
        new AgentServicesArea(agent, datacenter, context.Time).Map(routes);
        new AgentChecksArea(agent).Map(routes);
        new AgentHealthArea(agent, datacenter).Map(routes);
        new AgentTelemetryArea(context.Metrics, context.Logging, context.Logging.CreateLogger("agent")).Map(routes);
        foreach (Route route in routes.Routes) if (route.IsApi) route.Timings = new RouteTimings(context.Metrics, route.Pattern);
        return routes;
    }
}
