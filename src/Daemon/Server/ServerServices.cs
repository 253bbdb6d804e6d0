using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// Builds the RPC services of a server as it answers them itself: the one place that knows all of them. Whether a call may be
/// answered here is decided before it comes to them.
/// </summary>
internal static class ServerServices
{
    public static RpcServices Create(
        IServerContext server,
        LeaderGate gate,
        CommandProposer commands,
        ISessionTimers sessions,
        IOperator operators,
        ISnapshots snapshots,
        EventService events,
        KeyringService keyrings,
        CoordinateBatcher coordinates,
        WanMap wan)
    {
        var queries = new BlockingQuery(server, gate);
        return new RpcServices(
            new CatalogService(server, queries, commands),
            new HealthService(server, queries),
            new KvsService(server, queries, commands),
            new SessionService(server, queries, commands, sessions),
            new TxnService(server, queries, commands),
            new StatusService(server),
            operators,
            new InternalService(queries, events, keyrings),
            snapshots,
            new CoordinateService(queries, coordinates, wan));
    }
}
