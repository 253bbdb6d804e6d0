using Consul.Fast.Daemon.Rpc.Wire;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc.Methods;

/// <summary>The service <c>Internal</c> on the wire, as far as its parts exist.</summary>
internal static class InternalMethods
{
    public static readonly ServiceMethod<NodeSpecificRequest, NodeInfo?> NodeInfo = new(
        "Internal.NodeInfo", RpcScheduling.ThreadPool,
        NodeSpecificRequestCodec.Write, NodeSpecificRequestCodec.Read, IndexedNodeDumpCodec.WriteOne, IndexedNodeDumpCodec.ReadOne);

    public static readonly ServiceMethod<DcSpecificRequest, IReadOnlyList<NodeInfo>> NodeDump = new(
        "Internal.NodeDump", RpcScheduling.ThreadPool,
        DcSpecificRequestCodec.Write, DcSpecificRequestCodec.Read, IndexedNodeDumpCodec.Write, IndexedNodeDumpCodec.Read);

    public static readonly ServiceMethod<ServiceDumpRequest, IReadOnlyList<CheckServiceNode>> ServiceDump = new(
        "Internal.ServiceDump", RpcScheduling.ThreadPool,
        ServiceDumpRequestCodec.Write, ServiceDumpRequestCodec.Read,
        IndexedNodesWithGatewaysCodec.Write, IndexedNodesWithGatewaysCodec.Read);

    public static readonly ServiceMethod<EventFireRequest, bool> EventFire = new(
        "Internal.EventFire", RpcScheduling.ThreadPool,
        EventFireRequestCodec.Write, EventFireRequestCodec.Read, QueryMetaCodec.Write, QueryMetaCodec.Read);

    public static readonly ServiceMethod<KeyringRequest, IReadOnlyList<KeyringResponse>> KeyringOperation = new(
        "Internal.KeyringOperation", RpcScheduling.ThreadPool,
        KeyringRequestCodec.Write, KeyringRequestCodec.Read, KeyringResponsesCodec.Write, KeyringResponsesCodec.Read);

    public static void AddTo(RpcRegistry registry, IInternal internals) => registry
        .Add(NodeInfo.Serve(internals.NodeInfoAsync))
        .Add(NodeDump.Serve(internals.NodeDumpAsync))
        .Add(ServiceDump.Serve(internals.ServiceDumpAsync))
        .Add(EventFire.Serve(internals.EventFireAsync))
        .Add(KeyringOperation.Serve(internals.KeyringOperationAsync));
}
