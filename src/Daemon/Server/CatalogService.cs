using System.Diagnostics;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Filter;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Daemon.Server;

/// <summary>The catalog: registrations, and lists of nodes and services. Thread safe.</summary>
internal sealed class CatalogService(IServerContext server, BlockingQuery queries, CommandProposer commands) : ICatalog
{
    private const string NodeMissing = "Must provide node";

    private readonly IMetricSeries _registered = server.Metrics.Series(MetricKind.Sample, "catalog.register");
    private readonly IMetricSeries _deregistered = server.Metrics.Series(MetricKind.Sample, "catalog.deregister");

    public async ValueTask<RpcResult<bool>> RegisterAsync(RegisterRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        if (Prepare(ref request) is { } fault) return RpcResult<bool>.Fail(fault);
        ProposalResult result = await commands.ProposeAsync(request);
        _registered.RecordSince(start);
        return Outcome(result);
    }

    public async ValueTask<RpcResult<bool>> DeregisterAsync(DeregisterRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        if (request.Node.Length == 0) return RpcResult<bool>.Fail(NodeMissing);
        ProposalResult result = await commands.ProposeAsync(request);
        _deregistered.RecordSince(start);
        return Outcome(result);
    }

    public async ValueTask<RpcResult<IReadOnlyList<string>>> ListDatacentersAsync(DatacentersRequest request) =>
        RpcResult<IReadOnlyList<string>>.Ok(await server.DatacentersByDistanceAsync());

    public ValueTask<RpcResult<IReadOnlyList<Node>>> ListNodesAsync(DcSpecificRequest request)
    {
        if (!ListFilter<Node>.TryCreate(request, FilterSelectors.Node, out ListFilter<Node> filter, out string error))
            return Failed<IReadOnlyList<Node>>(error);
        return queries.RunAsync(request, (Request: request, Filter: filter, server.Datacenter), static (state, a, watches) =>
        {
            QueryResult<IReadOnlyList<Node>> found = state.Nodes(watches);
            if (a.Request.IsUnmodified(found.Index)) return Unmodified<Node>(found.Index);
            IReadOnlyList<Node> kept = a.Filter.Keep(found.Value, state, static (_, node) => node);
            return new QueryOutcome<IReadOnlyList<Node>>(
                found.Index, DistanceSort.Apply(kept, a.Request.Source, a.Datacenter, state, static node => node.Name));
        });
    }

    public ValueTask<RpcResult<IReadOnlyList<ServiceTags>>> ListServicesAsync(DcSpecificRequest request) => queries.RunAsync(
        request,
        request,
        static (ClusterState state, DcSpecificRequest r, WatchSet? watches) =>
        {
            QueryResult<IReadOnlyList<ServiceTags>> found = state.Services(r.NodeMetaFilters, watches);
            return r.IsUnmodified(found.Index) ? Unmodified<ServiceTags>(found.Index) : found;
        });

    public ValueTask<RpcResult<IReadOnlyList<string>>> ServiceListAsync(DcSpecificRequest request) => queries.RunAsync(
        request,
        0,
        static (ClusterState state, int _, WatchSet? watches) =>
        {
            QueryResult<IReadOnlyList<ServiceTags>> found = state.Services(null, watches);
            return new QueryOutcome<IReadOnlyList<string>>(found.Index, [.. found.Value.Select(static service => service.Service)]);
        });

    public ValueTask<RpcResult<IReadOnlyList<ServiceInstance>>> ServiceNodesAsync(ServiceSpecificRequest request)
    {
        if (request.ServiceName.Length == 0 && request.ServiceAddress.Length == 0)
            return Failed<IReadOnlyList<ServiceInstance>>("Must provide service name");
        if (!ListFilter<ServiceInstance>.TryCreate(request, FilterSelectors.ServiceInstance, out var filter, out string error))
            return Failed<IReadOnlyList<ServiceInstance>>(error);
        return queries.RunAsync(
            request,
            (Request: request, Filter: filter, server.Datacenter),
            static (state, a, watches) =>
            {
                QueryResult<IReadOnlyList<ServiceInstance>> found = Find(state, a.Request, watches);
                IReadOnlyList<ServiceInstance> kept = a.Filter.Keep(found.Value, state, static (_, instance) => instance.Node);
                return new QueryOutcome<IReadOnlyList<ServiceInstance>>(
                    found.Index, DistanceSort.Apply(kept, a.Request.Source, a.Datacenter, state, static row => row.Node.Name));
            });
    }

    public ValueTask<RpcResult<NodeServices?>> NodeServicesAsync(NodeSpecificRequest request)
    {
        if (request.Node.Length == 0) return Failed<NodeServices?>(NodeMissing);
        if (!ListFilter<NodeService>.TryCreate(request, FilterSelectors.NodeService, out var filter, out string error))
            return Failed<NodeServices?>(error);
        return queries.RunAsync(
            request,
            (request.Node, Filter: filter),
            static (state, a, watches) =>
            {
                QueryResult<(Node Node, IReadOnlyList<NodeService> Services)?> found = state.NodeServices(a.Node, watches);
                NodeServices? services = found.Value is { } value ? new NodeServices(value.Node, a.Filter.Keep(value.Services)) : null;
                return new QueryOutcome<NodeServices?>(found.Index, services);
            });
    }

    private static QueryResult<IReadOnlyList<ServiceInstance>> Find(ClusterState state, ServiceSpecificRequest request, WatchSet? watches)
    {
        // Tags and an address do not count over the mesh.
        if (request.Connect) return state.ConnectServiceNodes(request.ServiceName, watches);
        return request.ServiceAddress.Length > 0
            ? state.ServiceNodesByAddress(request.ServiceAddress, watches)
            : state.ServiceNodes(request.ServiceName, request.RequiredTags, watches);
    }

    private static QueryOutcome<IReadOnlyList<T>> Unmodified<T>(ulong index) => new(index, Unset.List<T>(), NotModified: true);

    /// <summary>Checks a registration and brings it into the form that goes into the log.</summary>
    /// <returns>What is wrong, or null.</returns>
    private static string? Prepare(ref RegisterRequest request)
    {
        if (RegistrationRules.CheckNode(request.Node, request.Id) is { } nodeFault) return nodeFault;
        if (request.Address.Length == 0 && !request.SkipNodeUpdate) return "Must provide address if SkipNodeUpdate is not set";
        if (request.Service is { } service)
        {
            if (RegistrationRules.Prepare(ref service) is { } serviceFault) return serviceFault;
            request = request with { Service = service };
        }

        string node = request.Node;
        IEnumerable<HealthCheck> checks = request.Checks ?? [];
        if (request.Check is not null) checks = checks.Append(request.Check);
        List<HealthCheck> completed = [.. checks.Select(check => RegistrationRules.Complete(check, node))];
        request = request with { Check = null, Checks = completed.Count == 0 ? request.Checks : completed };
        return null;
    }

    private static RpcResult<bool> Outcome(in ProposalResult result) =>
        ProposalError.Of(result) is { } error ? RpcResult<bool>.Fail(error) : RpcResult<bool>.Ok(true);

    private static ValueTask<RpcResult<T>> Failed<T>(string error) => new(RpcResult<T>.Fail(error));
}
