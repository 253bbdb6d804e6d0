namespace Consul.Fast.Daemon.Tests.Leader;

/// <summary>A clock on which time passes a hundred times as fast, timers included.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private const int Factor = 100;

    private readonly DateTimeOffset _start = System.GetUtcNow();
    private readonly long _began = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _start + (System.GetElapsedTime(_began) * Factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Hurried(dueTime), Hurried(period));

    private static TimeSpan Hurried(TimeSpan time) => time > TimeSpan.Zero ? time / Factor : time;
}
