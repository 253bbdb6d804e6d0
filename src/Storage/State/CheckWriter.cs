using System.Text;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Writes and deletes health checks.</summary>
internal static class CheckWriter
{
    /// <summary>Whether a check names what it is stored under; nothing can be looked up or written without.</summary>
    public static bool HasKey(HealthCheck check) => check.Node.Length > 0 && check.CheckId.Length > 0;

    public static HealthCheck? Find(StateEdit edit, string node, string checkId)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        AddKey(ref key, node, checkId);
        return edit.Checks.Get(key.Span);
    }

    public static List<HealthCheck> OnNode(StateEdit edit, string node)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node);
        return ToList(edit.Checks.WithPrefix(scope.Span));
    }

    public static List<HealthCheck> OfInstance(StateEdit edit, string node, string serviceId)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node);
        scope.AddScope(serviceId);
        return ToList(edit.ChecksByInstance.WithPrefix(scope.Span));
    }

    /// <summary>Adds or changes a check. A critical one ends the sessions that depend on it, even when nothing changed.</summary>
    /// <returns>Null, or why nothing was written.</returns>
    public static string? Ensure(StateEdit edit, ulong index, HealthCheck check, bool keepIndexes)
    {
        if (!HasKey(check)) return $"failed health check lookup: {CatalogErrors.MissingKey}";
        if (check.Status.Length == 0) check = check with { Status = CheckStatus.Critical };
        if (!NodeWriter.Exists(edit, check.Node)) return CatalogErrors.MissingNode;
        HealthCheck? existing = Find(edit, check.Node, check.CheckId);
        bool changed;
        if (check.ServiceId.Length > 0)
        {
            if (ServiceWriter.Find(edit, check.Node, check.ServiceId) is not { } service) return CatalogErrors.MissingService;
            check = check with { ServiceName = service.Service, ServiceTags = service.Tags };
            changed = existing is null || !RecordEquality.Same(existing, check);
            if (changed) edit.RaiseService(service.Service, service.Kind, index);
        }
        else
        {
            changed = existing is null || !RecordEquality.Same(existing, check);
            if (changed) NodeWriter.RaiseServices(edit, index, check.Node);
        }

        if (check.Status == CheckStatus.Critical) SessionWriter.InvalidateByCheck(edit, index, check.Node, check.CheckId);
        if (!changed) return null;
        if (!keepIndexes) check = check with { CreateIndex = existing?.CreateIndex ?? index, ModifyIndex = index };
        if (existing is not null) Detach(edit, existing, check);
        if (existing?.Status != check.Status) ReportState(edit, existing);
        ReportState(edit, check);
        Insert(edit, check);
        edit.SetIndex(IndexNames.Checks, index);
        return null;
    }

    /// <summary>Removes a check and ends the sessions that depend on it. A missing one is no error.</summary>
    public static void Delete(StateEdit edit, ulong index, string node, string checkId)
    {
        if (Find(edit, node, checkId) is not { } check) return;
        if (check.ServiceId.Length > 0)
        {
            edit.RaiseServiceName(check.ServiceName, index);
            if (ServiceWriter.Find(edit, check.Node, check.ServiceId) is { } service) edit.RaiseKind(service.Kind, index);
        }
        else
        {
            NodeWriter.RaiseServices(edit, index, check.Node);
            edit.RaiseIndex(IndexNames.Services, index);
        }

        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        AddKey(ref key, node, checkId);
        edit.Checks.Remove(key.Span);
        edit.Changes.Add(WatchTable.Checks, key.ToArray());
        ReportState(edit, check);
        RemoveSecondary(edit, check);
        edit.SetIndex(IndexNames.Checks, index);
        SessionWriter.InvalidateByCheck(edit, index, node, checkId);
    }

    private static void ReportState(StateEdit edit, HealthCheck? check)
    {
        if (check is not null) edit.Changes.Add(WatchTable.CheckStates, Encoding.UTF8.GetBytes(check.Status.ToLowerInvariant()));
    }

    private static void Insert(StateEdit edit, HealthCheck check)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        AddKey(ref key, check.Node, check.CheckId);
        byte[] row = key.ToArray();
        edit.Checks.Set(row, check);
        edit.Changes.Add(WatchTable.Checks, row);
        key.Clear();
        AddInstanceKey(ref key, check);
        edit.ChecksByInstance.Set(key.ToArray(), check);
        if (check.ServiceName.Length == 0) return;
        key.Clear();
        AddServiceKey(ref key, check);
        edit.ChecksByService.Set(key.ToArray(), check);
        edit.ReportService(WatchTable.ServiceChecks, check.ServiceName);
    }

    /// <summary>Takes a check from where it was; services that lose it to another place answer differently without a new index.</summary>
    private static void Detach(StateEdit edit, HealthCheck existing, HealthCheck replacement)
    {
        RemoveSecondary(edit, existing);
        if (existing.ServiceId.Equals(replacement.ServiceId, StringComparison.OrdinalIgnoreCase)) return;
        if (existing.ServiceId.Length == 0) NodeWriter.RaiseServices(edit, 0, existing.Node);
        else if (ServiceWriter.Find(edit, existing.Node, existing.ServiceId) is { } service) edit.RefreshService(service.Service);
    }

    private static void RemoveSecondary(StateEdit edit, HealthCheck check)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        AddInstanceKey(ref key, check);
        edit.ChecksByInstance.Remove(key.Span);
        if (check.ServiceName.Length == 0) return;
        key.Clear();
        AddServiceKey(ref key, check);
        edit.ChecksByService.Remove(key.Span);
        edit.ReportService(WatchTable.ServiceChecks, check.ServiceName);
    }

    private static List<HealthCheck> ToList(ByteMapRange<HealthCheck> range)
    {
        var checks = new List<HealthCheck>();
        foreach (ByteMapEntry<HealthCheck> entry in range) checks.Add(entry.Value);
        return checks;
    }

    private static void AddKey(ref KeyBuilder key, string node, string checkId)
    {
        key.AddScope(node);
        key.AddLower(checkId);
    }

    private static void AddInstanceKey(ref KeyBuilder key, HealthCheck check)
    {
        key.AddScope(check.Node);
        key.AddScope(check.ServiceId);
        key.AddLower(check.CheckId);
    }

    private static void AddServiceKey(ref KeyBuilder key, HealthCheck check)
    {
        key.AddScope(check.ServiceName);
        AddKey(ref key, check.Node, check.CheckId);
    }
}
