using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Net;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Client;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Server.Forwarding;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Consul.Fast.Daemon.Tests.Agent.Pools;
using Consul.Fast.Daemon.Tests.Http;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Snapshots;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Server;

/// <summary>
/// The RPC services over a real state and a consensus of one, behind the real routes of calls and the real HTTP interface.
/// </summary>
internal sealed class TestServer : IServerContext, ISessionTimers, IAsyncDisposable
{
    private readonly TimerWheel _timers = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, ServerTags> _servers = [];
    private readonly RpcPool _pool;
    private readonly KeyringService _keyrings;
    private readonly SnapshotService _snapshots;
    private HttpTestServer _http = null!;

    private TestServer(ServerOptions options, TimeProvider time, string name)
    {
        Options = options;
        Time = time;
        NodeName = name;
        Store = new StateStore(new WatchHub(_timers), TimeProvider.System, Metrics);
        Snapshots = new MemorySnapshotStore(TimeProvider.System);
        Raft = new FakeConsensus(Store, Snapshots);
        Commands = new CommandProposer(Raft);
        Gate = new LeaderGate(this);
        Queries = new BlockingQuery(this, Gate);
        Coordinates = new CoordinateBatcher(Commands, TimeSpan.FromHours(1), Time, NullLogger.Instance);
        _keyrings = new KeyringService(Lan, wan: null, Datacenter);
        _snapshots = new SnapshotService(this, Gate, Snapshots, Path.GetTempPath(), Retake, NullLogger.Instance);
        Local = ServerServices.Create(
            this, Gate, Commands, this, new OperatorService(this, Commands, Autopilot, NullLogger.Instance), _snapshots,
            new EventService(Lan, Gate), _keyrings, Coordinates, new WanMap(null, Datacenter));
        var dialer = new RpcDialer(new TcpDialer());
        _pool = new RpcPool(dialer, new RpcPoolSettings { Datacenter = Datacenter }, _timers, NullLogger.Instance);
        var route = new LeaderRoute(this, Gate, _servers.GetValueOrDefault, NullLogger.Instance);
        var leader = new LeaderCaller(route, _pool, options.RpcHoldTimeout, Time, _stopping.Token);
        var archives = new SnapshotCaller(dialer, Datacenter);
        Services = RoutedServices.Create(Local, leader, archives, new OwnCalls(OwnLimit, Metrics));
        PortServices = RoutedServices.Create(Local, leader, archives, own: null);
    }

    /// <summary>What it answers itself.</summary>
    public RpcServices Local { get; }

    /// <summary>As the HTTP interface asks.</summary>
    public RpcServices Services { get; }

    /// <summary>As other agents ask.</summary>
    public RpcServices PortServices { get; }

    public FakePool Lan { get; } = new();

    /// <summary>Bounds what the HTTP interface asks.</summary>
    public RateLimiter OwnLimit { get; } = new(-1, 0);

    public MetricsRegistry Metrics { get; } = new(new TelemetryConfig(), "host");

    public StateStore Store { get; }

    public FakeConsensus Raft { get; }

    public MemorySnapshotStore Snapshots { get; }

    public CommandProposer Commands { get; }

    public LeaderGate Gate { get; }

    public BlockingQuery Queries { get; }

    public FakeAutopilot Autopilot { get; } = new();

    /// <summary>Writes when a test says so.</summary>
    public CoordinateBatcher Coordinates { get; }

    public bool CoordinatesDisabled { get; set; }

    public ServerOptions Options { get; }

    public TimeProvider Time { get; }

    public string Datacenter => "dc1";

    public string NodeName { get; }

    public bool ConsistentReadReady { get; set; } = true;

    public bool IsLeaving { get; set; }

    /// <summary>Sessions whose limit was started, in order.</summary>
    public List<string> Reset { get; } = [];

    public List<string> Cleared { get; } = [];

    /// <summary>How often the leader's take-over was run again.</summary>
    public int Retaken { get; private set; }

    public HttpTestServer Http => _http;

    IConsensus IServerContext.Consensus => Raft;

    IMetrics IServerContext.Metrics => Metrics;

    public static async Task<TestServer> StartAsync(
        HttpOptions? http = null, ServerOptions? options = null, TimeProvider? time = null, string name = "n1")
    {
        var server = new TestServer(
            options ?? new ServerOptions { RpcHoldTimeout = TimeSpan.FromMilliseconds(300) }, time ?? TimeProvider.System, name);
        server._http = await HttpTestServer.StartAsync(server.Map, (http ?? new HttpOptions()) with { NodeName = "n1", Datacenter = "dc1" });
        var node = new RegisterRequest
        {
            Datacenter = "dc1",
            Node = "n1",
            Address = "127.0.0.1",
            Check = new HealthCheck { Node = "n1", CheckId = "serfHealth", Name = "Serf Health Status", Status = CheckStatus.Passing },
        };
        Assert.Null(ProposalError.Of(await server.Commands.ProposeAsync(node)));
        return server;
    }

    /// <summary>Puts a server into the pool that takes calls at an address.</summary>
    /// <returns>The address as Raft names it.</returns>
    public string Know(string name, IPEndPoint address)
    {
        string text = ServerLookup.AddressText(address);
        _servers[text] = new ServerTags
        {
            Name = name,
            ShortName = name,
            Id = FakeConsensus.ServerId,
            Datacenter = Datacenter,
            Segment = "",
            Address = address,
            Version = 2,
            Build = "1.10.12",
        };
        return text;
    }

    /// <summary>Takes a server out of the pool.</summary>
    public void Forget(string address) => _servers.Remove(address);

    /// <summary>As at the beginning of a shutdown: what is held ends.</summary>
    public Task StopHoldingAsync() => _stopping.CancelAsync();

    public ServerIdentity? FindServer(string raftId) => raftId == FakeConsensus.ServerId ? new ServerIdentity("n1", "3") : null;

    void ISessionTimers.Reset(Session session) => Reset.Add(session.Id);

    void ISessionTimers.Clear(string sessionId) => Cleared.Add(sessionId);

    public Task<Reply> GetAsync(string target, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, target, null, headers);

    public Task<Reply> PutAsync(string target, string? body = null) => SendAsync(HttpMethod.Put, target, body is null ? null : Encoding.UTF8.GetBytes(body));

    public Task<Reply> PutAsync(string target, byte[] body) => SendAsync(HttpMethod.Put, target, body);

    public Task<Reply> DeleteAsync(string target) => SendAsync(HttpMethod.Delete, target, null);

    public async Task<Reply> SendAsync(HttpMethod method, string target, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, target);
        if (body is not null) request.Content = new ByteArrayContent(body);
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await _http.Client.SendAsync(request);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    /// <summary>Creates a session and returns its id.</summary>
    public async Task<string> CreateSessionAsync(string body = "{}")
    {
        Reply created = await PutAsync("/v1/session/create", body);
        Assert.Equal(200, created.Status);
        return JsonDocument.Parse(created.Body).RootElement.GetProperty("ID").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _http.DisposeAsync();
        await _pool.DisposeAsync();
        _snapshots.Dispose();
        _keyrings.Dispose();
        _stopping.Dispose();
        _timers.Dispose();
    }

    private ValueTask<string?> Retake(CancellationToken cancellation)
    {
        Retaken++;
        return default;
    }

    private void Map(RouteTable routes)
    {
        new KvArea(Services.Kvs).Map(routes);
        new SessionArea(Services.Session).Map(routes);
        new TxnArea(Services.Txn).Map(routes);
        new CatalogArea(Services.Catalog).Map(routes);
        new HealthArea(Services.Health).Map(routes);
        new CoordinateArea(Services.Coordinate, () => CoordinatesDisabled).Map(routes);
        new StatusArea(Services.Status).Map(routes);
        new OperatorRaftArea(Services.Operator).Map(routes);
        new OperatorAutopilotArea(Services.Operator).Map(routes);
        new SnapshotArea(Services.Snapshot).Map(routes);
    }
}

internal sealed record Reply(int Status, string Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public ulong Index => ulong.Parse(Headers.GetValues("X-Consul-Index").Single());

    public string? Header(string name) => Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
