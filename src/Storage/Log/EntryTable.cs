namespace Consul.Fast.Storage.Log;

/// <summary>Where an entry's record lies.</summary>
/// <param name="Address">Address of its first byte.</param>
/// <param name="Length">Bytes of the record, without the frame headers that may interrupt it.</param>
/// <param name="Back">Bytes from the start of its batch to <paramref name="Address"/>.</param>
internal readonly record struct EntryLocation(long Address, int Length, int Back);

/// <summary>Index to location, for a run of consecutive indexes.</summary>
internal sealed class EntryTable
{
    private EntryLocation[] _ring = new EntryLocation[1024];

    public int Count { get; private set; }

    /// <summary>Lowest index; 0 when empty.</summary>
    public ulong First { get; private set; }

    /// <summary>Highest index; 0 when empty.</summary>
    public ulong Last => Count == 0 ? 0 : First + (ulong)Count - 1;

    public EntryLocation this[ulong index] => _ring[Slot(index)];

    public bool Contains(ulong index) => Count > 0 && index - First < (ulong)Count;

    /// <summary>Adds an entry, which supersedes that of the same index and everything after it.</summary>
    /// <returns>False when there would be a gap before it.</returns>
    public bool TryAdd(ulong index, EntryLocation location)
    {
        if (Count > 0 && index > Last + 1) return false;
        RemoveFrom(index);
        if (Count == 0) First = index;
        if (Count == _ring.Length) Grow();
        Count++;
        _ring[Slot(index)] = location;
        return true;
    }

    /// <summary>Removes an entry and everything after it.</summary>
    public void RemoveFrom(ulong index)
    {
        if (Count == 0 || index > Last) return;
        if (index <= First) Clear();
        else Count = (int)(index - First);
    }

    /// <summary>Removes an entry and everything before it.</summary>
    public void RemoveTo(ulong index)
    {
        if (Count == 0 || index < First) return;
        if (index >= Last)
        {
            Clear();
            return;
        }
        Count -= (int)(index - First + 1);
        First = index + 1;
    }

    public void Clear()
    {
        Count = 0;
        First = 0;
    }

    private int Slot(ulong index) => (int)(index & (ulong)(_ring.Length - 1));

    private void Grow()
    {
        var larger = new EntryLocation[_ring.Length * 2];
        for (var index = First; index <= Last; index++) larger[index & (ulong)(larger.Length - 1)] = _ring[Slot(index)];
        _ring = larger;
    }
}
