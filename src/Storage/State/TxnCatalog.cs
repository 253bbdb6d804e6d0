using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.State;

/// <summary>Node, service and check operations in transactions. They follow the write rules of registrations.</summary>
internal static class TxnCatalog
{
    /// <returns>Null, or why the transaction fails.</returns>
    public static string? Apply(StateEdit edit, ulong index, TxnNodeOp op, List<TxnResult> results)
    {
        Node asked = op.Node;
        string name = GoText.Quote(asked.Name);
        ulong? stored = NodeWriter.Find(edit, asked.Name)?.ModifyIndex;
        switch (op.Verb)
        {
            case TxnVerbs.Get:
                return Report(edit, asked, results, missing: $"node {name} doesn't exist");
            case TxnVerbs.Cas when !MaySet(asked.ModifyIndex, stored):
                return $"failed to set node {name}, index is stale";
            case TxnVerbs.Set or TxnVerbs.Cas:
                return NodeWriter.Ensure(edit, index, asked, keepIndexes: false) ?? Report(edit, asked, results, missing: null);
            case TxnVerbs.DeleteCas when stored != asked.ModifyIndex:
                return $"failed to delete node {name}, index is stale";
            case TxnVerbs.Delete or TxnVerbs.DeleteCas:
                NodeWriter.Delete(edit, index, asked.Name);
                return null;
            default:
                return $"unknown Node verb {GoText.Quote(op.Verb)}";
        }
    }

    public static string? Apply(StateEdit edit, ulong index, TxnServiceOp op, List<TxnResult> results)
    {
        NodeService asked = op.Service;
        string place = $"{GoText.Quote(asked.Id)} on node {GoText.Quote(op.Node)}";
        NodeService? stored = ServiceWriter.Find(edit, op.Node, asked.Id);
        switch (op.Verb)
        {
            case TxnVerbs.Get when stored is null:
                return $"service {place} doesn't exist";
            case TxnVerbs.Get:
                results.Add(new TxnResult { Service = stored });
                return null;
            case TxnVerbs.Cas when !MaySet(asked.ModifyIndex, stored?.ModifyIndex):
                return $"failed to set service {place}, index is stale";
            case TxnVerbs.Set or TxnVerbs.Cas:
                if (ServiceWriter.Ensure(edit, index, op.Node, asked, keepIndexes: false) is { } fault) return fault;
                results.Add(new TxnResult { Service = ServiceWriter.Find(edit, op.Node, asked.Id) });
                return null;
            case TxnVerbs.DeleteCas when stored?.ModifyIndex != asked.ModifyIndex:
                return $"failed to delete service {place}, index is stale";
            case TxnVerbs.Delete or TxnVerbs.DeleteCas:
                ServiceWriter.Delete(edit, index, op.Node, asked.Id);
                return null;
            default:
                return $"unknown Service verb {GoText.Quote(op.Verb)}";
        }
    }

    public static string? Apply(StateEdit edit, ulong index, TxnCheckOp op, List<TxnResult> results)
    {
        HealthCheck asked = op.Check;
        if (!CheckWriter.HasKey(asked) && LookupFault(op.Verb) is { } unkeyed) return unkeyed;
        string place = $"{GoText.Quote(asked.CheckId)} on node {GoText.Quote(asked.Node)}";
        HealthCheck? stored = CheckWriter.Find(edit, asked.Node, asked.CheckId);
        switch (op.Verb)
        {
            case TxnVerbs.Get when stored is null:
                return $"check {place} doesn't exist";
            case TxnVerbs.Get:
                results.Add(new TxnResult { Check = stored });
                return null;
            case TxnVerbs.Cas when !MaySet(asked.ModifyIndex, stored?.ModifyIndex):
                return $"failed to set check {place}, index is stale";
            case TxnVerbs.Set or TxnVerbs.Cas:
                if (CheckWriter.Ensure(edit, index, asked, keepIndexes: false) is { } fault) return fault;
                results.Add(new TxnResult { Check = CheckWriter.Find(edit, asked.Node, asked.CheckId) });
                return null;
            case TxnVerbs.DeleteCas when stored?.ModifyIndex != asked.ModifyIndex:
                return $"failed to delete check {place}, index is stale";
            case TxnVerbs.Delete or TxnVerbs.DeleteCas:
                CheckWriter.Delete(edit, index, asked.Node, asked.CheckId);
                return null;
            default:
                return $"unknown Check verb {GoText.Quote(op.Verb)}";
        }
    }

    /// <summary>
    /// What a verb says of a check that names no node or no id; null where the verb itself is the fault, or says it later.
    /// </summary>
    private static string? LookupFault(string verb) => verb switch
    {
        TxnVerbs.Get or TxnVerbs.Cas => $"failed check lookup: {CatalogErrors.MissingKey}",
        TxnVerbs.Delete => $"check lookup failed: {CatalogErrors.MissingKey}",
        TxnVerbs.DeleteCas => $"check lookup failed: failed check lookup: {CatalogErrors.MissingKey}",
        _ => null,
    };

    /// <summary>Index 0 asks that nothing is there yet; any other that exactly this version is.</summary>
    private static bool MaySet(ulong asked, ulong? stored) => asked == 0 ? stored is null : stored == asked;

    /// <summary>Reports the node as it stands, found by its id when one is given.</summary>
    private static string? Report(StateEdit edit, Node asked, List<TxnResult> results, string? missing)
    {
        (Node? node, string? fault) = asked.Id.Length > 0 ? NodeWriter.FindById(edit, asked.Id) : (NodeWriter.Find(edit, asked.Name), null);
        if (node is null) return fault ?? missing;
        results.Add(new TxnResult { Node = node });
        return null;
    }
}
