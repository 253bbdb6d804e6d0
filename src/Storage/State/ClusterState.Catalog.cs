using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Reads of nodes and services.</summary>
public sealed partial class ClusterState
{
    /// <summary>Shorter beginnings of a node id are not looked up.</summary>
    private const int MinIdPrefix = 2;

    /// <summary>Ordered by lower-cased name.</summary>
    public QueryResult<IReadOnlyList<Node>> Nodes(WatchSet? watches)
    {
        WatchRow(watches, "", IndexNames.Nodes);
        return new QueryResult<IReadOnlyList<Node>>(IndexOf(IndexNames.Nodes), ToList(Tables.Nodes.All()));
    }

    /// <summary>By name, else by a prefix of the id (at least two hex digits, unambiguous).</summary>
    public Node? FindNode(string nameOrIdPrefix)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(nameOrIdPrefix);
        return Tables.Nodes.Get(key.Span) ?? FindNodeById(nameOrIdPrefix);
    }

    /// <summary>
    /// Every service with the distinct tags of its instances, ordered by name; with <paramref name="nodeMeta"/> only
    /// instances on nodes that have all the pairs. Without it the list is shared between states with the same instances.
    /// </summary>
    public QueryResult<IReadOnlyList<ServiceTags>> Services(IReadOnlyList<KeyValuePair<string, string>>? nodeMeta, WatchSet? watches)
    {
        WatchRow(watches, "", IndexNames.Services);
        if (nodeMeta is null || nodeMeta.Count == 0)
            return new QueryResult<IReadOnlyList<ServiceTags>>(IndexOf(IndexNames.Services), _lists.Services);
        WatchRow(watches, "", IndexNames.Nodes);
        var instances = new List<NodeService>();
        foreach (Node node in ToList(Tables.Nodes.All()))
        {
            if (HasMeta(node, nodeMeta)) instances.AddRange(ServicesOn(node.Name));
        }

        return new QueryResult<IReadOnlyList<ServiceTags>>(
            MaxIndex(IndexNames.Services, IndexNames.Nodes), CatalogLists.Group(instances));
    }

    /// <summary>
    /// Instances ordered by node, then service id. Tags must all be present, compared without case. Without tags the list
    /// stays the same object until the service changes.
    /// </summary>
    public QueryResult<IReadOnlyList<ServiceInstance>> ServiceNodes(string service, IReadOnlyList<string>? tags, WatchSet? watches)
    {
        IndexRow? row = Row(IndexNames.ServicePrefix, service);
        IReadOnlyList<ServiceInstance> instances = row?.Instances ?? BuildInstances(service, row);
        // The row of a service moves with its checks as well, which are none of this query's business.
        WatchRow(watches, WatchTable.Instances, IndexNames.ServicePrefix, service);
        bool exists = instances.Count > 0;
        ulong index = ServiceIndex(service, exists, withChecks: false, exists ? null : watches);
        if (tags is { Count: > 0 }) instances = [.. instances.Where(i => HasTags(i.Service, tags))];
        return new QueryResult<IReadOnlyList<ServiceInstance>>(index, instances);
    }

    /// <summary>A node and its services ordered by id, or null, without an index, for an unknown node.</summary>
    public QueryResult<(Node Node, IReadOnlyList<NodeService> Services)?> NodeServices(string nameOrIdPrefix, WatchSet? watches)
    {
        Node? node = FindNode(nameOrIdPrefix);
        WatchNode(watches, node?.Name ?? nameOrIdPrefix);
        if (node is null) return new QueryResult<(Node Node, IReadOnlyList<NodeService> Services)?>(0, null);
        WatchScope(watches, WatchTable.Services, node.Name);
        ulong index = MaxIndex(IndexNames.Nodes, IndexNames.Services);
        return new QueryResult<(Node Node, IReadOnlyList<NodeService> Services)?>(index, (node, ServicesOn(node.Name)));
    }

    public NodeService? NodeService(string node, string serviceId)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddScope(node);
        key.AddLower(serviceId);
        return Tables.Services.Get(key.Span);
    }

    private Node? FindNodeById(string prefix)
    {
        if (prefix.Length < MinIdPrefix) return null;
        // Ids are looked up by whole bytes: an odd last digit does not count.
        if (prefix.Length % 2 != 0) prefix = prefix[..^1];
        Span<byte> digits = stackalloc byte[UuidText.MaxDigits];
        int count = UuidText.Normalize(prefix, digits);
        if (count < MinIdPrefix || count % 2 != 0) return null;
        ByteMapRange<byte[]> matches = Tables.NodesById.WithPrefix(digits[..count]);
        if (!matches.MoveNext()) return null;
        byte[] row = matches.Current.Value;
        return matches.MoveNext() ? null : Tables.Nodes.Get(row);
    }

    private List<NodeService> ServicesOn(string node)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node);
        return ToList(Tables.Services.WithPrefix(scope.Span));
    }

    private List<ServiceInstance> BuildInstances(string service, IndexRow? row)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(service);
        var instances = new List<ServiceInstance>();
        foreach (ByteMapEntry<NodeService> entry in Tables.ServicesByName.WithPrefix(scope.Span))
            instances.Add(new ServiceInstance(NodeOf(entry.Key, scope.Span.Length), entry.Value));
        if (row is not null) row.Instances = instances;
        return instances;
    }

    /// <summary>The node named in the key of a row of a table of services.</summary>
    /// <param name="scopeLength">Bytes of the key before the name.</param>
    private Node NodeOf(byte[] key, int scopeLength)
    {
        ReadOnlySpan<byte> rest = key.AsSpan(scopeLength);
        return Tables.Nodes.Get(rest[..rest.IndexOf((byte)0)])
            ?? throw new InvalidOperationException("a service is registered on a node that does not exist");
    }

    /// <summary>
    /// The index of everything asked by service name. A service without instances shares the row of the last extinction, so
    /// that its index does not fall back when the last instance vanishes.
    /// </summary>
    private ulong ServiceIndex(string service, bool exists, bool withChecks, WatchSet? watches)
    {
        WatchRow(watches, IndexNames.ServicePrefix, service);
        if (!exists)
        {
            WatchRow(watches, "", IndexNames.LastExtinction);
            if (Row("", IndexNames.LastExtinction) is { } extinction) return extinction.Value;
        }

        if (Row(IndexNames.ServicePrefix, service) is { } row) return row.Value;
        return withChecks ? DumpIndex : MaxIndex(IndexNames.Nodes, IndexNames.Services);
    }

    private static bool HasTags(NodeService service, IReadOnlyList<string> tags) =>
        tags.All(tag => service.Tags?.Contains(tag, StringComparer.OrdinalIgnoreCase) == true);

    private static bool HasMeta(Node node, IReadOnlyList<KeyValuePair<string, string>> pairs) =>
        pairs.All(pair => node.Meta is not null && node.Meta.TryGetValue(pair.Key, out string value) && value == pair.Value);

    private static void WatchNode(WatchSet? watches, string name)
    {
        if (watches is null) return;
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(name);
        watches.AddKey(WatchTable.Nodes, key.Span);
    }

    private static void WatchScope(WatchSet? watches, WatchTable table, string scope)
    {
        if (watches is null) return;
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddScope(scope);
        watches.AddPrefix(table, key.Span);
    }
}
