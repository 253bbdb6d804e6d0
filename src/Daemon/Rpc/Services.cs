using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Rpc;

/// <summary>
/// The server's RPC services as the rest of the agent sees them. On a server they are called in place, without encoding;
/// on a client agent they are forwarded. All members are thread safe.
/// </summary>
public sealed record RpcServices(
    ICatalog Catalog,
    IHealth Health,
    IKvs Kvs,
    ISessions Session,
    ITxn Txn,
    IStatus Status,
    IOperator Operator,
    IInternal Internal,
    ISnapshots Snapshot,
    ICoordinates Coordinate);

public interface ICatalog
{
    ValueTask<RpcResult<bool>> RegisterAsync(RegisterRequest request);

    ValueTask<RpcResult<bool>> DeregisterAsync(DeregisterRequest request);

    ValueTask<RpcResult<IReadOnlyList<string>>> ListDatacentersAsync(DatacentersRequest request);

    ValueTask<RpcResult<IReadOnlyList<Node>>> ListNodesAsync(DcSpecificRequest request);

    ValueTask<RpcResult<IReadOnlyList<ServiceTags>>> ListServicesAsync(DcSpecificRequest request);

    /// <summary>The names of all services, without their tags.</summary>
    ValueTask<RpcResult<IReadOnlyList<string>>> ServiceListAsync(DcSpecificRequest request);

    /// <summary>By name, or by address when there is one. The mesh selector counts first, tags last.</summary>
    ValueTask<RpcResult<IReadOnlyList<ServiceInstance>>> ServiceNodesAsync(ServiceSpecificRequest request);

    /// <summary>
    /// Null for an unknown node. Ordered by service id. A filter applies to the services. Both <c>NodeServices</c> and
    /// <c>NodeServiceList</c>, which differ on the wire only.
    /// </summary>
    ValueTask<RpcResult<NodeServices?>> NodeServicesAsync(NodeSpecificRequest request);
}

public sealed record NodeServices(Node Node, IReadOnlyList<NodeService> Services);

public interface IHealth
{
    ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ChecksInStateAsync(ChecksInStateRequest request);

    ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> NodeChecksAsync(NodeSpecificRequest request);

    ValueTask<RpcResult<IReadOnlyList<HealthCheck>>> ServiceChecksAsync(ServiceSpecificRequest request);

    ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> ServiceNodesAsync(ServiceSpecificRequest request);
}

public interface IKvs
{
    /// <summary>The value is the verdict of a conditional operation, false for all others.</summary>
    ValueTask<RpcResult<bool>> ApplyAsync(KvsRequest request);

    /// <summary>Null for a missing key. Completes in place and allocates nothing when it need not wait.</summary>
    ValueTask<RpcResult<DirEntry?>> GetAsync(KeyRequest request);

    /// <summary>Entries with the prefix, in byte order.</summary>
    ValueTask<RpcResult<IReadOnlyList<DirEntry>>> ListAsync(KeyRequest request);

    /// <summary>Keys in byte order, each cut result once.</summary>
    ValueTask<RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>>> ListKeysAsync(KeyListRequest request);
}

public interface ISessions
{
    /// <summary>Create answers the id; destroy answers an empty text.</summary>
    ValueTask<RpcResult<string>> ApplyAsync(SessionRequest request);

    ValueTask<RpcResult<Session?>> GetAsync(SessionSpecificRequest request);

    ValueTask<RpcResult<IReadOnlyList<Session>>> ListAsync(SessionSpecificRequest request);

    ValueTask<RpcResult<IReadOnlyList<Session>>> NodeSessionsAsync(NodeSpecificRequest request);

    /// <summary>Re-arms the TTL; null when the session does not exist.</summary>
    ValueTask<RpcResult<Session?>> RenewAsync(SessionSpecificRequest request);
}

public interface ITxn
{
    ValueTask<RpcResult<TxnResponse>> ApplyAsync(TxnRequest request);

    /// <summary>A transaction of reads only; never waits.</summary>
    ValueTask<RpcResult<TxnResponse>> ReadAsync(TxnReadRequest request);
}

public interface IStatus
{
    /// <summary>Proves that the server answers. The value is true.</summary>
    ValueTask<RpcResult<bool>> PingAsync();

    /// <summary><c>ip:port</c> of the leader, empty for none.</summary>
    ValueTask<RpcResult<string>> LeaderAsync(DcSpecificRequest request);

    ValueTask<RpcResult<IReadOnlyList<string>>> PeersAsync(DcSpecificRequest request);

    /// <summary>How far the answering server itself has come.</summary>
    ValueTask<RpcResult<RaftStats>> RaftStatsAsync();
}

/// <param name="LastContact">Duration text since the leader was heard, <c>never</c>, or <c>0</c> on the leader.</param>
/// <param name="LastIndex">Of the last entry in the log.</param>
/// <param name="LastTerm">Of the same entry.</param>
public sealed record RaftStats(string LastContact, ulong LastIndex, ulong LastTerm);

public interface IOperator
{
    ValueTask<RpcResult<RaftConfiguration>> RaftGetConfigurationAsync(DcSpecificRequest request);

    /// <summary>Takes the server with the request's address out of the Raft configuration. The value is true.</summary>
    ValueTask<RpcResult<bool>> RaftRemovePeerByAddressAsync(RaftRemovePeerRequest request);

    /// <summary>The same by its id.</summary>
    ValueTask<RpcResult<bool>> RaftRemovePeerByIdAsync(RaftRemovePeerRequest request);

    ValueTask<RpcResult<AutopilotConfiguration>> AutopilotGetConfigurationAsync(DcSpecificRequest request);

    /// <summary>The value is the verdict of a conditional change, false for all others.</summary>
    ValueTask<RpcResult<bool>> AutopilotSetConfigurationAsync(AutopilotRequest request);

    /// <summary>Always from the leader; unhealthy and without servers while it has not looked yet.</summary>
    ValueTask<RpcResult<AutopilotHealth>> ServerHealthAsync(DcSpecificRequest request);

    /// <summary>Always from the leader; <see cref="AutopilotState.None"/> while it has not looked yet.</summary>
    ValueTask<RpcResult<AutopilotState>> AutopilotStateAsync(DcSpecificRequest request);
}

public sealed record RaftConfiguration(IReadOnlyList<RaftConfigurationServer> Servers, ulong Index);

public sealed record RaftConfigurationServer(string Id, string Node, string Address, bool Leader, string ProtocolVersion, bool Voter);

public interface IInternal
{
    ValueTask<RpcResult<NodeInfo?>> NodeInfoAsync(NodeSpecificRequest request);

    ValueTask<RpcResult<IReadOnlyList<NodeInfo>>> NodeDumpAsync(DcSpecificRequest request);

    /// <summary>Instances of all services, or of all services of a kind, ordered by node, then service id.</summary>
    ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> ServiceDumpAsync(ServiceDumpRequest request);

    /// <summary>Broadcasts a user event. The value is true.</summary>
    ValueTask<RpcResult<bool>> EventFireAsync(EventFireRequest request);

    /// <summary>How the operation went in each pool: the WAN pool first. A pool's failure is in its part of the answer.</summary>
    ValueTask<RpcResult<IReadOnlyList<KeyringResponse>>> KeyringOperationAsync(KeyringRequest request);
}

/// <param name="Wan">The pool of all servers; else that of the datacenter.</param>
/// <param name="Error">Empty when every member of the pool answered and succeeded.</param>
/// <param name="Messages">What members said, by their names.</param>
/// <param name="Keys">Number of members by key in base64.</param>
/// <param name="PrimaryKeys">Number of members by the key that they encrypt with.</param>
/// <param name="NumNodes">Members that were asked.</param>
public sealed record KeyringResponse(
    bool Wan,
    string Datacenter,
    string Error,
    SortedMap<string> Messages,
    SortedMap<int> Keys,
    SortedMap<int> PrimaryKeys,
    int NumNodes);

public interface ISnapshots
{
    /// <summary>The archive, read to its end or disposed by the caller.</summary>
    ValueTask<RpcResult<Stream>> SaveAsync(DcSpecificRequest request);

    ValueTask<RpcResult<bool>> RestoreAsync(DcSpecificRequest request, Stream archive);
}
