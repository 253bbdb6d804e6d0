namespace Consul.Fast.Gossip.Core.Broadcasts;

/// <summary>
/// Broadcasts waiting to be piggybacked, the least-sent first; among equally often sent ones the largest that fits, the newest
/// on ties. Each transmit count is a tier, sorted by size and age, so taking one is a binary search.
/// </summary>
/// <remarks>
/// Own refutations stand outside the tiers and go first: what they repair gets worse with every packet. There is at most one,
/// for newer news about a node displaces older.
/// </remarks>
internal sealed class BroadcastQueue
{
    private const int SizeShift = 40;
    private const long IdMask = (1L << SizeShift) - 1;
    private readonly List<Tier> _tiers = [];
    private Broadcast? _urgent;
    private long _lastId;
    private int _lowest;

    public int Count { get; private set; }

    /// <summary>Queues a new broadcast.</summary>
    public void Add(Broadcast broadcast)
    {
        broadcast.Queue = this;
        broadcast.Id = ++_lastId & IdMask;
        Put(broadcast);
    }

    /// <summary>Takes a broadcast out that is not going to be sent any more.</summary>
    public void Remove(Broadcast broadcast)
    {
        Count--;
        if (broadcast == _urgent) _urgent = null;
        else _tiers[broadcast.Transmits].Remove(broadcast);
    }

    /// <summary>
    /// Takes broadcasts out that fit into <paramref name="room"/> bytes, each costing <paramref name="overhead"/> more than
    /// its size, and appends them to <paramref name="taken"/>; the caller sends them and gives them back.
    /// </summary>
    /// <returns>The room left.</returns>
    public int Take(int room, int overhead, TakenBroadcasts taken)
    {
        if (Count == 0) return room;
        if (_urgent is { } urgent && urgent.Size + overhead <= room && taken.Count < TakenBroadcasts.CountMax)
        {
            _urgent = null;
            Count--;
            taken.Add(urgent);
            room -= urgent.Size + overhead;
        }

        for (int i = _lowest; i < _tiers.Count; i++)
        {
            Tier tier = _tiers[i];
            if (tier.Count == 0 && i == _lowest) _lowest++;
            while (taken.Count < TakenBroadcasts.CountMax && tier.TryTake(room - overhead, out Broadcast? broadcast))
            {
                Count--;
                taken.Add(broadcast!);
                room -= broadcast!.Size + overhead;
            }
        }

        return room;
    }

    /// <summary>Counts a transmission; false when it was the last one, else the broadcast is queued again.</summary>
    public bool TryPutBack(Broadcast broadcast, int limit)
    {
        if (++broadcast.Transmits >= limit) return false;
        Put(broadcast);
        return true;
    }

    /// <summary>The broadcast to drop when there are too many: most often sent, smallest, oldest. Null when empty.</summary>
    public Broadcast? TakeLeastUseful()
    {
        for (int i = _tiers.Count - 1; i >= 0; i--)
        {
            if (_tiers[i].Count == 0) continue;
            Count--;
            return _tiers[i].TakeFirst();
        }

        return null;
    }

    private static long KeyOf(Broadcast broadcast) => ((long)broadcast.Size << SizeShift) | broadcast.Id;

    private void Put(Broadcast broadcast)
    {
        Count++;
        if (broadcast.IsUrgent && _urgent is null)
        {
            _urgent = broadcast;
            return;
        }

        while (_tiers.Count <= broadcast.Transmits) _tiers.Add(new Tier());
        if (broadcast.Transmits < _lowest) _lowest = broadcast.Transmits;
        _tiers[broadcast.Transmits].Add(broadcast);
    }

    /// <summary>Broadcasts of one transmit count, by size and then age ascending.</summary>
    private sealed class Tier
    {
        private long[] _keys = [];
        private Broadcast[] _items = [];

        public int Count { get; private set; }

        public void Add(Broadcast broadcast)
        {
            if (Count == _keys.Length)
            {
                int size = Math.Max(4, Count * 2);
                Array.Resize(ref _keys, size);
                Array.Resize(ref _items, size);
            }

            long key = KeyOf(broadcast);
            int place = Count;
            // The usual newcomer is the newest of the most common size.
            if (Count > 0 && _keys[Count - 1] > key) place = ~Array.BinarySearch(_keys, 0, Count, key);
            Array.Copy(_keys, place, _keys, place + 1, Count - place);
            Array.Copy(_items, place, _items, place + 1, Count - place);
            (_keys[place], _items[place]) = (key, broadcast);
            Count++;
        }

        public void Remove(Broadcast broadcast) => RemoveAt(Array.BinarySearch(_keys, 0, Count, KeyOf(broadcast)));

        public bool TryTake(int sizeMax, out Broadcast? broadcast)
        {
            broadcast = null;
            if (Count == 0 || sizeMax <= 0) return false;
            int place = Count - 1;
            long limit = ((long)sizeMax + 1) << SizeShift;
            if (_keys[place] >= limit) place = ~Array.BinarySearch(_keys, 0, Count, limit) - 1;
            if (place < 0) return false;
            broadcast = RemoveAt(place);
            return true;
        }

        public Broadcast TakeFirst() => RemoveAt(0);

        private Broadcast RemoveAt(int place)
        {
            Broadcast removed = _items[place];
            Count--;
            Array.Copy(_keys, place + 1, _keys, place, Count - place);
            Array.Copy(_items, place + 1, _items, place, Count - place);
            _items[Count] = null!;
            return removed;
        }
    }
}

/// <summary>Broadcasts taken for one packet, in the order they are sent.</summary>
internal sealed class TakenBroadcasts
{
    /// <summary>A compound has room for 255 parts, of which the first may be the message they ride on.</summary>
    public const int CountMax = 254;

    private readonly Broadcast[] _items = new Broadcast[CountMax];

    public int Count { get; private set; }

    public Broadcast this[int index] => _items[index];

    public void Add(Broadcast broadcast) => _items[Count++] = broadcast;

    public void Clear() => Count = 0;
}
