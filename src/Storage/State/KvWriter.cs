using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Changes to the key-value store, shared by commands, transactions and the end of sessions.</summary>
internal static class KvWriter
{
    public const string MissingSession = "missing session";

    /// <summary>Stores value and flags; the holder of the lock stays, the lock index is taken from the request.</summary>
    /// <returns>The entry as it stands now; the old one when nothing differs.</returns>
    public static DirEntry Set(StateEdit edit, ulong index, in DirEntryView request)
    {
        DirEntry? existing = edit.Kv.Get(request.Key);
        return Store(edit, index, request, existing, existing?.Session ?? "", request.LockIndex);
    }

    /// <summary>With request index 0 only if the key is missing, else only if it stands at that index.</summary>
    /// <returns>The entry, or null when the condition does not hold.</returns>
    public static DirEntry? SetIfUnchanged(StateEdit edit, ulong index, in DirEntryView request)
    {
        DirEntry? existing = edit.Kv.Get(request.Key);
        if ((existing?.ModifyIndex ?? 0) != request.ModifyIndex) return null;
        return Store(edit, index, request, existing, existing?.Session ?? "", request.LockIndex);
    }

    /// <returns>The entry; null without an error when another session holds the key.</returns>
    public static (DirEntry? Entry, string? Error) Lock(StateEdit edit, ulong index, in DirEntryView request)
    {
        if (request.Session.Length == 0) return (null, MissingSession);
        if (UuidText.Check(request.Session) is { } malformed) return (null, $"failed session lookup: index error: {malformed}");
        if (SessionWriter.Find(edit, request.Session) is null) return (null, $"invalid session {GoText.Quote(request.Session)}");
        DirEntry? existing = edit.Kv.Get(request.Key);
        ulong lockIndex = 1;
        if (existing is not null)
        {
            if (existing.Session.Length > 0 && existing.Session != request.Session) return (null, null);
            lockIndex = existing.LockIndex + (existing.Session.Length == 0 ? 1UL : 0);
        }

        return (Store(edit, index, request, existing, request.Session, lockIndex), null);
    }

    /// <returns>The entry; null without an error when the session does not hold the key.</returns>
    public static (DirEntry? Entry, string? Error) Unlock(StateEdit edit, ulong index, in DirEntryView request)
    {
        if (request.Session.Length == 0) return (null, MissingSession);
        DirEntry? existing = edit.Kv.Get(request.Key);
        if (existing is null || existing.Session != request.Session) return (null, null);
        return (Store(edit, index, request, existing, "", existing.LockIndex), null);
    }

    /// <summary>Removes a key and leaves a tombstone.</summary>
    public static void Delete(StateEdit edit, ulong index, ReadOnlySpan<byte> key)
    {
        DirEntry? existing = edit.Kv.Get(key);
        if (existing is null) return;
        edit.Kv.Remove(key);
        MoveLock(edit, existing.Key, existing.Session, "");
        edit.Tombstones.Set(existing.Key, index);
        edit.SetIndex(IndexNames.Tombstones, index);
        edit.SetIndex(IndexNames.Kvs, index);
        edit.Changes.Add(WatchTable.Kv, existing.Key);
    }

    /// <returns>True when the key is gone now: it was missing, or stood at the request's index.</returns>
    public static bool DeleteIfUnchanged(StateEdit edit, ulong index, in DirEntryView request)
    {
        DirEntry? existing = edit.Kv.Get(request.Key);
        if (existing is null) return true;
        if (existing.ModifyIndex != request.ModifyIndex) return false;
        Delete(edit, index, request.Key);
        return true;
    }

    /// <summary>Removes all keys with a prefix; one tombstone stands for them, none when the prefix is empty.</summary>
    public static void DeleteTree(StateEdit edit, ulong index, ReadOnlySpan<byte> prefix)
    {
        foreach (ByteMapEntry<DirEntry> entry in edit.Kv.WithPrefix(prefix)) MoveLock(edit, entry.Key, entry.Value.Session, "");
        if (edit.Kv.RemovePrefix(prefix) == 0) return;
        byte[] range = prefix.ToArray();
        if (range.Length > 0)
        {
            edit.Tombstones.Set(range, index);
            edit.SetIndex(IndexNames.Tombstones, index);
        }

        edit.SetIndex(IndexNames.Kvs, index);
        edit.Changes.AddRange(WatchTable.Kv, range);
    }

    /// <summary>Ends the hold of a session on a key without touching anything else of the entry.</summary>
    public static void Release(StateEdit edit, ulong index, DirEntry held)
    {
        DirEntryView view = DirEntryView.Of(held);
        Store(edit, index, view, held, "", held.LockIndex);
    }

    /// <summary>Puts back an entry of a snapshot as it is.</summary>
    public static void Restore(StateEdit edit, DirEntry entry)
    {
        edit.Kv.Set(entry.Key, entry);
        MoveLock(edit, entry.Key, "", entry.Session);
        edit.RaiseIndex(IndexNames.Kvs, entry.ModifyIndex);
    }

    private static DirEntry Store(
        StateEdit edit, ulong index, in DirEntryView request, DirEntry? existing, string session, ulong lockIndex)
    {
        if (existing is not null && existing.LockIndex == lockIndex && existing.Flags == request.Flags && existing.Session == session
            && existing.Value.AsSpan().SequenceEqual(request.Value)) return existing;
        byte[] key = existing?.Key ?? request.Key.ToArray();
        var stored = new DirEntry
        {
            Key = key,
            Value = request.Value.IsEmpty ? null : request.Value.ToArray(),
            Flags = request.Flags,
            LockIndex = lockIndex,
            Session = session,
            CreateIndex = existing?.CreateIndex ?? index,
            ModifyIndex = index,
        };
        edit.Kv.Set(key, stored);
        MoveLock(edit, key, existing?.Session ?? "", session);
        edit.SetIndex(IndexNames.Kvs, index);
        edit.Changes.Add(WatchTable.Kv, key);
        return stored;
    }

    private static void MoveLock(StateEdit edit, byte[] key, string from, string to)
    {
        if (from == to) return;
        var lockKey = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        if (from.Length > 0)
        {
            AddLockKey(ref lockKey, from, key);
            edit.KvBySession.Remove(lockKey.Span);
        }

        if (to.Length == 0) return;
        lockKey.Clear();
        AddLockKey(ref lockKey, to, key);
        edit.KvBySession.Set(lockKey.ToArray(), key);
    }

    private static void AddLockKey(ref KeyBuilder lockKey, string session, byte[] key)
    {
        lockKey.AddUuid(session);
        lockKey.AddSeparator();
        lockKey.Add(key);
    }
}
