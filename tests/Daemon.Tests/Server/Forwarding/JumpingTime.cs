namespace Consul.Fast.Daemon.Tests.Server.Forwarding;

/// <summary>A clock that jumps to the end of every pause, so that seconds of waiting take none.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long _ticks;

    /// <summary>Pauses so far.</summary>
    public int Pauses { get; private set; }

    public TimeSpan Elapsed => new(Volatile.Read(ref _ticks));

    /// <summary>Runs at the beginning of a pause, given its number from 1.</summary>
    public Action<int>? OnPause { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Pauses++;
        OnPause?.Invoke(Pauses);
        Interlocked.Add(ref _ticks, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
