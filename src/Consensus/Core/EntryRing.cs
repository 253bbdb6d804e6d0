namespace Consul.Fast.Consensus.Core;

/// <summary>Consecutive log entries in memory, by index: those not yet durable or not yet applied, and some recent ones.</summary>
internal sealed class EntryRing
{
    private LogEntry?[] _slots = new LogEntry?[256];

    /// <summary>Index of the oldest entry held; meaningless while <see cref="Count"/> is 0.</summary>
    public ulong First { get; private set; }

    public int Count { get; private set; }

    /// <summary>Memory that the entries held take, roughly.</summary>
    public long Bytes { get; private set; }

    /// <summary>The entry at an index, null when it is not held.</summary>
    public LogEntry? this[ulong index] =>
        Count > 0 && index >= First && index - First < (ulong)Count ? _slots[Slot(index)] : null;

    /// <summary>Adds the next entry; an index that does not follow starts the ring anew.</summary>
    public void Append(LogEntry entry)
    {
        if (Count == 0 || entry.Index != First + (ulong)Count)
        {
            Clear();
            First = entry.Index;
        }

        if (Count == _slots.Length) Grow();
        _slots[Slot(entry.Index)] = entry;
        Count++;
        Bytes += SizeOf(entry);
    }

    /// <summary>Drops the oldest entries up to <paramref name="last"/> that are beyond the bounds.</summary>
    public void Trim(ulong last, int maxCount, long maxBytes)
    {
        while (Count > 0 && First <= last && (Count > maxCount || Bytes > maxBytes)) DropFirst();
    }

    /// <summary>What an entry costs in memory and, about, on the wire.</summary>
    public static int SizeOf(LogEntry entry) => entry.Data.Length + entry.Extensions.Length + 96;

    public void DropBefore(ulong index)
    {
        while (Count > 0 && First < index) DropFirst();
    }

    public void DropFrom(ulong index)
    {
        while (Count > 0 && First + (ulong)Count > index)
        {
            Count--;
            int slot = Slot(First + (ulong)Count);
            Bytes -= SizeOf(_slots[slot]!);
            _slots[slot] = null;
        }
    }

    public void Clear()
    {
        if (Count > 0) Array.Clear(_slots);
        Count = 0;
        Bytes = 0;
    }

    private void DropFirst()
    {
        int slot = Slot(First);
        Bytes -= SizeOf(_slots[slot]!);
        _slots[slot] = null;
        First++;
        Count--;
    }

    private int Slot(ulong index) => (int)(index & (ulong)(_slots.Length - 1));

    private void Grow()
    {
        var grown = new LogEntry?[_slots.Length * 2];
        for (ulong index = First; index < First + (ulong)Count; index++)
        {
            grown[(int)(index & (ulong)(grown.Length - 1))] = _slots[Slot(index)];
        }

        _slots = grown;
    }
}
