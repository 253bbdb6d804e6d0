using Consul.Fast.Consensus;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.State;

/// <summary>Register and Deregister.</summary>
internal static class CatalogCommands
{
    public static bool TryRegister(StateEdit edit, ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        if (!CommandCodec.TryDecode(body, out RegisterRequest? request)) return false;
        StateEdit.Savepoint savepoint = edit.Save();
        if (Register(edit, index, request, keepIndexes: false) is not { } error) return true;
        edit.Rollback(savepoint);
        result = new ApplyError(error);
        return true;
    }

    /// <summary>Node, then service, then checks.</summary>
    /// <returns>Null, or the first fault; what was written before it is for the caller to roll back.</returns>
    public static string? Register(StateEdit edit, ulong index, RegisterRequest request, bool keepIndexes)
    {
        Node? known = NodeWriter.Find(edit, request.Node);
        Node node = NodeOf(request, keepIndexes);
        bool changesNode = known is null || (!request.SkipNodeUpdate && !RecordEquality.Same(known, node));
        if (changesNode && NodeWriter.Ensure(edit, index, node, keepIndexes) is { } nodeFault) return $"failed inserting node: {nodeFault}";
        if (request.Service is { } service)
        {
            NodeService? existing = ServiceWriter.Find(edit, request.Node, service.Id);
            bool same = existing is not null && RecordEquality.Same(existing, service);
            if (!same && ServiceWriter.Ensure(edit, index, request.Node, service, keepIndexes) is { } serviceFault)
                return $"failed inserting service: {serviceFault}";
        }

        if (request.Check is { } single && Register(edit, index, request.Node, single, keepIndexes) is { } singleFault) return singleFault;
        foreach (HealthCheck check in request.Checks ?? [])
        {
            if (Register(edit, index, request.Node, check, keepIndexes) is { } checkFault) return checkFault;
        }

        return null;
    }

    public static bool TryDeregister(StateEdit edit, ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        if (!CommandCodec.TryDecode(body, out DeregisterRequest? request)) return false;
        if (request.ServiceId.Length > 0) ServiceWriter.Delete(edit, index, request.Node, request.ServiceId);
        else if (request.CheckId.Length > 0) CheckWriter.Delete(edit, index, request.Node, request.CheckId);
        else NodeWriter.Delete(edit, index, request.Node);
        return true;
    }

    private static string? Register(StateEdit edit, ulong index, string node, HealthCheck check, bool keepIndexes)
    {
        if (check.Node != node) return $"check node {GoText.Quote(check.Node)} does not match node {GoText.Quote(node)}";
        return CheckWriter.Ensure(edit, index, check, keepIndexes) is { } fault
            ? $"failed inserting check: {fault} on node {GoText.Quote(check.Node)}"
            : null;
    }

    private static Node NodeOf(RegisterRequest request, bool keepIndexes) => new()
    {
        Id = request.Id,
        Name = request.Node,
        Address = request.Address,
        Datacenter = request.Datacenter,
        TaggedAddresses = request.TaggedAddresses,
        Meta = request.NodeMeta,
        CreateIndex = keepIndexes ? request.CreateIndex : 0,
        ModifyIndex = keepIndexes ? request.ModifyIndex : 0,
    };
}
