using System.Text;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Reads of health checks.</summary>
public sealed partial class ClusterState
{
    /// <summary>
    /// Instances with their checks, ordered by node, then service id; of the checks those of the node come first, each
    /// group ordered by id. Tags as in <see cref="ServiceNodes"/>. Without tags the list stays the same object until the
    /// service, one of its nodes or one of the checks changes.
    /// </summary>
    public QueryResult<IReadOnlyList<CheckServiceNode>> CheckServiceNodes(string service, IReadOnlyList<string>? tags, WatchSet? watches)
    {
        IndexRow? row = Row(IndexNames.ServicePrefix, service);
        IReadOnlyList<CheckServiceNode> instances = row?.Health ?? BuildHealth(service, row);
        ulong index = ServiceIndex(service, instances.Count > 0, withChecks: true, watches);
        if (tags is { Count: > 0 }) instances = [.. instances.Where(i => HasTags(i.Service, tags))];
        return new QueryResult<IReadOnlyList<CheckServiceNode>>(index, instances);
    }

    public HealthCheck? NodeCheck(string node, string checkId)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddScope(node);
        key.AddLower(checkId);
        return Tables.Checks.Get(key.Span);
    }

    /// <summary>All checks on a node, ordered by id.</summary>
    public QueryResult<IReadOnlyList<HealthCheck>> NodeChecks(string node, WatchSet? watches)
    {
        WatchScope(watches, WatchTable.Checks, node);
        return new QueryResult<IReadOnlyList<HealthCheck>>(IndexOf(IndexNames.Checks), ChecksOn(node));
    }

    /// <summary>Checks of a service's instances, ordered by node, then id.</summary>
    public QueryResult<IReadOnlyList<HealthCheck>> ServiceChecks(string service, WatchSet? watches)
    {
        WatchRow(watches, WatchTable.ServiceChecks, IndexNames.ServicePrefix, service);
        return new QueryResult<IReadOnlyList<HealthCheck>>(IndexOf(IndexNames.Checks), ChecksOf(service));
    }

    /// <summary>Checks of a service on nodes with all these metadata pairs; its index rule differs from the plain form.</summary>
    public QueryResult<IReadOnlyList<HealthCheck>> ServiceChecks(
        string service, IReadOnlyList<KeyValuePair<string, string>> nodeMeta, WatchSet? watches)
    {
        ulong index = ServiceIndex(service, exists: true, withChecks: true, watches);
        return new QueryResult<IReadOnlyList<HealthCheck>>(
            index, [.. ChecksOf(service).Where(check => FindNodeByName(check.Node) is { } node && HasMeta(node, nodeMeta))]);
    }

    /// <summary>Ordered by node, then id.</summary>
    /// <param name="state">A <see cref="CheckStatus"/>, compared without case, or <c>any</c> in just this spelling.</param>
    public QueryResult<IReadOnlyList<HealthCheck>> ChecksInState(string state, WatchSet? watches)
    {
        bool any = state == CheckStatus.Any;
        if (any) WatchRow(watches, "", IndexNames.Checks);
        else watches?.AddKey(WatchTable.CheckStates, Encoding.UTF8.GetBytes(state.ToLowerInvariant()));
        var checks = new List<HealthCheck>();
        foreach (ByteMapEntry<HealthCheck> entry in Tables.Checks.All())
        {
            if (any || entry.Value.Status.Equals(state, StringComparison.OrdinalIgnoreCase)) checks.Add(entry.Value);
        }

        return new QueryResult<IReadOnlyList<HealthCheck>>(IndexOf(IndexNames.Checks), checks);
    }

    private List<CheckServiceNode> BuildHealth(string service, IndexRow? row)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(service);
        var instances = new List<CheckServiceNode>();
        var checkScope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        foreach (ByteMapEntry<NodeService> entry in Tables.ServicesByName.WithPrefix(scope.Span))
            instances.Add(HealthOf(NodeOf(entry.Key, scope.Span.Length), entry.Value, ref checkScope));
        if (row is not null) row.Health = instances;
        return instances;
    }

    /// <param name="scope">Only its memory is used.</param>
    private CheckServiceNode HealthOf(Node node, NodeService service, ref KeyBuilder scope)
    {
        var checks = new List<HealthCheck>();
        scope.Clear();
        scope.AddScope(node.Name);
        scope.AddSeparator();
        foreach (ByteMapEntry<HealthCheck> check in Tables.ChecksByInstance.WithPrefix(scope.Span)) checks.Add(check.Value);
        if (service.Id.Length > 0) AddInstanceChecks(ref scope, node, service, checks);
        return new CheckServiceNode(node, service, checks);
    }

    private void AddInstanceChecks(ref KeyBuilder scope, Node node, NodeService service, List<HealthCheck> checks)
    {
        scope.Clear();
        scope.AddScope(node.Name);
        scope.AddScope(service.Id);
        foreach (ByteMapEntry<HealthCheck> check in Tables.ChecksByInstance.WithPrefix(scope.Span)) checks.Add(check.Value);
    }

    private List<HealthCheck> ChecksOn(string node)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node);
        return ToList(Tables.Checks.WithPrefix(scope.Span));
    }

    private List<HealthCheck> ChecksOf(string service)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(service);
        return ToList(Tables.ChecksByService.WithPrefix(scope.Span));
    }

    private Node? FindNodeByName(string name)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(name);
        return Tables.Nodes.Get(key.Span);
    }
}
