using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>The service <c>Catalog</c> on the wire.</summary>
internal static class CatalogMethods
{
    public static readonly ServiceMethod<RegisterRequest, bool> Register = new(
        "Catalog.Register", RpcScheduling.Inline, RegisterCodec.Write, RegisterCodec.Read, EmptyCodec.Write, EmptyCodec.Read);

    public static readonly ServiceMethod<DeregisterRequest, bool> Deregister = new(
        "Catalog.Deregister", RpcScheduling.Inline, DeregisterCodec.Write, DeregisterCodec.Read, EmptyCodec.Write, EmptyCodec.Read);

    public static readonly ServiceMethod<DatacentersRequest, IReadOnlyList<string>> ListDatacenters = new(
        "Catalog.ListDatacenters", RpcScheduling.Inline,
        DatacentersRequestCodec.Write, DatacentersRequestCodec.Read, TextListCodec.Write, TextListCodec.Read);

    public static readonly ServiceMethod<DcSpecificRequest, IReadOnlyList<Node>> ListNodes = new(
        "Catalog.ListNodes", RpcScheduling.ThreadPool,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, IndexedNodesCodec.Write, IndexedNodesCodec.Read);

    public static readonly ServiceMethod<DcSpecificRequest, IReadOnlyList<ServiceTags>> ListServices = new(
        "Catalog.ListServices", RpcScheduling.ThreadPool,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, IndexedServicesCodec.Write, IndexedServicesCodec.Read);

    public static readonly ServiceMethod<DcSpecificRequest, IReadOnlyList<string>> ServiceList = new(
        "Catalog.ServiceList", RpcScheduling.ThreadPool,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, IndexedServiceListCodec.Write, IndexedServiceListCodec.Read);

    public static readonly ServiceMethod<ServiceSpecificRequest, IReadOnlyList<ServiceInstance>> ServiceNodes = new(
        "Catalog.ServiceNodes", RpcScheduling.ThreadPool,
        ServiceSpecificRequestCodec.Write, ServiceSpecificRequestCodec.Read, IndexedServiceNodesCodec.Write, IndexedServiceNodesCodec.Read);

    public static readonly ServiceMethod<NodeSpecificRequest, NodeServices?> NodeServices = new(
        "Catalog.NodeServices", RpcScheduling.ThreadPool,
        NodeSpecificRequestCodec.Write, NodeSpecificRequestCodec.Read, IndexedNodeServicesCodec.Write, IndexedNodeServicesCodec.Read);

    public static readonly ServiceMethod<NodeSpecificRequest, NodeServices?> NodeServiceList = new(
        "Catalog.NodeServiceList", RpcScheduling.ThreadPool,
        NodeSpecificRequestCodec.Write, NodeSpecificRequestCodec.Read, IndexedNodeServiceListCodec.Write, IndexedNodeServiceListCodec.Read);

    public static void AddTo(RpcRegistry registry, ICatalog catalog) => registry
        .Add(Register.Serve(catalog.RegisterAsync))
        .Add(Deregister.Serve(catalog.DeregisterAsync))
        .Add(ListDatacenters.Serve(catalog.ListDatacentersAsync))
        .Add(ListNodes.Serve(catalog.ListNodesAsync))
        .Add(ListServices.Serve(catalog.ListServicesAsync))
        .Add(ServiceList.Serve(catalog.ServiceListAsync))
        .Add(ServiceNodes.Serve(catalog.ServiceNodesAsync))
        .Add(NodeServices.Serve(catalog.NodeServicesAsync))
        .Add(NodeServiceList.Serve(catalog.NodeServicesAsync));
}
