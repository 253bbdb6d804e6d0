namespace Consul.Fast.Consensus.Node;

/// <summary>
/// Wakes a loop at one deadline at a time, to the millisecond: the short time-outs of development are too fine for the shared
/// timer wheel. Arming allocates nothing.
/// </summary>
internal sealed class DeadlineTimer : IDisposable
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly SerialLoop _loop;
    private readonly DeadlineItem _item = new();
    private readonly ITimer _timer;
    private TimeSpan? _armed;
    private int _posted;

    public DeadlineTimer(SerialLoop loop, TimeProvider time)
    {
        _loop = loop;
        _timer = time.CreateTimer(
            static state => ((DeadlineTimer)state!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Asks for a <see cref="DeadlineItem"/> at a deadline; an earlier one that is asked for already will do.</summary>
    public void Arm(TimeSpan now, TimeSpan deadline)
    {
        if (_armed is { } armed && armed <= deadline) return;
        _armed = deadline;
        // Never early: the loop would find nothing to do and ask again.
        TimeSpan wait = deadline > now ? Millisecond * Math.Ceiling((deadline - now) / Millisecond) : TimeSpan.Zero;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called by the loop when it processes the item.</summary>
    public void Processed()
    {
        _armed = null;
        Volatile.Write(ref _posted, 0);
    }

    public void Dispose() => _timer.Dispose();

    private void OnDue()
    {
        // The item may still be on its way since the deadline before.
        if (Interlocked.Exchange(ref _posted, 1) == 0) _loop.Post(_item);
    }
}
