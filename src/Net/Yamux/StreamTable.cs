namespace Consul.Fast.Net.Yamux;

/// <summary>Open streams by id: open addressing, no boxing, no virtual calls. Not thread safe; the session's gate guards it.</summary>
internal sealed class StreamTable
{
    private const int SlotsMin = 4;

    // Ids are the peer's choice. A multiplier it cannot know keeps it from aiming them all at one slot.
    private static readonly ulong s_multiplier = (ulong)Random.Shared.NextInt64() | 1;

    private Slot[] _slots = new Slot[SlotsMin];
    private int _shift = 64 - 2;

    public int Count { get; private set; }

    public YamuxStream? Find(uint id)
    {
        Slot[] slots = _slots;
        for (int at = SlotOf(id); ; at = (at + 1) & (slots.Length - 1))
        {
            ref Slot slot = ref slots[at];
            if (slot.Stream is null) return null;
            if (slot.Id == id) return slot.Stream;
        }
    }

    /// <summary>Adds a stream whose id is not in the table.</summary>
    public void Add(uint id, YamuxStream stream)
    {
        if ((Count + 1) * 4 > _slots.Length * 3) Resize(_slots.Length * 2);
        Place(id, stream);
        Count++;
    }

    public bool Remove(uint id)
    {
        int mask = _slots.Length - 1;
        int at = SlotOf(id);
        for (; ; at = (at + 1) & mask)
        {
            if (_slots[at].Stream is null) return false;
            if (_slots[at].Id == id) break;
        }

        CloseGap(at, mask);
        Count--;
        if (_slots.Length > SlotsMin && Count * 8 < _slots.Length) Resize(_slots.Length / 2);
        return true;
    }

    /// <summary>Takes every stream out.</summary>
    public YamuxStream[] Drain()
    {
        var streams = new YamuxStream[Count];
        int count = 0;
        foreach (Slot slot in _slots)
        {
            if (slot.Stream is not null) streams[count++] = slot.Stream;
        }

        Count = 0;
        Resize(SlotsMin);
        return streams;
    }

    private int SlotOf(uint id) => (int)((id * s_multiplier) >> _shift);

    /// <summary>Entries behind a removed one move up unless that would put them before their own slot.</summary>
    private void CloseGap(int gap, int mask)
    {
        for (int at = (gap + 1) & mask; _slots[at].Stream is not null; at = (at + 1) & mask)
        {
            int home = SlotOf(_slots[at].Id);
            if (((at - home) & mask) < ((at - gap) & mask)) continue;
            _slots[gap] = _slots[at];
            gap = at;
        }

        _slots[gap] = default;
    }

    private void Place(uint id, YamuxStream stream)
    {
        int at = SlotOf(id);
        while (_slots[at].Stream is not null) at = (at + 1) & (_slots.Length - 1);
        _slots[at] = new Slot { Id = id, Stream = stream };
    }

    private void Resize(int length)
    {
        Slot[] old = _slots;
        int left = Count;
        _slots = new Slot[length];
        _shift = 64 - System.Numerics.BitOperations.Log2((uint)length);
        for (int i = 0; left > 0; i++)
        {
            if (old[i].Stream is not { } stream) continue;
            Place(old[i].Id, stream);
            left--;
        }
    }

    private struct Slot
    {
        public uint Id;
        public YamuxStream? Stream;
    }
}
