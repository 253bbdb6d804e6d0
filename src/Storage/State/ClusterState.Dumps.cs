using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Reads across the whole catalog: nodes with everything on them, and instances of all services.</summary>
public sealed partial class ClusterState
{
    private ulong DumpIndex => Math.Max(MaxIndex(IndexNames.Nodes, IndexNames.Services), IndexOf(IndexNames.Checks));

    public QueryResult<NodeInfo?> NodeInfo(string node, WatchSet? watches)
    {
        WatchNode(watches, node);
        WatchScope(watches, WatchTable.Services, node);
        WatchScope(watches, WatchTable.Checks, node);
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(node);
        return new QueryResult<NodeInfo?>(DumpIndex, Tables.Nodes.Get(key.Span) is { } found ? InfoOf(found) : null);
    }

    /// <summary>Ordered by lower-cased name.</summary>
    public QueryResult<IReadOnlyList<NodeInfo>> NodeDump(WatchSet? watches)
    {
        WatchCatalog(watches);
        var infos = new List<NodeInfo>(Tables.Nodes.Count);
        foreach (ByteMapEntry<Node> entry in Tables.Nodes.All()) infos.Add(InfoOf(entry.Value));
        return new QueryResult<IReadOnlyList<NodeInfo>>(DumpIndex, infos);
    }

    /// <summary>Instances with their checks of all services, ordered by node, then service id.</summary>
    /// <param name="kind">Only this kind, empty for services that are part of no mesh; null for all.</param>
    public QueryResult<IReadOnlyList<CheckServiceNode>> ServiceDump(string? kind, WatchSet? watches)
    {
        ulong index = kind is null ? DumpIndex : KindIndex(kind.Length == 0 ? IndexNames.TypicalKind : kind, watches);
        if (kind is null) WatchCatalog(watches);
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        var instances = new List<CheckServiceNode>();
        foreach (ByteMapEntry<NodeService> entry in Tables.Services.All())
        {
            if (kind is null || entry.Value.Kind.Equals(kind, StringComparison.OrdinalIgnoreCase))
                instances.Add(HealthOf(NodeOf(entry.Key, scopeLength: 0), entry.Value, ref scope));
        }

        return new QueryResult<IReadOnlyList<CheckServiceNode>>(index, instances);
    }

    /// <summary>
    /// Instances that listen on an address, their own or a tagged one, ordered by node, then service id. The index is 0, as
    /// in the reference: such a read never waits for a greater one.
    /// </summary>
    public QueryResult<IReadOnlyList<ServiceInstance>> ServiceNodesByAddress(string address, WatchSet? watches)
    {
        watches?.AddTable(WatchTable.Services);
        var instances = new List<ServiceInstance>();
        foreach (ByteMapEntry<NodeService> entry in Tables.Services.All())
        {
            if (ListensOn(entry.Value, address)) instances.Add(new ServiceInstance(NodeOf(entry.Key, scopeLength: 0), entry.Value));
        }

        return new QueryResult<IReadOnlyList<ServiceInstance>>(0, instances);
    }

    private NodeInfo InfoOf(Node node) => new(node, ServicesOn(node.Name), ChecksOn(node.Name));

    private static bool ListensOn(NodeService service, string address) =>
        service.Address == address || service.TaggedAddresses?.Any(tagged => tagged.Value.Address == address) == true;

    /// <summary>Moves with every service of the kind, its node and its checks.</summary>
    private ulong KindIndex(string kind, WatchSet? watches)
    {
        WatchRow(watches, IndexNames.KindPrefix, kind);
        return Row(IndexNames.KindPrefix, kind)?.Value ?? 0;
    }

    private static void WatchCatalog(WatchSet? watches)
    {
        WatchRow(watches, "", IndexNames.Nodes);
        WatchRow(watches, "", IndexNames.Services);
        WatchRow(watches, "", IndexNames.Checks);
    }
}
