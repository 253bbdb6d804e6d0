using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>
/// The replicated state as of one point: immutable, shared by all readers without locks. Every query takes the
/// <see cref="WatchSet"/> to fill for a blocking call, or null.
/// </summary>
public sealed class ClusterState
{
    /// <summary>Grows with each published state; not a Raft index.</summary>
    public ulong Version => throw new NotImplementedException();

    /// <summary>A row of the index table, 0 when missing.</summary>
    public ulong IndexOf(string row) => throw new NotImplementedException();

    /// <summary>max(kvs, tombstones): what a missing key reports.</summary>
    public ulong KvTableIndex => throw new NotImplementedException();

    public string KvTableIndexText => throw new NotImplementedException();

    public DirEntry? KvGet(ReadOnlySpan<byte> key, WatchSet? watches) => throw new NotImplementedException();

    public QueryResult<IReadOnlyList<DirEntry>> KvList(ReadOnlySpan<byte> prefix, WatchSet? watches) => throw new NotImplementedException();

    /// <summary>Ordered by lower-cased name.</summary>
    public QueryResult<IReadOnlyList<Node>> Nodes(WatchSet? watches) => throw new NotImplementedException();

    /// <summary>By name, else by a prefix of the id (at least two hex digits, unambiguous).</summary>
    public Node? FindNode(string nameOrIdPrefix) => throw new NotImplementedException();

    public QueryResult<IReadOnlyList<ServiceTags>> Services(IReadOnlyList<KeyValuePair<string, string>>? nodeMeta, WatchSet? watches) =>
        throw new NotImplementedException();

    public QueryResult<IReadOnlyList<ServiceInstance>> ServiceNodes(string service, IReadOnlyList<string>? tags, WatchSet? watches) =>
        throw new NotImplementedException();

    public QueryResult<(Node Node, IReadOnlyList<NodeService> Services)?> NodeServices(string nameOrIdPrefix, WatchSet? watches) =>
        throw new NotImplementedException();

    public NodeService? NodeService(string node, string serviceId) => throw new NotImplementedException();

    public QueryResult<IReadOnlyList<CheckServiceNode>> CheckServiceNodes(string service, IReadOnlyList<string>? tags, WatchSet? watches) =>
        throw new NotImplementedException();

    public HealthCheck? NodeCheck(string node, string checkId) => throw new NotImplementedException();

    public QueryResult<IReadOnlyList<HealthCheck>> NodeChecks(string node, WatchSet? watches) => throw new NotImplementedException();

    public QueryResult<IReadOnlyList<HealthCheck>> ServiceChecks(string service, WatchSet? watches) => throw new NotImplementedException();

    /// <summary>Checks of a service on nodes with all these metadata pairs; its index rule differs from the plain form.</summary>
    public QueryResult<IReadOnlyList<HealthCheck>> ServiceChecks(string service, IReadOnlyList<KeyValuePair<string, string>> nodeMeta, WatchSet? watches) =>
        throw new NotImplementedException();

    /// <param name="state">A <see cref="CheckStatus"/> or <c>any</c>.</param>
    public QueryResult<IReadOnlyList<HealthCheck>> ChecksInState(string state, WatchSet? watches) => throw new NotImplementedException();

    public QueryResult<Session?> Session(string id, WatchSet? watches) => throw new NotImplementedException();

    public QueryResult<IReadOnlyList<Session>> Sessions(WatchSet? watches) => throw new NotImplementedException();

    public QueryResult<IReadOnlyList<Session>> NodeSessions(string node, WatchSet? watches) => throw new NotImplementedException();

    public QueryResult<NodeInfo?> NodeInfo(string node, WatchSet? watches) => throw new NotImplementedException();

    public QueryResult<IReadOnlyList<NodeInfo>> NodeDump(WatchSet? watches) => throw new NotImplementedException();
}
