namespace Consul.Fast.Net.Timers;

/// <summary>
/// One timer for a whole process: thousands of session, check and wait deadlines share a single operating system timer.
/// Scheduling and cancelling take constant time and allocate nothing; entries are fields of the objects that wait.
/// </summary>
/// <remarks>
/// Thread safe. <see cref="TimerEntry.OnTimer"/> runs on the wheel's thread, outside its lock: it must only hand over to
/// the owner's queue or do a few instructions. A deadline is met within one <see cref="Resolution"/> late, never early.
/// The wheel sleeps for good while nothing is scheduled.
/// </remarks>
public sealed class TimerWheel : IDisposable
{
    public static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(20);

    private const int SlotBits = 9;
    private const int SlotCount = 1 << SlotBits;
    private const int SlotMask = SlotCount - 1;

    private readonly Lock _gate = new();
    private readonly TimerEntry?[] _slots = new TimerEntry?[SlotCount];
    private readonly Timer _timer;
    private readonly TimeProvider _time;
    private readonly long _start;
    private long _currentTick;
    private int _scheduled;
    private bool _running;
    private bool _firing;
    private bool _disposed;

    public TimerWheel(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        _timer = new Timer(static state => ((TimerWheel)state!).OnTick(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>The clock that deadlines follow.</summary>
    public TimeProvider Time => _time;

    /// <summary>Number of entries that wait now.</summary>
    public int Scheduled => Volatile.Read(ref _scheduled);

    /// <summary>Schedules or re-schedules an entry; the earlier deadline of the same entry is forgotten.</summary>
    public void Schedule(TimerEntry entry, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_gate)
        {
            if (_disposed) return;
            Unlink(entry);
            // The clock, not the last tick that was handled: on a busy machine that one is long ago, and the entry would be early.
            long now = TickNow();
            if (!_running) _currentTick = now;
            entry.DueTick = now + Math.Max(1, (long)Math.Ceiling(delay / Resolution) + 1);
            Link(entry);
            if (_running) return;
            _running = true;
            _timer.Change(Resolution, Resolution);
        }
    }

    /// <summary>True when the entry was still waiting and now never fires; false when it has fired, is firing, or never waited.</summary>
    public bool Cancel(TimerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_gate) return Unlink(entry);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private long TickNow() => (long)(_time.GetElapsedTime(_start) / Resolution);

    /// <summary>Fires what is due. The timer's work; tests call it to move on at once.</summary>
    internal void OnTick()
    {
        TimerEntry? due = null;
        lock (_gate)
        {
            // Timer callbacks can overlap; the ticks missed here are caught up by the next one.
            if (_disposed || _firing) return;
            _firing = true;
            long now = TickNow();
            // A suspended process has many ticks to catch up; one turn of the wheel visits every slot.
            long steps = Math.Min(now - _currentTick, SlotCount);
            for (long step = steps - 1; step >= 0; step--) due = TakeDue(now - step, now, due);
            _currentTick = Math.Max(_currentTick, now);
            if (_scheduled == 0)
            {
                _running = false;
                _timer.Change(Timeout.Infinite, Timeout.Infinite);
            }
        }

        while (due is not null)
        {
            TimerEntry entry = due;
            due = entry.NextDue;
            entry.NextDue = null;
            entry.OnTimer();
        }

        lock (_gate) _firing = false;
    }

    private TimerEntry? TakeDue(long slotTick, long now, TimerEntry? due)
    {
        for (TimerEntry? entry = _slots[slotTick & SlotMask]; entry is not null;)
        {
            TimerEntry? next = entry.Next;
            if (entry.DueTick <= now)
            {
                Unlink(entry);
                entry.NextDue = due;
                due = entry;
            }

            entry = next;
        }

        return due;
    }

    private void Link(TimerEntry entry)
    {
        ref TimerEntry? head = ref _slots[entry.DueTick & SlotMask];
        entry.Previous = null;
        entry.Next = head;
        if (head is not null) head.Previous = entry;
        head = entry;
        _scheduled++;
    }

    private bool Unlink(TimerEntry entry)
    {
        if (entry.DueTick == 0) return false;
        if (entry.Previous is null) _slots[entry.DueTick & SlotMask] = entry.Next;
        else entry.Previous.Next = entry.Next;
        if (entry.Next is not null) entry.Next.Previous = entry.Previous;
        entry.Next = null;
        entry.Previous = null;
        entry.DueTick = 0;
        _scheduled--;
        return true;
    }
}

/// <summary>Something that waits on a <see cref="TimerWheel"/>; derive the waiting object itself from it.</summary>
public abstract class TimerEntry
{
    internal TimerEntry? Next;
    internal TimerEntry? Previous;
    internal TimerEntry? NextDue;
    internal long DueTick;

    /// <summary>Called once per schedule, on the wheel's thread.</summary>
    protected internal abstract void OnTimer();
}
