using Consul.Fast.Net.Timers;

namespace Consul.Fast.Storage.Watches;

/// <summary>
/// Where blocking queries sleep, and what wakes exactly those that a change concerns. Thread safe. A sleeping waiter is
/// one small object: no thread, no timer, no buffer.
/// </summary>
public sealed class WatchHub(TimerWheel timers)
{
    /// <summary>Waiters kept for reuse; beyond a burst of this size the collector gets them back.</summary>
    private const int PooledWaiters = 4096;

    private static readonly int TableCount = Enum.GetValues<WatchTable>().Length;

    private readonly Lock _gate = new();
    private readonly TopicIndex[] _tables = [.. Enumerable.Range(0, TableCount).Select(static _ => new TopicIndex())];
    private readonly Stack<Waiter> _pool = new();
    private readonly List<TopicList> _matches = [];
    private int _sleeping;
    private ulong _publishedVersion;

    /// <summary>Number of queries asleep.</summary>
    public int Sleeping => Volatile.Read(ref _sleeping);

    /// <summary>
    /// Sleeps until something in <paramref name="watches"/> changes after state version <paramref name="seenVersion"/>.
    /// A change between reading that state and this call wakes at once, so none is missed; the set may be reused as soon
    /// as the call returns. The result must be awaited exactly once.
    /// </summary>
    public ValueTask<WakeReason> WaitAsync(WatchSet watches, ulong seenVersion, TimeSpan timeout, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(watches);
        Waiter waiter;
        ValueTask<WakeReason> task;
        lock (_gate)
        {
            if (_publishedVersion > seenVersion) return ValueTask.FromResult(WakeReason.Changed);
            if (!_pool.TryPop(out waiter!)) waiter = new Waiter(this);
            foreach (WatchTopic topic in watches.Topics) _tables[(int)topic.Table].Subscribe(topic, waiter);
            waiter.Sleeping = true;
            waiter.Deadline = timers.Time.GetTimestamp() + (long)(timeout.TotalSeconds * timers.Time.TimestampFrequency);
            _sleeping++;
            task = waiter.Task;
            timers.Schedule(waiter, timeout);
            // Registered under the lock so that the waiter cannot be woken and reused before the registration is stored;
            // a token that is cancelled already calls back on this thread, which may enter the lock again.
            waiter.Cancellation = cancellation.UnsafeRegister(static state => ((Waiter)state!).Hub.OnCancelled((Waiter)state), waiter);
        }

        return task;
    }

    /// <summary>
    /// Wakes the waiters that a batch concerns. Called after the state of <paramref name="version"/> is visible to
    /// readers, by the loop that applies the log.
    /// </summary>
    public void Publish(ChangeSet changes, ulong version)
    {
        ArgumentNullException.ThrowIfNull(changes);
        List<Waiter>? woken = null;
        lock (_gate)
        {
            _publishedVersion = version;
            if (_sleeping == 0) return;
            foreach (WatchTopic change in changes.Changes)
            {
                _tables[(int)change.Table].Match(change, _matches);
                woken = Wake(WakeReason.Changed, woken);
            }
        }

        Complete(woken);
    }

    /// <summary>Wakes everybody: a restored snapshot replaced the state by that of <paramref name="version"/>.</summary>
    public void Abandon(ulong version)
    {
        List<Waiter>? woken = null;
        lock (_gate)
        {
            _publishedVersion = version;
            foreach (TopicIndex table in _tables) table.MatchAll(_matches);
            woken = Wake(WakeReason.Abandoned, woken);
        }

        Complete(woken);
    }

    internal void OnDeadline(Waiter waiter)
    {
        lock (_gate)
        {
            // The wheel's late call for an earlier wait of a reused waiter must not end the present one.
            if (!waiter.Sleeping || timers.Time.GetTimestamp() < waiter.Deadline) return;
            Detach(waiter, WakeReason.TimedOut);
        }

        waiter.Complete();
    }

    internal void OnCancelled(Waiter waiter)
    {
        lock (_gate)
        {
            if (!waiter.Sleeping) return;
            Detach(waiter, WakeReason.Cancelled);
        }

        waiter.Complete();
    }

    /// <summary>Takes a waiter back once its result has been read.</summary>
    internal void Release(Waiter waiter)
    {
        timers.Cancel(waiter);
        // Waits for a callback that is running, so that it cannot reach the waiter's next wait.
        waiter.Cancellation.Dispose();
        waiter.Cancellation = default;
        lock (_gate)
        {
            if (_pool.Count < PooledWaiters) _pool.Push(waiter);
        }
    }

    private List<Waiter>? Wake(WakeReason reason, List<Waiter>? woken)
    {
        foreach (TopicList list in _matches)
        {
            while (list.First is { } subscription)
            {
                Detach(subscription.Waiter, reason);
                (woken ??= []).Add(subscription.Waiter);
            }
        }

        _matches.Clear();
        return woken;
    }

    private void Detach(Waiter waiter, WakeReason reason)
    {
        waiter.Sleeping = false;
        waiter.Reason = reason;
        _sleeping--;
        for (int i = 0; i < waiter.SubscriptionCount; i++) waiter.Subscriptions[i].Unsubscribe();
        waiter.SubscriptionCount = 0;
    }

    private static void Complete(List<Waiter>? woken)
    {
        if (woken is null) return;
        foreach (Waiter waiter in woken) waiter.Complete();
    }
}

/// <summary>Why a sleeping query goes on.</summary>
public enum WakeReason
{
    /// <summary>Something it read may have changed: run again, compare the index.</summary>
    Changed,

    /// <summary>Its time is over: answer with what there is.</summary>
    TimedOut,

    /// <summary>A restored snapshot replaced the whole state: answer with what there is.</summary>
    Abandoned,

    /// <summary>The caller has gone.</summary>
    Cancelled,
}
