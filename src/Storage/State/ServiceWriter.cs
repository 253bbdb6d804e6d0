using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Writes and deletes service instances.</summary>
internal static class ServiceWriter
{
    private const int MaxWeight = 65535;

    public static NodeService? Find(StateEdit edit, string node, string serviceId)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        AddKey(ref key, node, serviceId);
        return edit.Services.Get(key.Span);
    }

    public static List<NodeService> OnNode(StateEdit edit, string node)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node);
        var services = new List<NodeService>();
        foreach (ByteMapEntry<NodeService> entry in edit.Services.WithPrefix(scope.Span)) services.Add(entry.Value);
        return services;
    }

    /// <returns>Null, or why nothing was written.</returns>
    public static string? Ensure(StateEdit edit, ulong index, string node, NodeService service, bool keepIndexes)
    {
        if (ServiceMeta.Check(service.Kind, service.Meta) is { } fault)
            return $"Invalid Service Meta for node {node} and serviceID {service.Id}: {fault}";
        if (!NodeWriter.Exists(edit, node)) return CatalogErrors.MissingNode;
        if (!IsValid(service.Weights)) service = service with { Weights = ServiceWeights.Default };
        // Only the agent that registered it cares; the catalog does not keep it.
        if (service.LocallyRegisteredAsSidecar) service = service with { LocallyRegisteredAsSidecar = false };
        NodeService? existing = Find(edit, node, service.Id);
        if (existing is not null && RecordEquality.SameStored(existing, service)) return null;
        if (!keepIndexes) service = service with { CreateIndex = existing?.CreateIndex ?? index, ModifyIndex = index };
        if (existing is not null)
        {
            RemoveByName(edit, node, existing);
            RemoveByConnect(edit, node, existing);
        }

        Insert(edit, node, service);
        edit.RaiseIndex(IndexNames.Services, service.ModifyIndex);
        edit.RaiseService(service.Service, service.Kind, service.ModifyIndex);
        edit.ReportService(WatchTable.Instances, service.Service);
        return null;
    }

    /// <summary>Removes an instance with its checks. A missing one is no error.</summary>
    public static void Delete(StateEdit edit, ulong index, string node, string serviceId)
    {
        if (Find(edit, node, serviceId) is not { } service) return;
        foreach (HealthCheck check in CheckWriter.OfInstance(edit, node, serviceId)) CheckWriter.Delete(edit, index, node, check.CheckId);
        edit.SetIndex(IndexNames.Checks, index);
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        AddKey(ref key, node, serviceId);
        edit.Services.Remove(key.Span);
        edit.Changes.Add(WatchTable.Services, key.ToArray());
        edit.ServicesByName.Remove(NameKey(node, service));
        RemoveByConnect(edit, node, service);
        edit.ReportService(WatchTable.Instances, service.Service);
        edit.RaiseIndex(IndexNames.Services, index);
        edit.RaiseKind(service.Kind, index);
        if (HasInstances(edit, service.Service))
        {
            edit.RaiseServiceName(service.Service, index);
            return;
        }

        edit.RemoveServiceRow(service.Service);
        edit.SetIndex(IndexNames.LastExtinction, index);
    }

    private static bool HasInstances(StateEdit edit, string service)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(service);
        return edit.ServicesByName.WithPrefix(scope.Span).MoveNext();
    }

    private static void Insert(StateEdit edit, string node, NodeService service)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        AddKey(ref key, node, service.Id);
        byte[] row = key.ToArray();
        edit.Services.Set(row, service);
        edit.Changes.Add(WatchTable.Services, row);
        edit.ServicesByName.Set(NameKey(node, service), service);
        if (ConnectName(service) is not { } connect) return;
        byte[] connectRow = NameKey(node, connect, service.Id);
        edit.ServicesByConnect.Set(connectRow, service);
        edit.Changes.Add(WatchTable.ConnectServices, connectRow);
    }

    private static void RemoveByConnect(StateEdit edit, string node, NodeService service)
    {
        if (ConnectName(service) is not { } connect) return;
        byte[] row = NameKey(node, connect, service.Id);
        edit.ServicesByConnect.Remove(row);
        edit.Changes.Add(WatchTable.ConnectServices, row);
    }

    /// <summary>
    /// The service that an instance speaks for over the mesh: a proxy for its destination, one that knows the protocol for
    /// itself, any other for none.
    /// </summary>
    private static string? ConnectName(NodeService service)
    {
        if (service.Kind == ServiceKinds.ConnectProxy) return service.Proxy.DestinationServiceName;
        return service.Connect.Native ? service.Service : null;
    }

    /// <summary>An instance that is registered again may have another service name; answers for the old one change then.</summary>
    private static void RemoveByName(StateEdit edit, string node, NodeService existing)
    {
        edit.ServicesByName.Remove(NameKey(node, existing));
        edit.RefreshService(existing.Service);
        edit.ReportService(WatchTable.Instances, existing.Service);
    }

    private static bool IsValid(ServiceWeights? weights) =>
        weights is { Passing: >= 1 and <= MaxWeight, Warning: >= 0 and <= MaxWeight };

    private static void AddKey(ref KeyBuilder key, string node, string serviceId)
    {
        key.AddScope(node);
        key.AddLower(serviceId);
    }

    private static byte[] NameKey(string node, NodeService service) => NameKey(node, service.Service, service.Id);

    private static byte[] NameKey(string node, string name, string serviceId)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddScope(name);
        AddKey(ref key, node, serviceId);
        return key.ToArray();
    }
}
