using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Tables;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.State;

/// <summary>Reads of the key-value store.</summary>
public sealed partial class ClusterState
{
    /// <summary>Allocates nothing without a watch set. A missing key reports <see cref="KvTableIndex"/>.</summary>
    public DirEntry? KvGet(ReadOnlySpan<byte> key, WatchSet? watches)
    {
        watches?.AddKey(WatchTable.Kv, key);
        return Tables.Kv.Get(key);
    }

    /// <summary>Entries in byte order of their keys.</summary>
    public QueryResult<IReadOnlyList<DirEntry>> KvList(ReadOnlySpan<byte> prefix, WatchSet? watches)
    {
        var entries = new List<DirEntry>();
        foreach (DirEntry entry in KvWalk(prefix, watches)) entries.Add(entry);
        return new QueryResult<IReadOnlyList<DirEntry>>(KvPrefixIndex(prefix), entries);
    }

    /// <summary>The entries of <see cref="KvList"/> without a copy, for <c>foreach</c>; allocates nothing without a watch set.</summary>
    public KvRange KvWalk(ReadOnlySpan<byte> prefix, WatchSet? watches)
    {
        watches?.AddPrefix(WatchTable.Kv, prefix);
        return new KvRange(Tables.Kv.WithPrefix(prefix));
    }

    /// <summary>The index of a listing: the newest change under the prefix, deletions included.</summary>
    public ulong KvPrefixIndex(ReadOnlySpan<byte> prefix)
    {
        if (prefix.IsEmpty) return KvTableIndex;
        ulong index = 0;
        foreach (ByteMapEntry<DirEntry> entry in Tables.Kv.WithPrefix(prefix)) index = Math.Max(index, entry.Value.ModifyIndex);
        foreach (ByteMapEntry<ulong> entry in Tables.Tombstones.WithPrefix(prefix)) index = Math.Max(index, entry.Value);
        return index == 0 ? KvTableIndex : index;
    }
}

/// <summary>Walks key-value entries in key order.</summary>
public ref struct KvRange
{
    private ByteMapRange<DirEntry> _range;

    internal KvRange(ByteMapRange<DirEntry> range) => _range = range;

    public readonly DirEntry Current => _range.Current.Value;

    public readonly KvRange GetEnumerator() => this;

    public bool MoveNext() => _range.MoveNext();
}
