using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Where calls of the catalog run. Thread safe.</summary>
internal sealed class RoutedCatalog(CallRoutes routes, ICatalog local) : ICatalog
{
    private readonly RoutedWrite<RegisterRequest, bool> _register =
        routes.Write(CatalogMethods.Register, static request => request.Datacenter, local.RegisterAsync);

    private readonly RoutedWrite<DeregisterRequest, bool> _deregister =
        routes.Write(CatalogMethods.Deregister, static request => request.Datacenter, local.DeregisterAsync);

    private readonly RoutedHere<DatacentersRequest, IReadOnlyList<string>> _datacenters =
        routes.Here<DatacentersRequest, IReadOnlyList<string>>(local.ListDatacentersAsync);

    private readonly RoutedRead<DcSpecificRequest, IReadOnlyList<Node>> _nodes =
        routes.Read(CatalogMethods.ListNodes, local.ListNodesAsync);

    private readonly RoutedRead<DcSpecificRequest, IReadOnlyList<ServiceTags>> _services =
        routes.Read(CatalogMethods.ListServices, local.ListServicesAsync);

    private readonly RoutedRead<DcSpecificRequest, IReadOnlyList<string>> _names =
        routes.Read(CatalogMethods.ServiceList, local.ServiceListAsync);

    private readonly RoutedRead<ServiceSpecificRequest, IReadOnlyList<ServiceInstance>> _instances =
        routes.Read(CatalogMethods.ServiceNodes, local.ServiceNodesAsync);

    private readonly RoutedRead<NodeSpecificRequest, NodeServices?> _nodeServices =
        routes.Read(CatalogMethods.NodeServiceList, local.NodeServicesAsync);

    public ValueTask<RpcResult<bool>> RegisterAsync(RegisterRequest request) => _register.CallAsync(request);

    public ValueTask<RpcResult<bool>> DeregisterAsync(DeregisterRequest request) => _deregister.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<string>>> ListDatacentersAsync(DatacentersRequest request) => _datacenters.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<Node>>> ListNodesAsync(DcSpecificRequest request) => _nodes.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<ServiceTags>>> ListServicesAsync(DcSpecificRequest request) => _services.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<string>>> ServiceListAsync(DcSpecificRequest request) => _names.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<ServiceInstance>>> ServiceNodesAsync(ServiceSpecificRequest request) =>
        _instances.CallAsync(request);

    public ValueTask<RpcResult<NodeServices?>> NodeServicesAsync(NodeSpecificRequest request) => _nodeServices.CallAsync(request);
}
