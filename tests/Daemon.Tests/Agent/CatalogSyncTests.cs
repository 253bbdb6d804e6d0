using Consul.Fast.Daemon.Agent.Local;
using Consul.Fast.Daemon.Agent;
using Consul.Fast.Daemon.Agent.Sync;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Agent;

public sealed class CatalogSyncTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly FakeCatalog _catalog = new();
    private readonly TokenStore _tokens = new() { User = "user", Agent = "agent" };
    private readonly LocalState _state;
    private readonly CatalogSync _sync;

    public CatalogSyncTests()
    {
        _wheel = new TimerWheel(_time);
        (_state, _sync) = Create(TimeSpan.FromMinutes(5));
    }

    public void Dispose()
    {
        _sync.Dispose();
        _wheel.Dispose();
    }

    [Fact]
    public async Task First_full_sync_registers_node_service_and_checks()
    {
        _state.Metadata = SortedMap<string>.Create([new("rack", "7")]);
        _state.AddService(Service("web"), "");
        Assert.Null(_state.AddCheck(Check("c1", "web"), ""));
        Assert.Null(_state.AddCheck(Check("disk"), ""));
        Assert.Null(await FullAsync());
        Assert.Equal("id-1", _catalog.Node!.Id);
        Assert.Equal("7", _catalog.Node.Meta![0].Value);
        Assert.Equal(["web"], _catalog.Services.Keys);
        Assert.Equal(["c1", "disk"], _catalog.Checks.Keys);
        // Node, service with its check in one request, node check.
        Assert.Equal(3, _catalog.Registrations.Count);
        Assert.Equal("c1", _catalog.Registrations[1].Check!.CheckId);
        Assert.True(_catalog.Registrations[1].SkipNodeUpdate);
        Assert.Equal("n1", _catalog.Checks["disk"].Node);
    }

    [Fact]
    public async Task Sync_in_step_writes_nothing()
    {
        _state.AddService(Service("web"), "");
        await FullAsync();
        int writes = _catalog.Writes;
        _state.AddService(Service("web"), "");
        Assert.Null(await ChangesAsync());
        Assert.Null(await FullAsync());
        Assert.Equal(writes, _catalog.Writes);
    }

    [Fact]
    public async Task Several_checks_travel_with_their_service_only_with_the_same_token()
    {
        _state.AddService(Service("web"), "secret");
        _state.AddCheck(Check("a", "web"), "secret");
        _state.AddCheck(Check("b", "web"), "secret");
        _state.AddCheck(Check("other", "web"), "else");
        await ChangesAsync();
        RegisterRequest withChecks = _catalog.Registrations.Single(static r => r.Checks is { Count: 2 });
        Assert.Equal("secret", withChecks.Token);
        RegisterRequest alone = _catalog.Registrations.Single(static r => r.Check?.CheckId == "other");
        Assert.Equal("else", alone.Token);
        Assert.Equal("web", alone.Service!.Id);
        Assert.Equal("agent", _catalog.Registrations[0].Token);
    }

    [Fact]
    public async Task Foreign_services_and_checks_are_removed_but_not_the_builtin_ones()
    {
        await FullAsync();
        _catalog.Services["stray"] = Service("stray");
        _catalog.Services["consul"] = Service("consul");
        _catalog.Put(Check("stray-check"));
        _catalog.Put(Check("serfHealth"));
        await FullAsync();
        Assert.Equal(["consul"], _catalog.Services.Keys);
        Assert.Equal(["serfHealth"], _catalog.Checks.Keys);
        Assert.All(_catalog.Deregistrations, static request => Assert.Equal("agent", request.Token));
    }

    [Fact]
    public async Task What_the_catalog_lost_or_changed_is_registered_again()
    {
        _state.AddService(Service("web"), "");
        _state.AddCheck(Check("c1", "web"), "");
        await FullAsync();
        _catalog.Services["web"] = Service("web") with { Port = 1 };
        _catalog.Checks.Remove("c1");
        await FullAsync();
        Assert.Equal(80, _catalog.Services["web"].Port);
        Assert.Equal(["c1"], _catalog.Checks.Keys);
    }

    [Fact]
    public async Task Remote_tags_survive_with_tag_override_only()
    {
        _state.AddService(Service("mine") with { EnableTagOverride = true }, "");
        _state.AddService(Service("theirs"), "");
        await FullAsync();
        foreach (string id in new[] { "mine", "theirs" }) _catalog.Services[id] = _catalog.Services[id] with { Tags = ["remote"] };
        await FullAsync();
        Assert.Equal(["remote"], _catalog.Services["mine"].Tags!);
        Assert.Equal(["remote"], _state.Service("mine")!.Tags!);
        Assert.Equal(["v1"], _catalog.Services["theirs"].Tags!);
    }

    [Fact]
    public async Task Status_changes_sync_at_once_and_outputs_later()
    {
        _state.AddCheck(Check("c1"), "");
        await FullAsync();
        _state.UpdateCheck("c1", "passing", "one");
        await ChangesAsync();
        Assert.Equal("one", _catalog.Checks["c1"].Output);
        _state.UpdateCheck("c1", "passing", "two");
        await ChangesAsync();
        await FullAsync();
        Assert.Equal("two", _state.Check("c1")!.Output);
        Assert.Equal("one", _catalog.Checks["c1"].Output);
        int wanted = 0;
        _state.SyncWanted = () => Interlocked.Increment(ref wanted);
        // At most one and a half intervals.
        _time.Advance(TimeSpan.FromMinutes(8));
        await Eventually.TrueAsync(() => Volatile.Read(ref wanted) > 0, "the deferred output is due");
        await ChangesAsync();
        Assert.Equal("two", _catalog.Checks["c1"].Output);
    }

    [Fact]
    public async Task Outputs_sync_at_once_without_an_update_interval()
    {
        (LocalState state, CatalogSync sync) = Create(TimeSpan.Zero);
        state.AddCheck(Check("c1"), "");
        await sync.SyncChangesAsync(default);
        state.UpdateCheck("c1", "critical", "new");
        await sync.SyncChangesAsync(default);
        Assert.Equal("new", _catalog.Checks["c1"].Output);
        sync.Dispose();
    }

    [Fact]
    public async Task Removal_is_repeated_until_the_servers_confirm_it()
    {
        _state.AddService(Service("web"), "own");
        _state.AddCheck(Check("c1", "web"), "own");
        await FullAsync();
        _state.RemoveService("web");
        _state.RemoveCheck("c1");
        _catalog.FailDeregister = static _ => "No cluster leader";
        Assert.Equal("No cluster leader", await ChangesAsync());
        _catalog.FailDeregister = static _ => null;
        Assert.Null(await ChangesAsync());
        Assert.Empty(_catalog.Services);
        Assert.Empty(_catalog.Checks);
        Assert.All(_catalog.Deregistrations, static request => Assert.Equal("own", request.Token));
        int writes = _catalog.Writes;
        await FullAsync();
        Assert.Equal(writes, _catalog.Writes);
    }

    [Theory]
    [InlineData("Unknown service \"web\"")]
    [InlineData("rpc error making call: Unknown service ID \"web\"")]
    public async Task Unknown_on_removal_counts_as_removed(string error)
    {
        _state.AddService(Service("web"), "");
        _state.RemoveService("web");
        _catalog.FailDeregister = _ => error;
        Assert.Null(await ChangesAsync());
        Assert.Empty(_state.ServiceIdsToSync(all: true));
    }

    [Theory]
    [InlineData("Permission denied")]
    [InlineData("rpc error making call: ACL not found")]
    public async Task Refusals_wait_for_the_next_full_sync(string error)
    {
        await FullAsync();
        _state.AddService(Service("web"), "");
        _state.AddCheck(Check("disk"), "");
        _catalog.FailRegister = _ => error;
        Assert.Null(await ChangesAsync());
        int writes = _catalog.Writes;
        await ChangesAsync();
        Assert.Equal(writes, _catalog.Writes);
        _catalog.FailRegister = static _ => null;
        await FullAsync();
        Assert.Equal(["web"], _catalog.Services.Keys);
        Assert.Equal(["disk"], _catalog.Checks.Keys);
    }

    [Fact]
    public async Task Failure_ends_the_pass_and_the_next_one_repeats_it()
    {
        _state.AddService(Service("a"), "");
        _state.AddService(Service("b"), "");
        _catalog.FailRegister = static request => request.Service?.Id == "a" ? "No cluster leader" : null;
        Assert.Equal("No cluster leader", await ChangesAsync());
        Assert.Empty(_catalog.Services);
        _catalog.FailRegister = static _ => null;
        Assert.Null(await ChangesAsync());
        Assert.Equal(["a", "b"], _catalog.Services.Keys);
    }

    [Fact]
    public async Task Change_during_a_sync_is_not_lost()
    {
        await FullAsync();
        _state.AddService(Service("web"), "");
        _catalog.FailRegister = _ =>
        {
            _catalog.FailRegister = static _ => null;
            _state.AddService(Service("web") with { Port = 99 }, "");
            return null;
        };
        await ChangesAsync();
        await ChangesAsync();
        Assert.Equal(99, _catalog.Services["web"].Port);
    }

    [Fact]
    public async Task Callers_that_wait_together_share_one_pass()
    {
        using var entered = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        await FullAsync();
        _state.AddService(Service("web"), "");
        _catalog.FailRegister = _ =>
        {
            entered.Release();
            release.Wait();
            return "No cluster leader";
        };
        Task<string?> first = Task.Run(ChangesAsync);
        await entered.WaitAsync();
        Task<string?>[] waiting = [.. Enumerable.Range(0, 5).Select(_ => ChangesAsync())];
        release.Release(2);
        Assert.All(await Task.WhenAll(waiting), static error => Assert.Equal("No cluster leader", error));
        Assert.Equal("No cluster leader", await first);
        // The one that ran, and one for all who came meanwhile.
        Assert.Equal(2, _catalog.Registrations.Count(static request => request.Service is not null));
    }

    [Fact]
    public async Task Added_again_before_anybody_was_told_needs_no_write()
    {
        _state.AddService(Service("web"), "");
        _state.AddCheck(Check("c1", "web"), "");
        await FullAsync();
        int writes = _catalog.Writes;
        _state.RemoveCheck("c1");
        _state.RemoveService("web");
        _state.AddService(Service("web"), "");
        _state.AddCheck(Check("c1", "web"), "");
        await ChangesAsync();
        Assert.Equal(writes, _catalog.Writes);
    }

    private (LocalState State, CatalogSync Sync) Create(TimeSpan updateInterval)
    {
        var state = new LocalState(new LocalStateOptions("n1", updateInterval), _wheel);
        var identity = new NodeIdentity("id-1", "n1", "10.0.0.1", "dc1", SortedMap<string>.Create([new("lan", "10.0.0.1")]));
        return (state, new CatalogSync(state, _catalog, _catalog, identity, _tokens, NoMetrics.Instance, NullLogger.Instance));
    }

    private Task<string?> FullAsync() => _sync.SyncFullAsync(CancellationToken.None);

    private Task<string?> ChangesAsync() => _sync.SyncChangesAsync(CancellationToken.None);

    private static NodeService Service(string id) =>
        new() { Id = id, Service = id, Tags = ["v1"], Port = 80, Weights = ServiceWeights.Default };

    private static HealthCheck Check(string id, string service = "") => new()
    {
        Node = "n1",
        CheckId = id,
        Name = id,
        Status = "critical",
        ServiceId = service,
        ServiceName = service,
        ServiceTags = service.Length > 0 ? ["v1"] : null,
    };
}
