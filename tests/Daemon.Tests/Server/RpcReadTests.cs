using System.Diagnostics;
using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Tests.Agent.Pools;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Server;

/// <summary>Reads that only other agents ask for.</summary>
public sealed class RpcReadTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private CatalogService _catalog = null!;
    private HealthService _health = null!;
    private KvsService _kvs = null!;
    private InternalService _internal = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _catalog = new CatalogService(_server, _server.Queries, _server.Commands);
        _health = new HealthService(_server, _server.Queries);
        _kvs = new KvsService(_server, _server.Queries, _server.Commands);
        var pool = new FakePool();
        _internal = new InternalService(_server.Queries, new EventService(pool, _server.Gate), new KeyringService(pool, null, "dc1"));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Service_names_come_without_tags()
    {
        await RegisterAsync(new NodeService { Service = "web", Tags = ["a"] });
        await RegisterAsync(new NodeService { Service = "api" });
        RpcResult<IReadOnlyList<string>> names = await _catalog.ServiceListAsync(new DcSpecificRequest());
        Assert.Equal(["api", "web"], names.Value);
        Assert.True(names.Meta.Index > 1);
    }

    [Fact]
    public async Task Instances_are_found_by_address()
    {
        await RegisterAsync(new NodeService { Service = "web", Address = "10.1.1.1" });
        await RegisterAsync(new NodeService
        {
            Service = "api",
            Address = "10.1.1.2",
            TaggedAddresses = SortedMap<ServiceAddress>.Create([new("wan", new ServiceAddress("10.1.1.1", 80))]),
        });
        await RegisterAsync(new NodeService { Service = "other" });
        var request = new ServiceSpecificRequest { ServiceAddress = "10.1.1.1", ServiceTags = ["none"], TagFilter = true };
        RpcResult<IReadOnlyList<ServiceInstance>> found = await _catalog.ServiceNodesAsync(request);
        Assert.Equal(["api", "web"], found.Value.Select(static i => i.Service.Service));
        Assert.All(found.Value, static i => Assert.Equal("n2", i.Node.Name));
        Assert.Equal(1UL, found.Meta.Index);
        Assert.Equal("Must provide service name", (await _catalog.ServiceNodesAsync(new ServiceSpecificRequest())).Error);
    }

    [Fact]
    public async Task Single_tag_of_old_callers_replaces_the_list()
    {
        await RegisterAsync(new NodeService { Service = "web", Tags = ["Old"] });
        var request = new ServiceSpecificRequest { ServiceName = "web", ServiceTag = "old", ServiceTags = ["new"], TagFilter = true };
        Assert.Single((await _catalog.ServiceNodesAsync(request)).Value);
        Assert.Single((await _health.ServiceNodesAsync(request)).Value);
        Assert.Equal("Tag filtering is not supported", (await _health.ServiceChecksAsync(request)).Error);
        request.TagFilter = false;
        request.ServiceTag = "unknown";
        Assert.Single((await _catalog.ServiceNodesAsync(request)).Value);
        Assert.Null((await _health.ServiceChecksAsync(request)).Error);
    }

    [Fact]
    public async Task Over_the_mesh_proxies_and_native_instances_are_found_whatever_tags_are_asked_for()
    {
        await RegisterAsync(new NodeService { Service = "web" });
        await RegisterAsync(new NodeService { Id = "native", Service = "web", Connect = new ServiceConnect(true, null) });
        await RegisterAsync(new NodeService
        {
            Service = "web-proxy",
            Kind = ServiceKinds.ConnectProxy,
            Port = 1,
            Proxy = new ServiceProxy { DestinationServiceName = "Web" },
        });
        var connect = new ServiceSpecificRequest
        {
            ServiceName = "WEB",
            ServiceAddress = "10.0.0.1",
            Connect = true,
            TagFilter = true,
            ServiceTags = ["none"],
        };
        Assert.Equal(["native", "web-proxy"], (await _catalog.ServiceNodesAsync(connect)).Value.Select(static i => i.Service.Id));
        Assert.Equal(["native", "web-proxy"], (await _health.ServiceNodesAsync(connect)).Value.Select(static i => i.Service.Id));
    }

    [Fact]
    public async Task Nothing_is_reachable_through_a_gateway_as_none_can_be_configured()
    {
        await RegisterAsync(new NodeService { Service = "web", Tags = ["a"] });
        var ingress = new ServiceSpecificRequest { ServiceName = "web", Ingress = true };
        RpcResult<IReadOnlyList<CheckServiceNode>> found = await _health.ServiceNodesAsync(ingress);
        Assert.Empty(found.Value);
        Assert.True(found.Meta.Index > 1);
        ingress.ServiceTags = ["a"];
        ingress.TagFilter = true;
        Assert.Single((await _health.ServiceNodesAsync(ingress)).Value);
    }

    [Fact]
    public async Task Unchanged_lists_are_left_out_for_callers_that_allow_it()
    {
        await RegisterAsync(new NodeService { Service = "web" });
        ulong index = (await _catalog.ListNodesAsync(new DcSpecificRequest())).Meta.Index;
        RpcResult<IReadOnlyList<Node>> nodes = await _catalog.ListNodesAsync(Waiting(index, TimeSpan.FromMilliseconds(1)));
        Assert.True(nodes.Meta.NotModified);
        Assert.True(Unset.Is(nodes.Value));
        Assert.Equal(index, nodes.Meta.Index);
        index = (await _catalog.ListServicesAsync(new DcSpecificRequest())).Meta.Index;
        RpcResult<IReadOnlyList<ServiceTags>> services = await _catalog.ListServicesAsync(Waiting(index, TimeSpan.FromMilliseconds(1)));
        Assert.True(services.Meta.NotModified);
        Assert.True(Unset.Is(services.Value));
        DcSpecificRequest strict = Waiting(index, TimeSpan.FromMilliseconds(1));
        strict.AllowNotModified = false;
        services = await _catalog.ListServicesAsync(strict);
        Assert.False(services.Meta.NotModified);
        Assert.Single(services.Value);
    }

    [Fact]
    public async Task List_that_changed_while_it_was_waited_for_comes_whole()
    {
        ulong index = (await _catalog.ListNodesAsync(new DcSpecificRequest())).Meta.Index;
        ValueTask<RpcResult<IReadOnlyList<Node>>> waiting = _catalog.ListNodesAsync(Waiting(index, TimeSpan.FromSeconds(60)));
        await AsleepAsync();
        await RegisterAsync(new NodeService { Service = "web" });
        RpcResult<IReadOnlyList<Node>> nodes = await waiting.AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(nodes.Meta.NotModified);
        Assert.Equal(["n1", "n2"], nodes.Value.Select(static n => n.Name));
    }

    [Theory]
    [InlineData("", "", "a/b a/c/d a/c/e b")]
    [InlineData("", "/", "a/ b")]
    [InlineData("a/", "/", "a/b a/c/")]
    [InlineData("a/c", "/", "a/c/")]
    [InlineData("a/c/", "none", "a/c/d a/c/e")]
    [InlineData("z", "/", "")]
    public async Task Keys_are_listed_like_folders(string prefix, string separator, string expected)
    {
        foreach (string key in new[] { "a/b", "a/c/d", "a/c/e", "b" })
            await _kvs.ApplyAsync(new KvsRequest { Op = KvsOp.Set, DirEnt = new DirEntry { Key = Encoding.UTF8.GetBytes(key) } });
        RpcResult<IReadOnlyList<ReadOnlyMemory<byte>>> keys = await _kvs.ListKeysAsync(
            new KeyListRequest { Prefix = Encoding.UTF8.GetBytes(prefix), Separator = Encoding.UTF8.GetBytes(separator) });
        Assert.Equal(expected, string.Join(' ', keys.Value.Select(static key => Encoding.UTF8.GetString(key.Span))));
        Assert.Equal(expected.Length == 0, Unset.Is(keys.Value));
        Assert.True(keys.Meta.Index > 1);
    }

    [Fact]
    public async Task Service_dump_takes_all_or_one_kind()
    {
        await RegisterAsync(new NodeService { Service = "web", Port = 80 });
        await RegisterAsync(new NodeService
        {
            Kind = "connect-proxy",
            Service = "web-proxy",
            Port = 81,
            Proxy = new ServiceProxy { DestinationServiceName = "web" },
        });
        Assert.Equal(["web", "web-proxy"], await DumpAsync(new ServiceDumpRequest()));
        Assert.Equal(["web", "web-proxy"], await DumpAsync(new ServiceDumpRequest { ServiceKind = "connect-proxy" }));
        Assert.Equal(["web-proxy"], await DumpAsync(new ServiceDumpRequest { ServiceKind = "connect-proxy", UseServiceKind = true }));
        Assert.Equal(["web"], await DumpAsync(new ServiceDumpRequest { UseServiceKind = true }));
        Assert.Empty(await DumpAsync(new ServiceDumpRequest { ServiceKind = "mesh-gateway", UseServiceKind = true }));
        Assert.Equal(["web"], await DumpAsync(new ServiceDumpRequest { Filter = "Service.Port == 80" }));
        RpcResult<IReadOnlyList<CheckServiceNode>> bad = await _internal.ServiceDumpAsync(new ServiceDumpRequest { Filter = "nonsense ==" });
        Assert.NotNull(bad.Error);
    }

    [Fact]
    public async Task Waiting_dump_of_a_kind_wakes_for_that_kind_only()
    {
        await RegisterAsync(new NodeService { Service = "web" });
        var request = new ServiceDumpRequest { UseServiceKind = true };
        request.MinQueryIndex = (await _internal.ServiceDumpAsync(request)).Meta.Index;
        ValueTask<RpcResult<IReadOnlyList<CheckServiceNode>>> waiting = _internal.ServiceDumpAsync(request);
        await AsleepAsync();
        await _kvs.ApplyAsync(new KvsRequest { Op = KvsOp.Set, DirEnt = new DirEntry { Key = "k"u8.ToArray() } });
        Assert.False(waiting.IsCompleted);
        await RegisterAsync(new NodeService { Service = "api" });
        Assert.Equal(2, (await waiting.AsTask().WaitAsync(TimeSpan.FromSeconds(20))).Value.Count);
    }

    [Fact]
    public async Task Status_tells_how_far_the_server_has_come()
    {
        var status = new StatusService(_server);
        Assert.True((await status.PingAsync()).Value);
        RaftStats leader = (await status.RaftStatsAsync()).Value;
        Assert.Equal(("0", 1UL, 1UL), (leader.LastContact, leader.LastIndex, leader.LastTerm));
        _server.Raft.Role = RaftRole.Follower;
        Assert.Equal("never", (await status.RaftStatsAsync()).Value.LastContact);
        _server.Raft.LastContact = DateTimeOffset.UtcNow.AddSeconds(-1);
        Assert.EndsWith("s", (await status.RaftStatsAsync()).Value.LastContact, StringComparison.Ordinal);
    }

    private static DcSpecificRequest Waiting(ulong index, TimeSpan limit) =>
        new() { MinQueryIndex = index, MaxQueryTime = limit, AllowNotModified = true };

    private async Task RegisterAsync(NodeService service)
    {
        var request = new RegisterRequest { Node = "n2", Address = "10.0.0.2", Service = service };
        Assert.Null((await _catalog.RegisterAsync(request)).Error);
    }

    private async Task<IEnumerable<string>> DumpAsync(ServiceDumpRequest request)
    {
        RpcResult<IReadOnlyList<CheckServiceNode>> found = await _internal.ServiceDumpAsync(request);
        Assert.Null(found.Error);
        return found.Value.Select(static i => i.Service.Service);
    }

    private async Task AsleepAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while (_server.Store.Watches.Sleeping != 1)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "the query does not sleep");
            await Task.Delay(10);
        }
    }
}
