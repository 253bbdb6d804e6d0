namespace Consul.Fast.Gossip.Core.Serf;

/// <summary>Queries of the last Lamport times, to tell duplicates.</summary>
internal sealed class QueryBuffer(int size)
{
    /// <summary>Different queries of one Lamport time; more than that come from a broken peer.</summary>
    private const int QueriesPerTimeMax = 256;

    private Slot[] _slots = [];

    public ulong Size => (ulong)size;

    /// <summary>Records the query; false when it is already there.</summary>
    public bool TryAdd(QueryId id)
    {
        if (_slots.Length == 0) _slots = new Slot[size];
        ref Slot slot = ref _slots[id.LTime % Size];
        if (slot.Ids is null || slot.LTime != id.LTime)
        {
            slot.LTime = id.LTime;
            slot.Ids ??= new uint[1];
            slot.Count = 0;
        }

        if (slot.Ids.AsSpan(0, slot.Count).Contains(id.Id) || slot.Count == QueriesPerTimeMax) return false;
        if (slot.Count == slot.Ids.Length) Array.Resize(ref slot.Ids, slot.Count * 2);
        slot.Ids[slot.Count++] = id.Id;
        return true;
    }

    private struct Slot
    {
        public ulong LTime;
        public uint[]? Ids;
        public int Count;
    }
}
