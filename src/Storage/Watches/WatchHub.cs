using Consul.Fast.Net.Timers;

namespace Consul.Fast.Storage.Watches;

/// <summary>Where blocking queries sleep. Thread safe.</summary>
public sealed class WatchHub(TimerWheel timers)
{
    /// <summary>
    /// Sleeps until something in <paramref name="watches"/> changes after state version <paramref name="seenVersion"/>.
    /// A change between reading that state and this call wakes at once, so none is missed.
    /// </summary>
    public ValueTask<WakeReason> WaitAsync(WatchSet watches, ulong seenVersion, TimeSpan timeout, CancellationToken cancellation)
    {
        _ = timers;
        throw new NotImplementedException();
    }
}

public enum WakeReason
{
    Changed,
    TimedOut,

    /// <summary>A restored snapshot replaced the whole state: answer with what there is.</summary>
    Abandoned,

    Cancelled,
}
