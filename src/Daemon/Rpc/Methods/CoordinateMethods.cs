using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>The service <c>Coordinate</c> on the wire.</summary>
internal static class CoordinateMethods
{
    public static readonly ServiceMethod<CoordinateUpdateRequest, bool> Update = new(
        "Coordinate.Update", RpcScheduling.Inline,
        CoordinateUpdateRequestCodec.Write, CoordinateUpdateRequestCodec.Read, EmptyCodec.Write, EmptyCodec.Read);

    public static readonly ServiceMethod<RpcNothing, IReadOnlyList<DatacenterMap>> ListDatacenters = new(
        "Coordinate.ListDatacenters", RpcScheduling.ThreadPool,
        RpcCodecs.WriteNothing, RpcCodecs.ReadNothing, DatacenterMapsCodec.Write, DatacenterMapsCodec.Read);

    public static readonly ServiceMethod<DcSpecificRequest, IReadOnlyList<Coordinate>> ListNodes = new(
        "Coordinate.ListNodes", RpcScheduling.ThreadPool,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, IndexedCoordinatesCodec.Write, IndexedCoordinatesCodec.Read);

    public static readonly ServiceMethod<NodeSpecificRequest, IReadOnlyList<Coordinate>> Node = new(
        "Coordinate.Node", RpcScheduling.Inline,
        NodeSpecificRequestCodec.Write, NodeSpecificRequestCodec.Read, IndexedCoordinatesCodec.Write, IndexedCoordinatesCodec.Read);

    public static void AddTo(RpcRegistry registry, ICoordinates coordinates) => registry
        .Add(Update.Serve(coordinates.UpdateAsync))
        .Add(ListDatacenters.Serve(_ => coordinates.ListDatacentersAsync()))
        .Add(ListNodes.Serve(coordinates.ListNodesAsync))
        .Add(Node.Serve(coordinates.NodeAsync));
}
