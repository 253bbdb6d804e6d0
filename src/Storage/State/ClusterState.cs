using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>
/// The replicated state as of one point: immutable, shared by all readers without locks. Every query takes the
/// <see cref="WatchSet"/> to fill for a blocking call, or null. A list that a query returns is the same object as long as
/// nothing in it has changed, where the remarks of the query say so.
/// </summary>
public sealed partial class ClusterState
{
    private readonly CatalogLists _lists;
    private string? _kvTableIndexText;

    internal ClusterState(StateTables tables, ulong version, ClusterState? previous)
    {
        Tables = tables;
        Version = version;
        KvTableIndex = Math.Max(IndexOf(IndexNames.Kvs), IndexOf(IndexNames.Tombstones));
        if (previous is not null && previous.KvTableIndex == KvTableIndex) _kvTableIndexText = previous._kvTableIndexText;
        _lists = previous is not null && ReferenceEquals(previous.Tables.ServicesByName, tables.ServicesByName)
            ? previous._lists
            : new CatalogLists(tables.ServicesByName);
    }

    /// <summary>Grows with each published state; not a Raft index.</summary>
    public ulong Version { get; }

    /// <summary>max(kvs, tombstones): what a missing key reports.</summary>
    public ulong KvTableIndex { get; }

    /// <summary><see cref="KvTableIndex"/> as a header value, made once.</summary>
    public string KvTableIndexText => _kvTableIndexText ??= KvTableIndex.ToString();

    internal StateTables Tables { get; }

    /// <summary>Counts what is there; what has to be grouped for it is kept until it changes.</summary>
    public StateCounts Counts() => new(Tables.Nodes.Count, _lists.Services.Count, Tables.Services.Count, Tables.Kv.Count);

    /// <summary>A row of the index table, 0 when missing.</summary>
    public ulong IndexOf(string row) => Row("", row)?.Value ?? 0;

    /// <summary>All rows of the index table, by lower-cased name.</summary>
    public IEnumerable<KeyValuePair<string, ulong>> IndexRows()
    {
        var rows = new List<KeyValuePair<string, ulong>>(Tables.Index.Count);
        foreach (ByteMapEntry<IndexRow> entry in Tables.Index.All()) rows.Add(new(entry.Value.Name, entry.Value.Value));
        return rows;
    }

    private IndexRow? Row(string prefix, string name)
    {
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(prefix);
        key.AddLower(name);
        return Tables.Index.Get(key.Span);
    }

    private static void WatchRow(WatchSet? watches, string prefix, string name) => WatchRow(watches, WatchTable.Index, prefix, name);

    private static void WatchRow(WatchSet? watches, WatchTable table, string prefix, string name)
    {
        if (watches is null) return;
        var key = new KeyBuilder(stackalloc byte[KeyBuilder.StackSize]);
        key.AddLower(prefix);
        key.AddLower(name);
        watches.AddKey(table, key.Span);
    }

    private ulong MaxIndex(string first, string second) => Math.Max(IndexOf(first), IndexOf(second));
}
