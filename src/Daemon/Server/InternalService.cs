using Consul.Fast.Daemon.Filter;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Daemon.Server;

/// <summary>
/// Nodes with everything on them, for the user interface and for the agents themselves; what is asked of the gossip pools. Thread
/// safe.
/// </summary>
internal sealed class InternalService(BlockingQuery queries, EventService events, KeyringService keyrings) : IInternal
{
    public ValueTask<RpcResult<bool>> EventFireAsync(EventFireRequest request) => events.FireAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<KeyringResponse>>> KeyringOperationAsync(KeyringRequest request) =>
        keyrings.OperateAsync(request);

    public ValueTask<RpcResult<NodeInfo?>> NodeInfoAsync(NodeSpecificRequest request) => queries.RunAsync(
        request,
        request.Node,
        static (ClusterState state, string node, WatchSet? watches) => (QueryOutcome<NodeInfo?>)state.NodeInfo(node, watches));

    public ValueTask<RpcResult<IReadOnlyList<NodeInfo>>> NodeDumpAsync(DcSpecificRequest request)
    {
        if (!ListFilter<NodeInfo>.TryCreate(request, FilterSelectors.NodeInfo, out ListFilter<NodeInfo> filter, out string error))
            return new ValueTask<RpcResult<IReadOnlyList<NodeInfo>>>(RpcResult<IReadOnlyList<NodeInfo>>.Fail(error));
        return queries.RunAsync(request, filter, static (state, f, watches) =>
        {
            QueryResult<IReadOnlyList<NodeInfo>> found = state.NodeDump(watches);
            return new QueryOutcome<IReadOnlyList<NodeInfo>>(found.Index, f.Keep(found.Value));
        });
    }

    public ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> ServiceDumpAsync(ServiceDumpRequest request)
    {
        if (!ListFilter<CheckServiceNode>.TryCreate(request, FilterSelectors.CheckServiceNode, out var filter, out string error))
            return new ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>>(RpcResult<IReadOnlyList<CheckServiceNode>>.Fail(error));
        return queries.RunAsync(
            request,
            (Kind: request.UseServiceKind ? request.ServiceKind : null, Filter: filter),
            static (state, a, watches) =>
            {
                QueryResult<IReadOnlyList<CheckServiceNode>> found = state.ServiceDump(a.Kind, watches);
                return new QueryOutcome<IReadOnlyList<CheckServiceNode>>(found.Index, a.Filter.Keep(found.Value));
            });
    }
}
