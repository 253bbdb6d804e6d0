using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.Tests.Watches;

public sealed class WatchHubTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TimerWheel _timers = new();
    private readonly WatchHub _hub;
    private ulong _version = 1;

    public WatchHubTests() => _hub = new WatchHub(_timers);

    public void Dispose() => _timers.Dispose();

    [Fact]
    public async Task Wait_on_a_key_wakes_on_that_key_only()
    {
        Task<WakeReason> waiting = WaitOnKey("a");
        Publish("b");
        Publish("aa");
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, _hub.Sleeping);
        Publish("a");
        Assert.Equal(WakeReason.Changed, await waiting.WaitAsync(Deadline));
        Assert.Equal(0, _hub.Sleeping);
    }

    [Fact]
    public async Task Wait_on_a_prefix_wakes_on_keys_below_it_only()
    {
        Task<WakeReason> waiting = WaitOnPrefix("cfg/");
        Publish("cf");
        Publish("cg/x");
        Assert.False(waiting.IsCompleted);
        Publish("cfg/x");
        Assert.Equal(WakeReason.Changed, await waiting.WaitAsync(Deadline));
    }

    [Theory]
    [InlineData("cfg/", true)]
    [InlineData("cfg/a/", true)]
    [InlineData("c", true)]
    [InlineData("other/", false)]
    public async Task Removed_range_wakes_prefixes_that_overlap_it(string range, bool wakes)
    {
        Task<WakeReason> waiting = WaitOnPrefix("cfg/");
        var changes = new ChangeSet();
        changes.AddRange(WatchTable.Kv, Bytes(range));
        _hub.Publish(changes, ++_version);
        Assert.Equal(wakes, _hub.Sleeping == 0);
        if (!wakes) Publish("cfg/");
        Assert.Equal(WakeReason.Changed, await waiting.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Change_between_reading_and_waiting_is_not_missed()
    {
        ulong seen = _version;
        Publish("a");
        var watches = new WatchSet();
        watches.AddKey(WatchTable.Kv, Bytes("a"));
        Assert.Equal(WakeReason.Changed, await _hub.WaitAsync(watches, seen, Long, default).AsTask().WaitAsync(Deadline));
    }

    [Fact]
    public async Task Timeout_ends_the_wait_and_leaves_nothing_behind()
    {
        var watches = new WatchSet();
        watches.AddKey(WatchTable.Kv, Bytes("a"));
        ValueTask<WakeReason> waiting = _hub.WaitAsync(watches, _version, TimeSpan.FromMilliseconds(30), default);
        Assert.Equal(WakeReason.TimedOut, await waiting.AsTask().WaitAsync(Deadline));
        Assert.Equal(0, _hub.Sleeping);
        Assert.Equal(0, _timers.Scheduled);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_also_when_requested_before()
    {
        using var source = new CancellationTokenSource();
        var watches = new WatchSet();
        watches.AddTable(WatchTable.Nodes);
        Task<WakeReason> waiting = _hub.WaitAsync(watches, _version, Long, source.Token).AsTask();
        source.Cancel();
        Assert.Equal(WakeReason.Cancelled, await waiting.WaitAsync(Deadline));
        Task<WakeReason> late = _hub.WaitAsync(watches, _version, Long, source.Token).AsTask();
        Assert.Equal(WakeReason.Cancelled, await late.WaitAsync(Deadline));
        Assert.Equal(0, _hub.Sleeping);
    }

    [Fact]
    public async Task Restore_wakes_everybody()
    {
        Task<WakeReason>[] waiting = [WaitOnKey("a"), WaitOnPrefix("b"), WaitOnPrefix("")];
        _hub.Abandon(++_version);
        foreach (Task<WakeReason> one in waiting) Assert.Equal(WakeReason.Abandoned, await one.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Waiters_are_reused_through_many_concurrent_rounds_without_a_lost_wake()
    {
        const int Rounds = 2000;
        const int Watchers = 8;
        long counter = 0;
        async Task Watch()
        {
            var watches = new WatchSet();
            for (long seenCounter = 0; seenCounter < Rounds;)
            {
                ulong seen = Volatile.Read(ref _version);
                seenCounter = Volatile.Read(ref counter);
                if (seenCounter >= Rounds) return;
                watches.Clear();
                watches.AddKey(WatchTable.Kv, Bytes("k"));
                WakeReason reason = await _hub.WaitAsync(watches, seen, Long, default);
                Assert.Equal(WakeReason.Changed, reason);
            }
        }

        Task[] tasks = [.. Enumerable.Range(0, Watchers).Select(_ => Task.Run(Watch))];
        await Task.Run(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Interlocked.Increment(ref counter);
                Publish("k");
            }
        });
        await Task.WhenAll(tasks).WaitAsync(Deadline);
        Assert.Equal(0, _hub.Sleeping);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private Task<WakeReason> WaitOnKey(string key)
    {
        var watches = new WatchSet();
        watches.AddKey(WatchTable.Kv, Bytes(key));
        return _hub.WaitAsync(watches, _version, Long, default).AsTask();
    }

    private Task<WakeReason> WaitOnPrefix(string prefix)
    {
        var watches = new WatchSet();
        watches.AddPrefix(WatchTable.Kv, Bytes(prefix));
        return _hub.WaitAsync(watches, _version, Long, default).AsTask();
    }

    private void Publish(string key)
    {
        var changes = new ChangeSet();
        changes.Add(WatchTable.Kv, Bytes(key));
        ulong version = Volatile.Read(ref _version) + 1;
        Volatile.Write(ref _version, version);
        _hub.Publish(changes, version);
    }
}
