using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Client;

/// <summary>The services of a client agent that knows no server: every call fails as it does there.</summary>
internal sealed class DisconnectedServices : ICatalog, IHealth, IKvs, ISessions, ITxn, IStatus, IOperator, IInternal, ISnapshots
{
    public static RpcServices Create()
    {
        var services = new DisconnectedServices();
        return new RpcServices(services, services, services, services, services, services, services, services, services);
    }

    public static StatGroup Stats(AgentConfig config) => new("consul",
    [
        new("acl", config.Acl.Enabled ? "enabled" : "disabled"),
        new("known_servers", "0"),
        new("server", "false"),
    ]);

    public ValueTask<RpcResult<bool>> RegisterAsync(RegisterRequest request) => Refuse<bool>();

    public ValueTask<RpcResult<bool>> DeregisterAsync(DeregisterRequest request) => Refuse<bool>();

    public ValueTask<RpcResult<IReadOnlyList<string>>> ListDatacentersAsync(DatacentersRequest request) => Refuse<IReadOnlyList<string>>();

    public ValueTask<RpcResult<IReadOnlyList<Node>>> ListNodesAsync(DcSpecificRequest request) => Refuse<IReadOnlyList<Node>>();

    public ValueTask<RpcResult<IReadOnlyList<ServiceTags>>> ListServicesAsync(DcSpecificRequest request) =>
        Refuse<IReadOnlyList<ServiceTags>>();

    public ValueTask<RpcResult<IReadOnlyList<string>>> ServiceListAsync(DcSpecificRequest request) => Refuse<IReadOnlyList<string>>();

    ValueTask<RpcResult<IReadOnlyList<ServiceInstance>>> ICatalog.ServiceNodesAsync(ServiceSpecificRequest request) =>
        Refuse<IReadOnlyList<ServiceInstance>>();

    public ValueTask<RpcResult<NodeServices?>> NodeServicesAsync(NodeSpecificRequest request) => Refuse<NodeServices?>();

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ChecksInStateAsync(ChecksInStateRequest request) =>
        Refuse<IReadOnlyList<HealthCheck>>();

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> NodeChecksAsync(NodeSpecificRequest request) =>
        Refuse<IReadOnlyList<HealthCheck>>();

    public ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ServiceChecksAsync(ServiceSpecificRequest request) =>
        Refuse<IReadOnlyList<HealthCheck>>();

    ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> IHealth.ServiceNodesAsync(ServiceSpecificRequest request) =>
        Refuse<IReadOnlyList<CheckServiceNode>>();

    public ValueTask<RpcResult<bool>> ApplyAsync(KvsRequest request) => Refuse<bool>();

    public ValueTask<RpcResult<DirEntry?>> GetAsync(KeyRequest request) => Refuse<DirEntry?>();

    public ValueTask<RpcResult<IReadOnlyList<DirEntry>>> ListAsync(KeyRequest request) => Refuse<IReadOnlyList<DirEntry>>();

    public ValueTask<RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>>> ListKeysAsync(KeyListRequest request) =>
        Refuse<IReadOnlyList<ReadOnlyMemory<byte>>>();

    public ValueTask<RpcResult<string>> ApplyAsync(SessionRequest request) => Refuse<string>();

    public ValueTask<RpcResult<Session?>> GetAsync(SessionSpecificRequest request) => Refuse<Session?>();

    public ValueTask<RpcResult<IReadOnlyList<Session>>> ListAsync(SessionSpecificRequest request) => Refuse<IReadOnlyList<Session>>();

    public ValueTask<RpcResult<IReadOnlyList<Session>>> NodeSessionsAsync(NodeSpecificRequest request) => Refuse<IReadOnlyList<Session>>();

    public ValueTask<RpcResult<Session?>> RenewAsync(SessionSpecificRequest request) => Refuse<Session?>();

    public ValueTask<RpcResult<TxnResponse>> ApplyAsync(TxnRequest request) => Refuse<TxnResponse>();

    public ValueTask<RpcResult<TxnResponse>> ReadAsync(TxnReadRequest request) => Refuse<TxnResponse>();

    public ValueTask<RpcResult<bool>> PingAsync() => Refuse<bool>();

    public ValueTask<RpcResult<string>> LeaderAsync(DcSpecificRequest request) => Refuse<string>();

    public ValueTask<RpcResult<IReadOnlyList<string>>> PeersAsync(DcSpecificRequest request) => Refuse<IReadOnlyList<string>>();

    public ValueTask<RpcResult<RaftStats>> RaftStatsAsync() => Refuse<RaftStats>();

    public ValueTask<RpcResult<RaftConfiguration>> RaftGetConfigurationAsync(DcSpecificRequest request) => Refuse<RaftConfiguration>();

    public ValueTask<RpcResult<NodeInfo?>> NodeInfoAsync(NodeSpecificRequest request) => Refuse<NodeInfo?>();

    public ValueTask<RpcResult<IReadOnlyList<NodeInfo>>> NodeDumpAsync(DcSpecificRequest request) => Refuse<IReadOnlyList<NodeInfo>>();

    public ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> ServiceDumpAsync(ServiceDumpRequest request) =>
        Refuse<IReadOnlyList<CheckServiceNode>>();

    public ValueTask<RpcResult<Stream>> SaveAsync(DcSpecificRequest request) => Refuse<Stream>();

    public ValueTask<RpcResult<bool>> RestoreAsync(DcSpecificRequest request, Stream archive) => Refuse<bool>();

    private static ValueTask<RpcResult<T>> Refuse<T>() => new(RpcResult<T>.Fail(RpcErrors.NoServers));
}
