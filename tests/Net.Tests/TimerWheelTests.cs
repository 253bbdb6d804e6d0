using System.Diagnostics;
using Consul.Fast.Net.Timers;

namespace Consul.Fast.Net.Tests;

public sealed class TimerWheelTests : IDisposable
{
    private readonly TimerWheel _wheel = new();

    public void Dispose() => _wheel.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(45)]
    [InlineData(300)]
    public async Task Entry_fires_once_and_never_early(int milliseconds)
    {
        var entry = new Probe();
        var watch = Stopwatch.StartNew();
        _wheel.Schedule(entry, TimeSpan.FromMilliseconds(milliseconds));
        await entry.Fired.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(watch.ElapsedMilliseconds >= milliseconds, $"after {watch.ElapsedMilliseconds} ms");
        Assert.Equal(1, entry.Count);
        Assert.Equal(0, _wheel.Scheduled);
    }

    [Fact]
    public async Task Cancelled_entry_never_fires()
    {
        var cancelled = new Probe();
        var later = new Probe();
        _wheel.Schedule(cancelled, TimeSpan.FromMilliseconds(40));
        _wheel.Schedule(later, TimeSpan.FromMilliseconds(120));
        Assert.True(_wheel.Cancel(cancelled));
        Assert.False(_wheel.Cancel(cancelled));
        await later.Fired.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, cancelled.Count);
    }

    [Fact]
    public async Task Rescheduling_moves_the_deadline()
    {
        var entry = new Probe();
        var watch = Stopwatch.StartNew();
        _wheel.Schedule(entry, TimeSpan.FromMilliseconds(20));
        _wheel.Schedule(entry, TimeSpan.FromMilliseconds(200));
        await entry.Fired.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(watch.ElapsedMilliseconds >= 200);
        Assert.Equal(1, entry.Count);
    }

    [Fact]
    public async Task Deadlines_beyond_one_turn_of_the_wheel_are_kept_apart()
    {
        var near = new Probe();
        var far = new Probe();
        _wheel.Schedule(far, TimerWheel.Resolution * 600);
        _wheel.Schedule(near, TimerWheel.Resolution * 88);
        await near.Fired.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, far.Count);
        Assert.Equal(1, _wheel.Scheduled);
        Assert.True(_wheel.Cancel(far));
    }

    [Fact]
    public async Task Entries_schedule_themselves_again_from_their_own_callback()
    {
        var entry = new Repeater(_wheel, 5);
        _wheel.Schedule(entry, TimeSpan.Zero);
        await entry.Done.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private sealed class Probe : TimerEntry
    {
        private readonly TaskCompletionSource _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task Fired => _fired.Task;

        public int Count => Volatile.Read(ref _count);

        protected internal override void OnTimer()
        {
            Interlocked.Increment(ref _count);
            _fired.TrySetResult();
        }
    }

    private sealed class Repeater(TimerWheel wheel, int times) : TimerEntry
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = times;

        public Task Done => _done.Task;

        protected internal override void OnTimer()
        {
            if (--_left == 0) _done.TrySetResult();
            else wheel.Schedule(this, TimeSpan.FromMilliseconds(1));
        }
    }
}
