using Consul.Fast.Daemon.Filter;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Daemon.Server;

/// <summary>Checks, and service instances with the checks that decide their health. Thread safe.</summary>
internal sealed class HealthService(IServerContext server, BlockingQuery queries) : IHealth
{
    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ChecksInStateAsync(ChecksInStateRequest request) => Checks(
        request, request.State, static (state, name, _, watches) => state.ChecksInState(name, watches), byNodeMeta: true);

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> NodeChecksAsync(NodeSpecificRequest request) => Checks(
        request, request.Node, static (state, name, _, watches) => state.NodeChecks(name, watches), byNodeMeta: false);

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ServiceChecksAsync(ServiceSpecificRequest request)
    {
        if (request.TagFilter) return Failed<IReadOnlyList<HealthCheck>>("Tag filtering is not supported");
        return Checks(
            request,
            request.ServiceName,
            static (state, name, nodeMeta, watches) => nodeMeta is null
                ? state.ServiceChecks(name, watches) : state.ServiceChecks(name, nodeMeta, watches),
            byNodeMeta: false);
    }

    public ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> ServiceNodesAsync(ServiceSpecificRequest request)
    {
        if (request.ServiceName.Length == 0)
            return Failed<IReadOnlyList<CheckServiceNode>>("Must provide service name");
        if (!ListFilter<CheckServiceNode>.TryCreate(request, FilterSelectors.CheckServiceNode, out var filter, out string error))
            return Failed<IReadOnlyList<CheckServiceNode>>(error);
        return queries.RunAsync(
            request,
            (Request: request, Filter: filter, server.Datacenter),
            static (state, a, watches) =>
            {
                QueryResult<IReadOnlyList<CheckServiceNode>> found = Find(state, a.Request, watches);
                IReadOnlyList<CheckServiceNode> kept = a.Filter.Keep(found.Value, state, static (_, instance) => instance.Node);
                return new QueryOutcome<IReadOnlyList<CheckServiceNode>>(
                    found.Index, DistanceSort.Apply(kept, a.Request.Source, a.Datacenter, state, static row => row.Node.Name));
            });
    }

    private static QueryResult<IReadOnlyList<CheckServiceNode>> Find(ClusterState state, ServiceSpecificRequest request, WatchSet? watches)
    {
        // Tags do not count over the mesh.
        if (request.Connect) return state.CheckConnectServiceNodes(request.ServiceName, watches);
        // Nothing is reachable through a gateway as long as none can be configured. Tags count before gateways.
        if (request.Ingress && !request.TagFilter) return new(state.CheckServiceNodes(request.ServiceName, null, watches).Index, []);
        return state.CheckServiceNodes(request.ServiceName, request.RequiredTags, watches);
    }

    /// <param name="find">The lookup; it gets the asked node metadata, or null.</param>
    /// <param name="byNodeMeta">Node metadata is matched here, because the lookup does not.</param>
    private ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> Checks(QueryRequest request, string name, CheckLookup find, bool byNodeMeta)
    {
        if (!ListFilter<HealthCheck>.TryCreate(request, FilterSelectors.HealthCheck, out ListFilter<HealthCheck> filter, out string error))
            return Failed<IReadOnlyList<HealthCheck>>(error);
        return queries.RunAsync(
            request,
            (Name: name, Find: find, Filter: filter, ByNodeMeta: byNodeMeta, request.Source, server.Datacenter),
            static (state, a, watches) =>
            {
                QueryResult<IReadOnlyList<HealthCheck>> found = a.Find(state, a.Name, a.Filter.NodeMeta, watches);
                IReadOnlyList<HealthCheck> kept = a.ByNodeMeta
                    ? a.Filter.Keep(found.Value, state, static (s, check) => s.FindNode(check.Node)) : a.Filter.Keep(found.Value);
                return new QueryOutcome<IReadOnlyList<HealthCheck>>(
                    found.Index, DistanceSort.Apply(kept, a.Source, a.Datacenter, state, static check => check.Node));
            });
    }

    private static ValueTask<RpcResult<T>> Failed<T>(string error) => new(RpcResult<T>.Fail(error));

    private delegate QueryResult<IReadOnlyList<HealthCheck>> CheckLookup(
        ClusterState state, string name, IReadOnlyList<KeyValuePair<string, string>>? nodeMeta, WatchSet? watches);
}
