using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>The service <c>Health</c> on the wire.</summary>
internal static class HealthMethods
{
    public static readonly ServiceMethod<ChecksInStateRequest, IReadOnlyList<HealthCheck>> ChecksInState = new(
        "Health.ChecksInState", RpcScheduling.ThreadPool,
        ChecksInStateRequestCodec.Write, ChecksInStateRequestCodec.Read, IndexedHealthChecksCodec.Write, IndexedHealthChecksCodec.Read);

    public static readonly ServiceMethod<NodeSpecificRequest, IReadOnlyList<HealthCheck>> NodeChecks = new(
        "Health.NodeChecks", RpcScheduling.ThreadPool,
        NodeSpecificRequestCodec.Write, NodeSpecificRequestCodec.Read, IndexedHealthChecksCodec.Write, IndexedHealthChecksCodec.Read);

    public static readonly ServiceMethod<ServiceSpecificRequest, IReadOnlyList<HealthCheck>> ServiceChecks = new(
        "Health.ServiceChecks", RpcScheduling.ThreadPool,
        ServiceSpecificRequestCodec.Write, ServiceSpecificRequestCodec.Read, IndexedHealthChecksCodec.Write, IndexedHealthChecksCodec.Read);

    public static readonly ServiceMethod<ServiceSpecificRequest, IReadOnlyList<CheckServiceNode>> ServiceNodes = new(
        "Health.ServiceNodes", RpcScheduling.ThreadPool,
        ServiceSpecificRequestCodec.Write, ServiceSpecificRequestCodec.Read,
        IndexedCheckServiceNodesCodec.Write, IndexedCheckServiceNodesCodec.Read);

    public static void AddTo(RpcRegistry registry, IHealth health) => registry
        .Add(ChecksInState.Serve(health.ChecksInStateAsync))
        .Add(NodeChecks.Serve(health.NodeChecksAsync))
        .Add(ServiceChecks.Serve(health.ServiceChecksAsync))
        .Add(ServiceNodes.Serve(health.ServiceNodesAsync));
}
