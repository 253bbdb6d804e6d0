using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Writes and deletes nodes.</summary>
internal static class NodeWriter
{
    private const string SerfCheckId = "serfHealth";

    public static Node? Find(StateEdit edit, string name)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(name);
        return edit.Nodes.Get(key.Span);
    }

    public static bool Exists(StateEdit edit, string name) => Find(edit, name) is not null;

    /// <summary>The node with an id, or an error for a text that is none.</summary>
    public static (Node? Node, string? Error) FindById(StateEdit edit, string id)
    {
        if (UuidText.CheckStrict(id) is { } malformed) return (null, $"node lookup by ID failed, wrong UUID: {malformed} for '{id}'");
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddUuid(id);
        return (edit.NodesById.TryGet(key.Span, out byte[]? row) ? edit.Nodes.Get(row) : null, null);
    }

    /// <summary>Adds or changes a node; one that is known under another name by its id is renamed.</summary>
    /// <param name="keepIndexes">For snapshots: the record's own indexes stay.</param>
    /// <returns>Null, or why nothing was written.</returns>
    public static string? Ensure(StateEdit edit, ulong index, Node node, bool keepIndexes)
    {
        Node? existing = null;
        if (node.Id.Length > 0)
        {
            (existing, string? fault) = FindById(edit, node.Id);
            if (fault is not null) return $"node lookup failed: {fault}";
            if (existing is null)
            {
                if (NameConflict(edit, node, ignoreNodesWithoutId: true) is { } conflict)
                    return $"Error while renaming Node ID: {GoText.Quote(node.Id)}: {conflict}";
            }
            else if (existing.Name != node.Name)
            {
                if (NameConflict(edit, node, ignoreNodesWithoutId: false) is { } conflict)
                    return $"Error while renaming Node ID: {GoText.Quote(node.Id)} ({node.Address}): {conflict}";
                Delete(edit, index, existing.Name);
            }
        }

        existing ??= Find(edit, node.Name);
        if (existing is not null && RecordEquality.Same(existing, node)) return null;
        if (!keepIndexes) node = node with { CreateIndex = existing?.CreateIndex ?? index, ModifyIndex = index };
        else if (node.CreateIndex == 0) node = node with { CreateIndex = index, ModifyIndex = index };
        Insert(edit, node);
        edit.SetIndex(IndexNames.Nodes, node.ModifyIndex);
        RaiseServices(edit, index, node.Name);
        foreach (NodeService service in ServiceWriter.OnNode(edit, node.Name)) edit.ReportService(WatchTable.Instances, service.Service);
        return null;
    }

    /// <summary>Removes a node with its services, checks, coordinates and sessions. A missing one is no error.</summary>
    public static void Delete(StateEdit edit, ulong index, string name)
    {
        if (Find(edit, name) is not { } node) return;
        RaiseServices(edit, index, node.Name);
        foreach (NodeService service in ServiceWriter.OnNode(edit, node.Name)) ServiceWriter.Delete(edit, index, node.Name, service.Id);
        foreach (HealthCheck check in CheckWriter.OnNode(edit, node.Name)) CheckWriter.Delete(edit, index, node.Name, check.CheckId);
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddScope(node.Name);
        if (edit.Coordinates.RemovePrefix(key.Span) > 0)
        {
            edit.SetIndex(IndexNames.Coordinates, index);
            edit.Changes.AddRange(WatchTable.Coordinates, key.ToArray());
        }

        key.Clear();
        key.AddLower(node.Name);
        edit.Nodes.Remove(key.Span);
        edit.Changes.Add(WatchTable.Nodes, key.ToArray());
        RemoveId(edit, node);
        edit.SetIndex(IndexNames.Nodes, index);
        SessionWriter.InvalidateByNode(edit, index, node.Name);
    }

    /// <summary>What changes a node changes the answer for each service on it.</summary>
    public static void RaiseServices(StateEdit edit, ulong index, string node)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node);
        foreach (ByteMapEntry<NodeService> entry in edit.Services.WithPrefix(scope.Span))
            edit.RaiseService(entry.Value.Service, entry.Value.Kind, index);
    }

    /// <summary>
    /// A living node keeps its name: its serf check exists and is not critical. Anything else under the name is taken over.
    /// </summary>
    private static string? NameConflict(StateEdit edit, Node node, bool ignoreNodesWithoutId)
    {
        if (Find(edit, node.Name) is not { } holder || holder.Id == node.Id) return null;
        if (holder.Id.Length == 0 && ignoreNodesWithoutId) return null;
        if (CheckWriter.Find(edit, holder.Name, SerfCheckId) is not { } serf || serf.Status == CheckStatus.Critical) return null;
        return $"Node name {node.Name} is reserved by node {holder.Id} with name {holder.Name} ({holder.Address})";
    }

    private static void Insert(StateEdit edit, Node node)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(node.Name);
        byte[] row = key.ToArray();
        if (edit.Nodes.TryGet(row, out Node? replaced)) RemoveId(edit, replaced);
        edit.Nodes.Set(row, node);
        edit.Changes.Add(WatchTable.Nodes, row);
        if (node.Id.Length == 0) return;
        key.Clear();
        key.AddUuid(node.Id);
        edit.NodesById.Set(key.ToArray(), row);
    }

    private static void RemoveId(StateEdit edit, Node node)
    {
        if (node.Id.Length == 0) return;
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddUuid(node.Id);
        edit.NodesById.Remove(key.Span);
    }
}
