using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Rpc.Methods;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Client;

/// <summary>The services of an agent that is no server: every call goes to one. Thread safe.</summary>
internal sealed class RemoteServices(IServerCaller caller)
    : ICatalog, IHealth, IKvs, ISessions, ITxn, IStatus, IOperator, IInternal, ICoordinates
{
    /// <param name="snapshots">Archives do not travel as calls.</param>
    public static RpcServices Create(IServerCaller caller, ISnapshots snapshots)
    {
        var services = new RemoteServices(caller);
        return new RpcServices(services, services, services, services, services, services, services, services, snapshots, services);
    }

    public ValueTask<RpcResult<bool>> RegisterAsync(RegisterRequest request) => caller.WriteAsync(CatalogMethods.Register, request);

    public ValueTask<RpcResult<bool>> DeregisterAsync(DeregisterRequest request) => caller.WriteAsync(CatalogMethods.Deregister, request);

    public ValueTask<RpcResult<IReadOnlyList<string>>> ListDatacentersAsync(DatacentersRequest request) =>
        caller.ReadAsync(CatalogMethods.ListDatacenters, request);

    public ValueTask<RpcResult<IReadOnlyList<Node>>> ListNodesAsync(DcSpecificRequest request) =>
        caller.ReadAsync(CatalogMethods.ListNodes, request);

    public ValueTask<RpcResult<IReadOnlyList<ServiceTags>>> ListServicesAsync(DcSpecificRequest request) =>
        caller.ReadAsync(CatalogMethods.ListServices, request);

    public ValueTask<RpcResult<IReadOnlyList<string>>> ServiceListAsync(DcSpecificRequest request) =>
        caller.ReadAsync(CatalogMethods.ServiceList, request);

    ValueTask<RpcResult<IReadOnlyList<ServiceInstance>>> ICatalog.ServiceNodesAsync(ServiceSpecificRequest request) =>
        caller.ReadAsync(CatalogMethods.ServiceNodes, request);

    public ValueTask<RpcResult<NodeServices?>> NodeServicesAsync(NodeSpecificRequest request) =>
        caller.ReadAsync(CatalogMethods.NodeServiceList, request);

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ChecksInStateAsync(ChecksInStateRequest request) =>
        caller.ReadAsync(HealthMethods.ChecksInState, request);

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> NodeChecksAsync(NodeSpecificRequest request) =>
        caller.ReadAsync(HealthMethods.NodeChecks, request);

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ServiceChecksAsync(ServiceSpecificRequest request) =>
        caller.ReadAsync(HealthMethods.ServiceChecks, request);

    ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> IHealth.ServiceNodesAsync(ServiceSpecificRequest request) =>
        caller.ReadAsync(HealthMethods.ServiceNodes, request);

    public ValueTask<RpcResult<bool>> ApplyAsync(KvsRequest request) => caller.WriteAsync(KvsMethods.Apply, request);

    public ValueTask<RpcResult<DirEntry?>> GetAsync(KeyRequest request) => caller.ReadAsync(KvsMethods.Get, request);

    public ValueTask<RpcResult<IReadOnlyList<DirEntry>>> ListAsync(KeyRequest request) => caller.ReadAsync(KvsMethods.List, request);

    public ValueTask<RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>>> ListKeysAsync(KeyListRequest request) =>
        caller.ReadAsync(KvsMethods.ListKeys, request);

    public ValueTask<RpcResult<string>> ApplyAsync(SessionRequest request) => caller.WriteAsync(SessionMethods.Apply, request);

    public ValueTask<RpcResult<Session?>> GetAsync(SessionSpecificRequest request) => caller.ReadAsync(SessionMethods.Get, request);

    public ValueTask<RpcResult<IReadOnlyList<Session>>> ListAsync(SessionSpecificRequest request) =>
        caller.ReadAsync(SessionMethods.List, request);

    public ValueTask<RpcResult<IReadOnlyList<Session>>> NodeSessionsAsync(NodeSpecificRequest request) =>
        caller.ReadAsync(SessionMethods.NodeSessions, request);

    public ValueTask<RpcResult<Session?>> RenewAsync(SessionSpecificRequest request) => caller.ReadAsync(SessionMethods.Renew, request);

    public ValueTask<RpcResult<TxnResponse>> ApplyAsync(TxnRequest request) => caller.WriteAsync(TxnMethods.Apply, request);

    public ValueTask<RpcResult<TxnResponse>> ReadAsync(TxnReadRequest request) => caller.ReadAsync(TxnMethods.Read, request);

    public ValueTask<RpcResult<bool>> PingAsync() => caller.WriteAsync(StatusMethods.Ping, default);

    public ValueTask<RpcResult<string>> LeaderAsync(DcSpecificRequest request) => caller.ReadAsync(StatusMethods.Leader, request);

    public ValueTask<RpcResult<IReadOnlyList<string>>> PeersAsync(DcSpecificRequest request) =>
        caller.ReadAsync(StatusMethods.Peers, request);

    public ValueTask<RpcResult<RaftStats>> RaftStatsAsync() => caller.WriteAsync(StatusMethods.RaftStats, default);

    public ValueTask<RpcResult<RaftConfiguration>> RaftGetConfigurationAsync(DcSpecificRequest request) =>
        caller.ReadAsync(OperatorMethods.RaftGetConfiguration, request);

    public ValueTask<RpcResult<bool>> RaftRemovePeerByAddressAsync(RaftRemovePeerRequest request) =>
        caller.WriteAsync(OperatorMethods.RaftRemovePeerByAddress, request);

    public ValueTask<RpcResult<bool>> RaftRemovePeerByIdAsync(RaftRemovePeerRequest request) =>
        caller.WriteAsync(OperatorMethods.RaftRemovePeerById, request);

    public ValueTask<RpcResult<AutopilotConfiguration>> AutopilotGetConfigurationAsync(DcSpecificRequest request) =>
        caller.ReadAsync(OperatorMethods.AutopilotGetConfiguration, request);

    public ValueTask<RpcResult<bool>> AutopilotSetConfigurationAsync(AutopilotRequest request) =>
        caller.WriteAsync(OperatorMethods.AutopilotSetConfiguration, request);

    public ValueTask<RpcResult<AutopilotHealth>> ServerHealthAsync(DcSpecificRequest request) =>
        caller.ReadAsync(OperatorMethods.ServerHealth, request);

    public ValueTask<RpcResult<AutopilotState>> AutopilotStateAsync(DcSpecificRequest request) =>
        caller.ReadAsync(OperatorMethods.AutopilotState, request);

    public ValueTask<RpcResult<NodeInfo?>> NodeInfoAsync(NodeSpecificRequest request) =>
        caller.ReadAsync(InternalMethods.NodeInfo, request);

    public ValueTask<RpcResult<IReadOnlyList<NodeInfo>>> NodeDumpAsync(DcSpecificRequest request) =>
        caller.ReadAsync(InternalMethods.NodeDump, request);

    public ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> ServiceDumpAsync(ServiceDumpRequest request) =>
        caller.ReadAsync(InternalMethods.ServiceDump, request);

    public ValueTask<RpcResult<bool>> EventFireAsync(EventFireRequest request) => caller.ReadAsync(InternalMethods.EventFire, request);

    /// <summary>Refused, as keys are a matter of servers: only they are in all pools.</summary>
    public ValueTask<RpcResult<IReadOnlyList<KeyringResponse>>> KeyringOperationAsync(KeyringRequest request) =>
        new(RpcResult<IReadOnlyList<KeyringResponse>>.Fail("keyring operations must run against a server node"));

    public ValueTask<RpcResult<bool>> UpdateAsync(CoordinateUpdateRequest request) => caller.WriteAsync(CoordinateMethods.Update, request);

    public ValueTask<RpcResult<IReadOnlyList<DatacenterMap>>> ListDatacentersAsync() =>
        caller.WriteAsync(CoordinateMethods.ListDatacenters, default);

    ValueTask<RpcResult<IReadOnlyList<Coordinate>>> ICoordinates.ListNodesAsync(DcSpecificRequest request) =>
        caller.ReadAsync(CoordinateMethods.ListNodes, request);

    public ValueTask<RpcResult<IReadOnlyList<Coordinate>>> NodeAsync(NodeSpecificRequest request) =>
        caller.ReadAsync(CoordinateMethods.Node, request);
}
