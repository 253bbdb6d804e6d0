using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc;

/// <summary>The service <c>Coordinate</c>. Thread safe.</summary>
public interface ICoordinates
{
    /// <summary>Notes where a node is; the state follows some seconds later, together with other nodes.</summary>
    ValueTask<RpcResult<bool>> UpdateAsync(CoordinateUpdateRequest request);

    /// <summary>The servers of all datacenters as the answering server's WAN pool knows them.</summary>
    ValueTask<RpcResult<IReadOnlyList<DatacenterMap>>> ListDatacentersAsync();

    /// <summary>Ordered by node, then segment.</summary>
    ValueTask<RpcResult<IReadOnlyList<Coordinate>>> ListNodesAsync(DcSpecificRequest request);

    /// <summary>Those of one node, under the name that was asked for.</summary>
    ValueTask<RpcResult<IReadOnlyList<Coordinate>>> NodeAsync(NodeSpecificRequest request);
}

/// <summary>Where a node of a datacenter is.</summary>
/// <param name="Segment">Its network segment, empty for the default one.</param>
/// <param name="Point">Null when the caller gave none.</param>
public sealed record CoordinateUpdateRequest(string Datacenter, string Node, string Segment, CoordinatePoint? Point, string Token);

/// <summary>The servers of one datacenter in one pool.</summary>
/// <param name="AreaId"><see cref="WanArea"/>.</param>
public sealed record DatacenterMap(string Datacenter, string AreaId, IReadOnlyList<Coordinate> Coordinates)
{
    /// <summary>The pool of the servers of all datacenters.</summary>
    public const string WanArea = "wan";
}
