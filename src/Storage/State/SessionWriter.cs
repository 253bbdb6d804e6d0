using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Creation and end of sessions with everything that follows from it.</summary>
internal static class SessionWriter
{
    public const string Release = "release";
    public const string Delete = "delete";

    /// <summary>Longer lock-delays are cut to this when they are used.</summary>
    public static readonly TimeSpan MaxLockDelay = TimeSpan.FromSeconds(60);

    public static Session? Find(StateEdit edit, string id)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddUuid(id);
        return edit.Sessions.Get(key.Span);
    }

    /// <returns>Null, or why there is no session.</returns>
    public static string? Create(StateEdit edit, ulong index, Session session)
    {
        if (session.Id.Length == 0) return "Missing session ID";
        if (session.Behavior.Length == 0) session = session with { Behavior = Release };
        else if (session.Behavior is not (Release or Delete)) return $"Invalid session behavior: {session.Behavior}";
        if (!NodeWriter.Exists(edit, session.Node)) return CatalogErrors.MissingNode;
        foreach (string id in CheckIds(session))
        {
            if (CheckWriter.Find(edit, session.Node, id) is not { } check) return $"Missing check '{id}' registration";
            if (check.Status == CheckStatus.Critical) return $"Check '{id}' is in critical state";
        }

        if (UuidText.Check(session.Id) is { } malformed) return $"failed inserting session: failed to build primary index: {malformed}";
        Insert(edit, session with { CreateIndex = index, ModifyIndex = index });
        edit.SetIndex(IndexNames.Sessions, index);
        return null;
    }

    /// <summary>Puts back a session of a snapshot as it is.</summary>
    public static void Restore(StateEdit edit, Session session)
    {
        Insert(edit, session);
        edit.RaiseIndex(IndexNames.Sessions, session.ModifyIndex);
    }

    /// <summary>Ends a session: its locks are released or their keys deleted, and the keys fall under its lock-delay here.</summary>
    public static void Invalidate(StateEdit edit, ulong index, string id)
    {
        if (Find(edit, id) is not { } session) return;
        RemoveRow(edit, index, session);
        RemoveCheckRows(edit, session);
        TimeSpan delay = TimeSpan.FromTicks(session.LockDelayNs / TimeSpan.NanosecondsPerTick);
        if (delay > MaxLockDelay) delay = MaxLockDelay;
        foreach (byte[] key in KeysHeldBy(edit, session.Id))
        {
            if (session.Behavior == Delete) KvWriter.Delete(edit, index, key);
            else KvWriter.Release(edit, index, edit.Kv.Get(key)!);
            if (delay > TimeSpan.Zero) edit.LockDelays.Add((key, delay));
        }
    }

    /// <summary>Ends every session that depends on a check.</summary>
    public static void InvalidateByCheck(StateEdit edit, ulong index, string node, string checkId)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node);
        scope.AddScope(checkId);
        InvalidateAll(edit, index, edit.SessionsByCheck, scope.Span);
    }

    public static void InvalidateByNode(StateEdit edit, ulong index, string node)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddScope(node);
        InvalidateAll(edit, index, edit.SessionsByNode, scope.Span);
    }

    /// <summary>Removes the row and nothing that hangs on it, as the transaction verb does.</summary>
    public static bool RemoveRow(StateEdit edit, ulong index, string id)
    {
        if (Find(edit, id) is not { } session) return false;
        RemoveRow(edit, index, session);
        return true;
    }

    private static void InvalidateAll(StateEdit edit, ulong index, ByteMapEdit<Session> table, ReadOnlySpan<byte> scope)
    {
        List<string>? ids = null;
        foreach (ByteMapEntry<Session> entry in table.WithPrefix(scope)) (ids ??= []).Add(entry.Value.Id);
        if (ids is null) return;
        foreach (string id in ids) Invalidate(edit, index, id);
    }

    private static List<byte[]> KeysHeldBy(StateEdit edit, string id)
    {
        var scope = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        scope.AddUuid(id);
        scope.AddSeparator();
        var keys = new List<byte[]>();
        foreach (ByteMapEntry<byte[]> entry in edit.KvBySession.WithPrefix(scope.Span)) keys.Add(entry.Value);
        return keys;
    }

    private static void Insert(StateEdit edit, Session session)
    {
        // Ids are chosen unique; one that came twice would leave rows of the old session behind.
        if (Find(edit, session.Id) is { } replaced) RemoveCheckRows(edit, replaced);
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddUuid(session.Id);
        byte[] row = key.ToArray();
        edit.Sessions.Set(row, session);
        edit.Changes.Add(WatchTable.Sessions, row);
        key.Clear();
        key.AddScope(session.Node);
        key.AddUuid(session.Id);
        edit.SessionsByNode.Set(key.ToArray(), session);
        foreach (string id in CheckIds(session))
        {
            key.Clear();
            AddCheckKey(ref key, session, id);
            edit.SessionsByCheck.Set(key.ToArray(), session);
        }
    }

    private static void RemoveRow(StateEdit edit, ulong index, Session session)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddUuid(session.Id);
        edit.Sessions.Remove(key.Span);
        edit.Changes.Add(WatchTable.Sessions, key.ToArray());
        key.Clear();
        key.AddScope(session.Node);
        key.AddUuid(session.Id);
        edit.SessionsByNode.Remove(key.Span);
        edit.SetIndex(IndexNames.Sessions, index);
    }

    private static void RemoveCheckRows(StateEdit edit, Session session)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        foreach (string id in CheckIds(session))
        {
            key.Clear();
            AddCheckKey(ref key, session, id);
            edit.SessionsByCheck.Remove(key.Span);
        }
    }

    private static void AddCheckKey(ref KeyBuilder key, Session session, string checkId)
    {
        key.AddScope(session.Node);
        key.AddScope(checkId);
        key.AddUuid(session.Id);
    }

    /// <summary>All references to checks, the older field first.</summary>
    private static IEnumerable<string> CheckIds(Session session)
    {
        foreach (string id in session.Checks ?? []) yield return id;
        foreach (string id in session.NodeChecks ?? []) yield return id;
        foreach (SessionServiceCheck check in session.ServiceChecks ?? []) yield return check.Id;
    }
}
