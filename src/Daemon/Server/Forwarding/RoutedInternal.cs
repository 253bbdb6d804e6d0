using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Server.Forwarding;

/// <summary>Where the calls run that agents make of one another. Thread safe.</summary>
internal sealed class RoutedInternal(CallRoutes routes, IInternal local) : IInternal
{
    private readonly RoutedRead<NodeSpecificRequest, NodeInfo?> _nodeInfo = routes.Read(InternalMethods.NodeInfo, local.NodeInfoAsync);

    private readonly RoutedRead<DcSpecificRequest, IReadOnlyList<NodeInfo>> _nodes =
        routes.Read(InternalMethods.NodeDump, local.NodeDumpAsync);

    private readonly RoutedRead<ServiceDumpRequest, IReadOnlyList<CheckServiceNode>> _services =
        routes.Read(InternalMethods.ServiceDump, local.ServiceDumpAsync);

    private readonly RoutedRead<EventFireRequest, bool> _fire = routes.Read(InternalMethods.EventFire, local.EventFireAsync);

    private readonly RoutedHere<KeyringRequest, IReadOnlyList<KeyringResponse>> _keyring =
        routes.Here<KeyringRequest, IReadOnlyList<KeyringResponse>>(local.KeyringOperationAsync);

    public ValueTask<RpcResult<NodeInfo?>> NodeInfoAsync(NodeSpecificRequest request) => _nodeInfo.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<NodeInfo>>> NodeDumpAsync(DcSpecificRequest request) => _nodes.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> ServiceDumpAsync(ServiceDumpRequest request) =>
        _services.CallAsync(request);

    public ValueTask<RpcResult<bool>> EventFireAsync(EventFireRequest request) => _fire.CallAsync(request);

    public ValueTask<RpcResult<IReadOnlyList<KeyringResponse>>> KeyringOperationAsync(KeyringRequest request) =>
        _keyring.CallAsync(request);
}
