using Consul.Fast.Consensus;

namespace Consul.Fast.Storage.Log;

/// <summary>The newest entries, bounded by number and by bytes: what followers and the state machine ask for.</summary>
internal sealed class EntryCache(int capacity, long maxBytes)
{
    private readonly LogEntry?[] _slots = new LogEntry?[capacity];
    private ulong _first = 1;
    private ulong _next = 1;
    private long _bytes;

    public LogEntry? Find(ulong index) => index >= _first && index < _next ? _slots[Slot(index)] : null;

    /// <summary>Adds the entry that follows the last one; any other starts the cache anew.</summary>
    public void Add(LogEntry entry)
    {
        if (entry.Index != _next)
        {
            Clear();
            _first = _next = entry.Index;
        }
        if (_next - _first == (ulong)_slots.Length) DropFirst();
        _slots[Slot(entry.Index)] = entry;
        _next++;
        _bytes += SizeOf(entry);
        while (_bytes > maxBytes && _first < _next) DropFirst();
    }

    /// <summary>Removes an entry and everything after it.</summary>
    public void RemoveFrom(ulong index)
    {
        while (_next > _first && _next > index)
        {
            _next--;
            Drop(_next);
        }
    }

    /// <summary>Removes an entry and everything before it.</summary>
    public void RemoveTo(ulong index)
    {
        while (_first < _next && _first <= index) DropFirst();
    }

    public void Clear() => RemoveFrom(0);

    private void DropFirst() => Drop(_first++);

    private void Drop(ulong index)
    {
        _bytes -= SizeOf(_slots[Slot(index)]!);
        _slots[Slot(index)] = null;
    }

    private int Slot(ulong index) => (int)(index % (ulong)_slots.Length);

    private static long SizeOf(LogEntry entry) => entry.Data.Length + entry.Extensions.Length;
}
