using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Agent.Local;
using Consul.Fast.Daemon.Agent.Sync;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Agent;

public sealed class StateSyncerTests : IAsyncLifetime, IDisposable
{
    private static readonly SyncIntervals Slow = new()
    {
        Full = TimeSpan.FromHours(1),
        Retry = TimeSpan.FromHours(1),
        ServerUp = TimeSpan.Zero,
    };

    private readonly TimerWheel _wheel = new();
    private readonly FakeCatalog _catalog = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LocalState _state;
    private readonly CatalogSync _sync;
    private Task _running = Task.CompletedTask;
    private int _reads;

    public StateSyncerTests()
    {
        _state = new LocalState(new LocalStateOptions("n1", TimeSpan.FromMinutes(5)), _wheel);
        var identity = new NodeIdentity("id-1", "n1", "10.0.0.1", "dc1", null);
        _sync = new CatalogSync(_state, _catalog, _catalog, identity, new TokenStore(), NoMetrics.Instance, NullLogger.Instance);
        _catalog.FailRead = () =>
        {
            Interlocked.Increment(ref _reads);
            return null;
        };
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _sync.Dispose();
        _wheel.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(128, 1)]
    [InlineData(129, 2)]
    [InlineData(256, 2)]
    [InlineData(512, 3)]
    [InlineData(8192, 7)]
    public void Scale_grows_with_the_logarithm_of_the_cluster(int members, int scale) => Assert.Equal(scale, StateSyncer.Scale(members));

    [Fact]
    public async Task Local_change_is_synced_at_once()
    {
        StateSyncer syncer = Start(Slow);
        await Eventually.TrueAsync(() => _catalog.Node is not null, "the first full sync");
        _state.AddService(new NodeService { Id = "web", Service = "web" }, "");
        await Eventually.TrueAsync(() => _catalog.Service("web") is not null, "the change arrives");
        Assert.NotNull(syncer);
    }

    [Fact]
    public async Task Paused_changes_wait_for_the_resume()
    {
        StateSyncer syncer = Start(Slow);
        await Eventually.TrueAsync(() => _catalog.Node is not null, "the first full sync");
        syncer.Pause();
        syncer.Pause();
        _state.AddService(new NodeService { Id = "web", Service = "web" }, "");
        syncer.Resume();
        // What is announced second is looked at when the first has been dealt with.
        await Eventually.TrueAsync(() => !syncer.IsChangeWaiting, "the change is looked at");
        syncer.TriggerChanges();
        await Eventually.TrueAsync(() => !syncer.IsChangeWaiting, "the next look");
        Assert.Null(_catalog.Service("web"));
        syncer.Resume();
        await Eventually.TrueAsync(() => _catalog.Service("web") is not null, "the change arrives");
    }

    [Fact]
    public async Task Full_sync_repeats_and_survives_failures()
    {
        bool fail = true;
        _catalog.FailRead = () => Interlocked.Increment(ref _reads) > 0 && Volatile.Read(ref fail) ? "No cluster leader" : null;
        Start(new SyncIntervals { Full = TimeSpan.FromMilliseconds(20), Retry = TimeSpan.FromMilliseconds(20), ServerUp = TimeSpan.Zero });
        await Eventually.TrueAsync(() => Volatile.Read(ref _reads) > 3, "several tries");
        Assert.Null(_catalog.Node);
        Volatile.Write(ref fail, false);
        await Eventually.TrueAsync(() => _catalog.Node is not null, "success");
        int reads = Volatile.Read(ref _reads);
        await Eventually.TrueAsync(() => Volatile.Read(ref _reads) > reads + 5, "further full syncs");
    }

    [Fact]
    public async Task New_server_brings_a_full_sync_also_after_a_failure()
    {
        bool fail = true;
        _catalog.FailRead = () => Volatile.Read(ref fail) ? "No cluster leader" : null;
        StateSyncer syncer = Start(Slow);
        await Task.Delay(50);
        Volatile.Write(ref fail, false);
        syncer.TriggerFull();
        await Eventually.TrueAsync(() => _catalog.Node is not null, "a full sync");
    }

    private StateSyncer Start(SyncIntervals intervals)
    {
        var syncer = new StateSyncer(_sync, intervals, static () => 1, TimeProvider.System, NullLogger.Instance);
        _state.SyncWanted = syncer.TriggerChanges;
        _running = Task.Run(() => syncer.RunAsync(_stop.Token));
        return syncer;
    }
}
