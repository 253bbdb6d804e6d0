using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Where reads of health run. Thread safe.</summary>
internal sealed class RoutedHealth(CallRoutes routes, IHealth local) : IHealth
{
    private readonly RoutedRead<ChecksInStateRequest, IReadOnlyList<HealthCheck>> _inState =
        routes.Read(HealthMethods.ChecksInState, local.ChecksInStateAsync);

    private readonly RoutedRead<NodeSpecificRequest, IReadOnlyList<HealthCheck>> _ofNode =
        routes.Read(HealthMethods.NodeChecks, local.NodeChecksAsync);

    private readonly RoutedRead<ServiceSpecificRequest, IReadOnlyList<HealthCheck>> _ofService =
        routes.Read(HealthMethods.ServiceChecks, local.ServiceChecksAsync);

    private readonly RoutedRead<ServiceSpecificRequest, IReadOnlyList<CheckServiceNode>> _instances =
        routes.Read(HealthMethods.ServiceNodes, local.ServiceNodesAsync);

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ChecksInStateAsync(ChecksInStateRequest request) =>
        _inState.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> NodeChecksAsync(NodeSpecificRequest request) => _ofNode.CallAsync(request);

    /// <summary>With tags it is refused by whichever server it comes to.</summary>
    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ServiceChecksAsync(ServiceSpecificRequest request) =>
        request.TagFilter ? local.ServiceChecksAsync(request) : _ofService.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> ServiceNodesAsync(ServiceSpecificRequest request) =>
        _instances.CallAsync(request);
}
