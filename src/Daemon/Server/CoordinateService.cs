using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Daemon.Server;

/// <summary>Network coordinates: reports of agents, and where everybody is. Thread safe.</summary>
internal sealed class CoordinateService(BlockingQuery queries, CoordinateBatcher updates, WanMap wan) : ICoordinates
{
    /// <summary>What all nodes agree on; places with other numbers of dimensions do not compare.</summary>
    private const int Dimensions = 8;

    public ValueTask<RpcResult<bool>> UpdateAsync(CoordinateUpdateRequest request) => new(Update(request));

    public async ValueTask<RpcResult<IReadOnlyList<DatacenterMap>>> ListDatacentersAsync() =>
        RpcResult<IReadOnlyList<DatacenterMap>>.Ok(await wan.MapsAsync());

    public ValueTask<RpcResult<IReadOnlyList<Coordinate>>> ListNodesAsync(DcSpecificRequest request) => queries.RunAsync(
        request,
        0,
        static (ClusterState state, int _, WatchSet? watches) =>
        {
            QueryResult<IReadOnlyList<Coordinate>> found = state.Coordinates(watches);
            return new QueryOutcome<IReadOnlyList<Coordinate>>(found.Index, Unset.IfEmpty(found.Value));
        });

    public ValueTask<RpcResult<IReadOnlyList<Coordinate>>> NodeAsync(NodeSpecificRequest request) => queries.RunAsync(
        request,
        request.Node,
        static (ClusterState state, string node, WatchSet? watches) =>
        {
            QueryResult<IReadOnlyList<Coordinate>> found = state.NodeCoordinates(node, watches);
            IReadOnlyList<Coordinate> named = [.. found.Value.Select(each => each with { Node = node })];
            return new QueryOutcome<IReadOnlyList<Coordinate>>(found.Index, Unset.IfEmpty(named));
        });

    private RpcResult<bool> Update(CoordinateUpdateRequest request)
    {
        if (request.Point is not { IsValid: true } point) return RpcResult<bool>.Fail("invalid coordinate");
        if (point.Vec?.Count != Dimensions) return RpcResult<bool>.Fail("incompatible coordinate");
        updates.Add(new Coordinate(request.Node, request.Segment, point));
        return RpcResult<bool>.Ok(true);
    }
}
