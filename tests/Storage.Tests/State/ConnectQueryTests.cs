using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Watches;

namespace Consul.Fast.Storage.Tests.State;

/// <summary>What speaks for a service over the mesh.</summary>
public sealed class ConnectQueryTests : IDisposable
{
    private readonly StateTestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Proxies_and_native_instances_are_found_under_their_destination()
    {
        _bed.Register("b", service: Proxy("p", "web"), checks: StateTestBed.Check("b", "up", serviceId: "p"));
        _bed.Register("a", service: Proxy("q", "WEB"));
        _bed.Register("c", service: StateTestBed.Service("web"));
        _bed.Register("d", service: StateTestBed.Service("web") with { Connect = new ServiceConnect(true, null) });
        Assert.Equal(["a/q", "b/p", "d/web"], Found("Web"));
        IReadOnlyList<CheckServiceNode> health = _bed.State.CheckConnectServiceNodes("web", null).Value;
        Assert.Equal(["a/q", "b/p", "d/web"], health.Select(static i => i.Node.Name + "/" + i.Service.Id));
        Assert.Equal(["up"], health[1].Checks.Select(static c => c.CheckId));
    }

    [Fact]
    public void Instance_leaves_the_answer_when_it_changes_sides_or_goes()
    {
        _bed.Register("n1", service: Proxy("p", "web"));
        _bed.Register("n1", service: Proxy("p", "db"));
        Assert.Empty(Found("web"));
        Assert.Equal(["n1/p"], Found("db"));
        _bed.Register("n1", service: StateTestBed.Service("p"));
        Assert.Empty(Found("db"));
        _bed.Register("n1", service: Proxy("p", "web"));
        _bed.Apply(new DeregisterRequest { Node = "n1" });
        Assert.Empty(Found("web"));
    }

    [Fact]
    public void Snapshot_brings_them_back()
    {
        _bed.Register("n1", service: Proxy("p", "web"));
        using var restored = new StateTestBed();
        restored.Store.Restore(new MemoryStream(_bed.Snapshot()));
        Assert.Single(restored.State.ConnectServiceNodes("web", null).Value);
    }

    [Fact]
    public void Failed_transaction_leaves_no_trace()
    {
        _bed.Register("n1");
        _bed.Apply(
            new TxnOp { Service = new TxnServiceOp("set", "n1", Proxy("p", "web")) },
            new TxnOp { Kv = new TxnKvOp("get", StateTestBed.Entry("none")) });
        Assert.Empty(Found("web"));
    }

    [Fact]
    public void Index_of_instances_is_that_of_the_asked_service_alone()
    {
        _bed.Register("n1", service: StateTestBed.Service("web"));
        _bed.Register("n1", service: Proxy("p", "web"));
        Assert.Equal(1ul, _bed.State.ConnectServiceNodes("web", null).Index);
        _bed.Register("n1", service: Proxy("f", "fresh"));
        Assert.Equal(3ul, _bed.State.ConnectServiceNodes("fresh", null).Index);
        _bed.Register("n2");
        Assert.Equal(4ul, _bed.State.ConnectServiceNodes("fresh", null).Index);
    }

    [Fact]
    public void Index_with_checks_is_the_highest_of_the_services_found()
    {
        _bed.Register("n1", service: StateTestBed.Service("web") with { Connect = new ServiceConnect(true, null) });
        _bed.Register("n2", service: Proxy("p", "web"));
        _bed.Register("n3", service: StateTestBed.Service("other"));
        Assert.Equal(2ul, _bed.State.CheckConnectServiceNodes("web", null).Index);
        _bed.Register("n2", checks: StateTestBed.Check("n2", "c", serviceId: "p"));
        Assert.Equal(4ul, _bed.State.CheckConnectServiceNodes("web", null).Index);
        _bed.Apply(new DeregisterRequest { Node = "n2", ServiceId = "p" });
        _bed.Apply(new DeregisterRequest { Node = "n1", ServiceId = "web" });
        Assert.Equal(6ul, _bed.State.CheckConnectServiceNodes("web", null).Index);
    }

    [Fact]
    public async Task Watchers_wake_for_a_proxy_under_a_new_name_and_not_for_others()
    {
        _bed.Register("n1", service: Proxy("p", "web"));
        foreach (bool checks in new[] { false, true })
        {
            var watches = new WatchSet();
            if (checks) _bed.State.CheckConnectServiceNodes("web", watches);
            else _bed.State.ConnectServiceNodes("web", watches);
            ValueTask<WakeReason> waiting = _bed.WaitAsync(watches);
            _bed.Register("n2", service: Proxy("other", "webx"));
            Assert.False(waiting.IsCompleted);
            _bed.Register("n2", service: Proxy("q" + checks, "web"));
            Assert.Equal(WakeReason.Changed, await waiting);
        }
    }

    private static NodeService Proxy(string id, string destination) => StateTestBed.Service(id, id + "-service") with
    {
        Kind = ServiceKinds.ConnectProxy,
        Proxy = new ServiceProxy { DestinationServiceName = destination },
    };

    private IEnumerable<string> Found(string service) =>
        _bed.State.ConnectServiceNodes(service, null).Value.Select(static i => i.Node.Name + "/" + i.Service.Id);
}
