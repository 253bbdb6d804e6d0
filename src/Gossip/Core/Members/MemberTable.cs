using System.Numerics;

namespace Consul.Fast.Gossip.Core.Members;

/// <summary>
/// All known nodes by name, and the list the failure detector walks. A slot's number is its handle while it is in use;
/// adding may move the slots in memory, so no reference to one outlives an <see cref="Add"/>.
/// </summary>
internal sealed class MemberTable
{
    private MemberSlot[] _slots = new MemberSlot[8];
    private int[] _buckets = new int[16];
    private int[] _list = new int[8];
    private int _used;
    private int _free = MemberSlot.None;

    public MemberTable() => Array.Fill(_buckets, MemberSlot.None);

    /// <summary>Slots in use: members of either layer.</summary>
    public int Count { get; private set; }

    /// <summary>Nodes the failure detector knows, dead ones included: the n of all its formulas.</summary>
    public int ListCount { get; private set; }

    /// <summary>Slots ever used; numbers below may be free.</summary>
    public int End => _used;

    /// <summary>Slots in probe order.</summary>
    public Span<int> List => _list.AsSpan(0, ListCount);

    public ref MemberSlot this[int slot] => ref _slots[slot];

    public bool IsUsed(int slot) => _slots[slot].Identity is not null;

    public int Find(ReadOnlySpan<byte> name) => Find(name, NodeIdentity.HashOf(name));

    /// <summary>Adds a node that is not in the table; neither layer knows it yet.</summary>
    public int Add(NodeIdentity identity)
    {
        if (Count >= _buckets.Length) Rehash(_buckets.Length * 2);
        int slot = Allocate();
        ref int bucket = ref _buckets[identity.Hash & (ulong)(_buckets.Length - 1)];
        _slots[slot] = new MemberSlot
        {
            Identity = identity,
            Suspicion = MemberSlot.None,
            Broadcast = MemberSlot.None,
            Coordinate = MemberSlot.None,
            Next = bucket,
        };
        bucket = slot;
        Count++;
        return slot;
    }

    /// <summary>Frees a slot that neither layer knows any more.</summary>
    public void Remove(int slot)
    {
        ref MemberSlot gone = ref _slots[slot];
        ref int link = ref _buckets[gone.Identity.Hash & (ulong)(_buckets.Length - 1)];
        while (link != slot) link = ref _slots[link].Next;
        link = gone.Next;
        gone = new MemberSlot { Next = _free };
        _free = slot;
        Count--;
    }

    /// <summary>Puts the slot at a random place of the list, so that a new node does not wait a whole round for its first probe.</summary>
    public void Enlist(int slot, SeededRandom random)
    {
        if (ListCount == _list.Length) Array.Resize(ref _list, ListCount * 2);
        int place = ListCount == 0 ? 0 : random.Below(ListCount);
        _list[ListCount] = _list[place];
        _list[place] = slot;
        ListCount++;
        _slots[slot].IsListed = true;
    }

    /// <summary>Drops list entries from <paramref name="count"/> on; the caller moved them there.</summary>
    public void TrimList(int count) => ListCount = count;

    /// <summary>Takes the nodes of another table, in the same slots and list order; that one is empty afterwards.</summary>
    public void TakeOver(MemberTable other)
    {
        (_slots, _buckets, _list) = (other._slots, other._buckets, other._list);
        (_used, _free, Count, ListCount) = (other._used, other._free, other.Count, other.ListCount);
        other.Clear();
    }

    /// <summary>Makes room for this many nodes at once.</summary>
    public void Reserve(int count)
    {
        if (count > _slots.Length) Array.Resize(ref _slots, count);
        if (count > _list.Length) Array.Resize(ref _list, count);
        if (count > _buckets.Length) Rehash((int)BitOperations.RoundUpToPowerOf2((uint)count));
    }

    private void Clear()
    {
        _slots = new MemberSlot[8];
        _list = new int[8];
        _buckets = new int[16];
        Array.Fill(_buckets, MemberSlot.None);
        (_used, _free, Count, ListCount) = (0, MemberSlot.None, 0, 0);
    }

    private int Find(ReadOnlySpan<byte> name, ulong hash)
    {
        int slot = _buckets[hash & (ulong)(_buckets.Length - 1)];
        while (slot != MemberSlot.None)
        {
            NodeIdentity identity = _slots[slot].Identity;
            if (identity.Hash == hash && name.SequenceEqual(identity.Name)) return slot;
            slot = _slots[slot].Next;
        }

        return MemberSlot.None;
    }

    private int Allocate()
    {
        if (_free != MemberSlot.None)
        {
            int slot = _free;
            _free = _slots[slot].Next;
            return slot;
        }

        if (_used == _slots.Length) Array.Resize(ref _slots, _used * 2);
        return _used++;
    }

    private void Rehash(int size)
    {
        _buckets = new int[size];
        Array.Fill(_buckets, MemberSlot.None);
        for (int slot = 0; slot < _used; slot++)
        {
            if (_slots[slot].Identity is not { } identity) continue;
            ref int bucket = ref _buckets[identity.Hash & (ulong)(size - 1)];
            _slots[slot].Next = bucket;
            bucket = slot;
        }
    }
}
