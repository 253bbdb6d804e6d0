using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Where calls about network coordinates run. Thread safe.</summary>
internal sealed class RoutedCoordinates(CallRoutes routes, ICoordinates local) : ICoordinates
{
    private readonly RoutedWrite<CoordinateUpdateRequest, bool> _update =
        routes.Write(CoordinateMethods.Update, static request => request.Datacenter, local.UpdateAsync);

    private readonly RoutedHere<RpcNothing, IReadOnlyList<DatacenterMap>> _datacenters =
        routes.Here<RpcNothing, IReadOnlyList<DatacenterMap>>(_ => local.ListDatacentersAsync());

    private readonly RoutedRead<DcSpecificRequest, IReadOnlyList<Coordinate>> _nodes =
        routes.Read(CoordinateMethods.ListNodes, local.ListNodesAsync);

    private readonly RoutedRead<NodeSpecificRequest, IReadOnlyList<Coordinate>> _node =
        routes.Read(CoordinateMethods.Node, local.NodeAsync);

    public ValueTask<RpcResult<bool>> UpdateAsync(CoordinateUpdateRequest request) => _update.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<DatacenterMap>>> ListDatacentersAsync() => _datacenters.CallAsync(default);

    public ValueTask<RpcResult<IReadOnlyList<Coordinate>>> ListNodesAsync(DcSpecificRequest request) => _nodes.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<Coordinate>>> NodeAsync(NodeSpecificRequest request) => _node.CallAsync(request);
}
