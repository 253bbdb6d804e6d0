using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Rpc;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>
/// The services of a server as its callers meet them: each call runs where it belongs, which for most is the leader. The fields of
/// the classes beside this one are the table of who answers what.
/// </summary>
internal static class RoutedServices
{
    /// <param name="local">What this server answers when a call stays here.</param>
    /// <param name="snapshots">Asks other servers for archives, which do not travel as calls.</param>
    /// <param name="own">Bounds the calls when they are this agent's own; null for those of others.</param>
    public static RpcServices Create(RpcServices local, LeaderCaller leader, SnapshotCaller snapshots, OwnCalls? own)
    {
        var routes = new CallRoutes(leader, own);
        return new RpcServices(
            new RoutedCatalog(routes, local.Catalog),
            new RoutedHealth(routes, local.Health),
            new RoutedKvs(routes, local.Kvs),
            new RoutedSessions(routes, local.Session),
            new RoutedTxn(routes, local.Txn),
            new RoutedStatus(routes, local.Status),
            new RoutedOperator(routes, local.Operator),
            new RoutedInternal(routes, local.Internal),
            new RoutedSnapshots(leader.Route, snapshots, local.Snapshot, own),
            new RoutedCoordinates(routes, local.Coordinate));
    }
}
