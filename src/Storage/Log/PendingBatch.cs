using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Log;

/// <summary>
/// The log as it will be when the current batch is durable: what stays of the durable entries, and the new ones behind them.
/// </summary>
internal sealed class PendingBatch
{
    private readonly EntryTable _durable;
    private readonly List<(LogEntry Entry, int Offset, int Length)> _added = [];
    private ulong _keptFirst;
    private ulong _keptLast;

    public PendingBatch(EntryTable durable)
    {
        _durable = durable;
        Discard();
    }

    /// <summary>0 when empty.</summary>
    public ulong First => KeepsAny ? _keptFirst : _added.Count > 0 ? _added[0].Entry.Index : 0;

    /// <summary>0 when empty.</summary>
    public ulong Last => _added.Count > 0 ? _added[^1].Entry.Index : KeepsAny ? _keptLast : 0;

    private bool KeepsAny => _keptFirst != 0;

    /// <summary>Whether an entry of the durable log counts still.</summary>
    public bool KeepsDurable(ulong index) => KeepsAny && index >= _keptFirst && index <= _keptLast;

    /// <summary>An entry added by the batch, or null.</summary>
    public LogEntry? Find(ulong index) =>
        _added.Count > 0 && index - _added[0].Entry.Index < (ulong)_added.Count ? _added[(int)(index - _added[0].Entry.Index)].Entry : null;

    /// <summary>Adds an entry, which supersedes that of the same index and everything after it.</summary>
    /// <param name="offset">Position of its record in the batch.</param>
    /// <param name="length">Bytes of its record.</param>
    public void Add(LogEntry entry, int offset, int length)
    {
        RemoveFrom(entry.Index);
        _added.Add((entry, offset, length));
    }

    /// <summary>Forgets an entry and everything before it.</summary>
    public void RemoveTo(ulong index)
    {
        if (_added.Count > 0 && index >= _added[0].Entry.Index)
            _added.RemoveRange(0, (int)Math.Min((ulong)_added.Count, index - _added[0].Entry.Index + 1));
        if (!KeepsAny || index < _keptFirst) return;
        if (index >= _keptLast) KeepNone();
        else _keptFirst = index + 1;
    }

    public void Clear()
    {
        _added.Clear();
        KeepNone();
    }

    /// <summary>The batch came to nothing: back to the durable entries.</summary>
    public void Discard()
    {
        _added.Clear();
        _keptFirst = _durable.First;
        _keptLast = _durable.Last;
    }

    /// <summary>The batch is durable: moves its changes into the table and its entries into the cache.</summary>
    /// <param name="batch">Address of the batch.</param>
    public void Publish(EntryCache cache, LogGeometry geometry, long batch)
    {
        if (KeepsAny)
        {
            _durable.RemoveFrom(_keptLast + 1);
            _durable.RemoveTo(_keptFirst - 1);
            cache.RemoveFrom(_keptLast + 1);
            cache.RemoveTo(_keptFirst - 1);
        }
        else
        {
            _durable.Clear();
            cache.Clear();
        }
        foreach (var (entry, offset, length) in _added)
        {
            var address = geometry.AddressOf(batch, offset);
            _durable.TryAdd(entry.Index, new EntryLocation(address, length, (int)(address - batch)));
            cache.Add(entry);
        }
        Discard();
    }

    private void RemoveFrom(ulong index)
    {
        if (_added.Count > 0 && index <= _added[^1].Entry.Index)
        {
            var kept = index <= _added[0].Entry.Index ? 0 : (int)(index - _added[0].Entry.Index);
            _added.RemoveRange(kept, _added.Count - kept);
        }
        if (!KeepsAny || index > _keptLast) return;
        if (index <= _keptFirst) KeepNone();
        else _keptLast = index - 1;
    }

    private void KeepNone() => (_keptFirst, _keptLast) = (0, 0);
}
