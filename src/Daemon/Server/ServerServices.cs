using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server;

/// <summary>Builds the RPC services of a server: the one place that knows all of them.</summary>
internal static class ServerServices
{
    public static RpcServices Create(
        IServerContext server, LeaderGate gate, CommandProposer commands, ISessionTimers sessions, ISnapshots snapshots,
        EventService events, KeyringService keyrings)
    {
        var queries = new BlockingQuery(server, gate);
        return new RpcServices(
            new CatalogService(server, gate, queries, commands),
            new HealthService(queries),
            new KvsService(server, gate, queries, commands),
            new SessionService(server, gate, queries, commands, sessions),
            new TxnService(server, gate, queries, commands),
            new StatusService(server, gate),
            new OperatorService(server, gate),
            new InternalService(queries, events, keyrings),
            snapshots);
    }
}
