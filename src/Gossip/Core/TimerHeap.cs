namespace Consul.Fast.Gossip.Core;

/// <summary>What a timer is for. Of timers due at the same time the lower kind goes first: a verdict comes before the next probe.</summary>
internal enum TimerKind
{
    ProbeStage,
    RelayedPing,
    Suspicion,
    ProbeTick,
    GossipTick,
    PushPull,
    Broadcast,
    Query,
    Reap,
    Reconnect,
    QueueCheck,
    Prune,
}

/// <summary>
/// Deadlines in a binary heap whose entries can be moved and removed, so that answered and extended time-outs leave nothing
/// behind. Arrays only; an id is free again once the timer fired or was removed.
/// </summary>
internal sealed class TimerHeap
{
    public const int None = -1;

    private Entry[] _timers = new Entry[16];
    private int[] _heap = new int[16];
    private int _used;
    private int _free = None;

    public int Count { get; private set; }

    public TimeSpan? Next => Count == 0 ? null : _timers[_heap[0]].Deadline;

    public int Add(TimeSpan deadline, TimerKind kind, int argument = 0)
    {
        int id = Allocate();
        _timers[id] = new Entry { Deadline = deadline, Kind = kind, Argument = argument };
        if (Count == _heap.Length) Array.Resize(ref _heap, Count * 2);
        SiftUp(Count++, id);
        return id;
    }

    public void Move(int id, TimeSpan deadline)
    {
        bool earlier = deadline < _timers[id].Deadline;
        _timers[id].Deadline = deadline;
        if (earlier) SiftUp(_timers[id].Place, id);
        else SiftDown(_timers[id].Place, id);
    }

    /// <summary>Removes the timer and forgets the id; nothing happens for <see cref="None"/>.</summary>
    public void Remove(ref int id)
    {
        if (id == None) return;
        RemoveAt(_timers[id].Place);
        id = None;
    }

    /// <summary>Takes out the first timer that is due.</summary>
    public bool TryTake(TimeSpan now, out TimerKind kind, out int argument)
    {
        if (Count == 0 || _timers[_heap[0]].Deadline > now)
        {
            (kind, argument) = (default, 0);
            return false;
        }

        ref Entry first = ref _timers[_heap[0]];
        (kind, argument) = (first.Kind, first.Argument);
        RemoveAt(0);
        return true;
    }

    private void RemoveAt(int place)
    {
        int id = _heap[place];
        int last = _heap[--Count];
        if (last != id)
        {
            bool up = place > 0 && Before(last, _heap[(place - 1) / 2]);
            if (up) SiftUp(place, last);
            else SiftDown(place, last);
        }

        _timers[id].Place = _free;
        _free = id;
    }

    private int Allocate()
    {
        if (_free != None)
        {
            int id = _free;
            _free = _timers[id].Place;
            return id;
        }

        if (_used == _timers.Length) Array.Resize(ref _timers, _used * 2);
        return _used++;
    }

    private void SiftUp(int place, int id)
    {
        while (place > 0)
        {
            int parent = (place - 1) / 2;
            if (!Before(id, _heap[parent])) break;
            Put(place, _heap[parent]);
            place = parent;
        }

        Put(place, id);
    }

    private void SiftDown(int place, int id)
    {
        while (true)
        {
            int child = (2 * place) + 1;
            if (child >= Count) break;
            if (child + 1 < Count && Before(_heap[child + 1], _heap[child])) child++;
            if (!Before(_heap[child], id)) break;
            Put(place, _heap[child]);
            place = child;
        }

        Put(place, id);
    }

    private void Put(int place, int id)
    {
        _heap[place] = id;
        _timers[id].Place = place;
    }

    private bool Before(int a, int b)
    {
        ref Entry first = ref _timers[a];
        ref Entry second = ref _timers[b];
        return first.Deadline != second.Deadline ? first.Deadline < second.Deadline : first.Kind < second.Kind;
    }

    private struct Entry
    {
        public TimeSpan Deadline;
        public TimerKind Kind;
        public int Argument;

        /// <summary>Place in the heap; for a free one, the next free id.</summary>
        public int Place;
    }
}
