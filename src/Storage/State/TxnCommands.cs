using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Storage.State;

/// <summary>Transactions: all operations run in order, all faults are collected, and any fault undoes everything.</summary>
internal static class TxnCommands
{
    public static bool TryApply(StateEdit edit, ulong index, ReadOnlySpan<byte> body, out object? result)
    {
        result = null;
        if (!CommandCodec.TryDecode(body, out TxnRequest? request)) return false;
        result = Apply(edit, index, request.Ops);
        return true;
    }

    public static TxnResponse Apply(StateEdit edit, ulong index, IReadOnlyList<TxnOp> ops)
    {
        StateEdit.Savepoint savepoint = edit.Save();
        var results = new List<TxnResult>(ops.Count);
        List<TxnError>? errors = null;
        for (int i = 0; i < ops.Count; i++)
        {
            if (Apply(edit, index, ops[i], results) is { } error) (errors ??= []).Add(new TxnError(i, error));
        }

        if (errors is null) return new TxnResponse(results, null);
        edit.Rollback(savepoint);
        return new TxnResponse(null, errors);
    }

    private static string? Apply(StateEdit edit, ulong index, TxnOp op, List<TxnResult> results) => op switch
    {
        { Kv: { } kv } => TxnKv.Apply(edit, index, kv, results),
        { Node: { } node } => TxnCatalog.Apply(edit, index, node, results),
        { Service: { } service } => TxnCatalog.Apply(edit, index, service, results),
        { Check: { } check } => TxnCatalog.Apply(edit, index, check, results),
        { Session: { } session } => Apply(edit, index, session),
        _ => "no operation specified",
    };

    private static string? Apply(StateEdit edit, ulong index, TxnSessionOp op)
    {
        if (op.Verb != TxnVerbs.Delete) return $"failed to delete session: unknown Session verb {GoText.Quote(op.Verb)}";
        if (UuidText.Check(op.Session.Id) is { } malformed)
            return $"failed to delete session: failed deleting session: failed to build primary index: {malformed}";
        return SessionWriter.RemoveRow(edit, index, op.Session.Id) ? null : "failed to delete session: failed deleting session: not found";
    }
}
