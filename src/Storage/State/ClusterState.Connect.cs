using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>
/// Reads of the instances that speak for a service over the mesh: its proxies, and its own instances that know the protocol.
/// Ordered by node, then service id.
/// </summary>
public sealed partial class ClusterState
{
    /// <summary>
    /// The index is that of the asked service alone, as in the reference: a proxy under a name of its own does not move it.
    /// </summary>
    public QueryResult<IReadOnlyList<ServiceInstance>> ConnectServiceNodes(string service, WatchSet? watches)
    {
        WatchScope(watches, WatchTable.ConnectServices, service);
        var instances = new List<ServiceInstance>();
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(service);
        foreach (ByteMapEntry<NodeService> entry in Tables.ServicesByConnect.WithPrefix(scope.Span))
        {
            Node node = NodeOf(entry.Key, scope.Span.Length);
            // Where the asked service has no row of its own, changes of nodes count.
            WatchNode(watches, node.Name);
            instances.Add(new ServiceInstance(node, entry.Value));
        }

        ulong index = ServiceIndex(service, instances.Count > 0, withChecks: false, watches);
        return new QueryResult<IReadOnlyList<ServiceInstance>>(index, instances);
    }

    /// <summary>The same with their checks. The index is the highest of the services that the instances are registered as.</summary>
    public QueryResult<IReadOnlyList<CheckServiceNode>> CheckConnectServiceNodes(string service, WatchSet? watches)
    {
        WatchScope(watches, WatchTable.ConnectServices, service);
        var instances = new List<CheckServiceNode>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        ulong index = 0;
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(service);
        var checkScope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        foreach (ByteMapEntry<NodeService> entry in Tables.ServicesByConnect.WithPrefix(scope.Span))
        {
            instances.Add(HealthOf(NodeOf(entry.Key, scope.Span.Length), entry.Value, ref checkScope));
            if (names.Add(entry.Value.Service))
                index = Math.Max(index, ServiceIndex(entry.Value.Service, exists: true, withChecks: true, watches));
        }

        if (instances.Count == 0) index = ServiceIndex(service, exists: false, withChecks: true, watches: null);
        return new QueryResult<IReadOnlyList<CheckServiceNode>>(index, instances);
    }
}
