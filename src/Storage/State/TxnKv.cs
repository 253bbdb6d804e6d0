using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;

namespace Consul.Fast.Storage.State;

/// <summary>Key-value operations in transactions.</summary>
internal static class TxnKv
{
    /// <returns>Null, or why the transaction fails.</returns>
    public static string? Apply(StateEdit edit, ulong index, TxnKvOp op, List<TxnResult> results)
    {
        DirEntryView request = DirEntryView.Of(op.DirEnt);
        switch (op.Verb)
        {
            case KvsOp.Set:
                return Written(KvWriter.Set(edit, index, request), results);
            case KvsOp.Delete:
                KvWriter.Delete(edit, index, request.Key);
                return null;
            case KvsOp.DeleteTree:
                KvWriter.DeleteTree(edit, index, request.Key);
                return null;
            case KvsOp.DeleteCas:
                return KvWriter.DeleteIfUnchanged(edit, index, request)
                    ? null : $"failed to delete key {GoText.Quote(request.Key)}, index is stale";
            case KvsOp.Cas:
                return KvWriter.SetIfUnchanged(edit, index, request) is { } set
                    ? Written(set, results) : $"failed to set key {GoText.Quote(request.Key)}, index is stale";
            case KvsOp.Lock:
                (DirEntry? locked, string? lockFault) = KvWriter.Lock(edit, index, request);
                if (locked is not null) return Written(locked, results);
                return lockFault ?? $"failed to lock key {GoText.Quote(request.Key)}, lock is already held";
            case KvsOp.Unlock:
                (DirEntry? unlocked, string? unlockFault) = KvWriter.Unlock(edit, index, request);
                if (unlocked is not null) return Written(unlocked, results);
                return unlockFault ?? $"failed to unlock key {GoText.Quote(request.Key)}, lock isn't held, or is held by another session";
            default:
                return Read(edit, op, results);
        }
    }

    private static string? Read(StateEdit edit, TxnKvOp op, List<TxnResult> results)
    {
        DirEntry asked = op.DirEnt;
        if (op.Verb == KvsOp.GetTree)
        {
            foreach (ByteMapEntry<DirEntry> entry in edit.Kv.WithPrefix(asked.Key)) results.Add(new TxnResult { Kv = entry.Value });
            return null;
        }

        DirEntry? found = edit.Kv.Get(asked.Key);
        switch (op.Verb)
        {
            case KvsOp.Get:
                if (found is null) return $"key {GoText.Quote(asked.Key)} doesn't exist";
                results.Add(new TxnResult { Kv = found });
                return null;
            case KvsOp.CheckSession:
                if (found is null) return $"failed to check session, key {GoText.Quote(asked.Key)} doesn't exist";
                return found.Session == asked.Session
                    ? Written(found, results)
                    : $"failed session check for key {GoText.Quote(asked.Key)}, "
                        + $"current session {GoText.Quote(found.Session)} != {GoText.Quote(asked.Session)}";
            case KvsOp.CheckIndex:
                if (found is null) return $"failed to check index, key {GoText.Quote(asked.Key)} doesn't exist";
                return found.ModifyIndex == asked.ModifyIndex
                    ? Written(found, results)
                    : $"failed index check for key {GoText.Quote(asked.Key)}, "
                        + $"current modify index {found.ModifyIndex} != {asked.ModifyIndex}";
            case KvsOp.CheckNotExists:
                return found is null ? null : $"key {GoText.Quote(asked.Key)} exists";
            default:
                return $"unknown KV verb {GoText.Quote(op.Verb)}";
        }
    }

    /// <summary>Reports an entry without its value, which the caller knows or did not ask for.</summary>
    private static string? Written(DirEntry entry, List<TxnResult> results)
    {
        results.Add(new TxnResult
        {
            Kv = new DirEntry
            {
                Key = entry.Key,
                Flags = entry.Flags,
                LockIndex = entry.LockIndex,
                Session = entry.Session,
                CreateIndex = entry.CreateIndex,
                ModifyIndex = entry.ModifyIndex,
            },
        });
        return null;
    }
}
