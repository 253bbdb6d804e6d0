using Consul.Fast.Gossip.Core.Members;

namespace Consul.Fast.Gossip.Core.Swim;

/// <summary>A member under accusation: who accused it, and until when it has time to say that it is alive.</summary>
internal sealed class Suspicion
{
    /// <summary>Hashes of the accusers' names; the first is never a confirmation.</summary>
    private ulong[] _accusers = [];
    private int _accuserCount;
    private TimeSpan _start;
    private TimeSpan _min;
    private TimeSpan _max;
    private int _expected;

    public int Slot { get; private set; }

    public int Timer { get; set; } = TimerHeap.None;

    /// <summary>Independent accusers beside the first.</summary>
    public int Confirmations => _accuserCount - 1;

    /// <summary>When it runs out.</summary>
    public TimeSpan Deadline { get; private set; }

    /// <summary>Next free one in the pool.</summary>
    public int NextFree { get; set; }

    /// <param name="expected">Confirmations that bring the time-out down to <paramref name="min"/>; 0 for min at once.</param>
    public void Start(int slot, ulong accuser, int expected, TimeSpan now, TimeSpan min, TimeSpan max)
    {
        Slot = slot;
        (_start, _min, _max, _expected) = (now, min, max, expected);
        if (_accusers.Length <= expected) _accusers = new ulong[Math.Max(4, expected + 1)];
        _accusers[0] = accuser;
        _accuserCount = 1;
        Deadline = now + (expected >= 1 ? max : min);
    }

    /// <summary>True when this accuser is new and still counts; the deadline has moved then.</summary>
    public bool Confirm(ulong accuser)
    {
        if (Confirmations >= _expected || _accusers.AsSpan(0, _accuserCount).Contains(accuser)) return false;
        _accusers[_accuserCount++] = accuser;
        Deadline = _start + Formulas.SuspicionTotal(Confirmations, _expected, _min, _max);
        return true;
    }
}

/// <summary>The running suspicions of one core, pooled; handles are indexes.</summary>
internal sealed class SuspicionPool
{
    private Suspicion[] _all = [];
    private int _used;
    private int _free = MemberSlot.None;

    public int Count { get; private set; }

    public Suspicion this[int handle] => _all[handle];

    public int Rent()
    {
        Count++;
        if (_free != MemberSlot.None)
        {
            int handle = _free;
            _free = _all[handle].NextFree;
            return handle;
        }

        if (_used == _all.Length) Array.Resize(ref _all, Math.Max(4, _used * 2));
        _all[_used] = new Suspicion();
        return _used++;
    }

    public void Return(int handle)
    {
        Count--;
        _all[handle].NextFree = _free;
        _free = handle;
    }
}
