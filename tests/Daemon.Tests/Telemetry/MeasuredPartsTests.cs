using System.Diagnostics;
using System.Net;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Server.Leader;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Consul.Fast.Daemon.Tests.Agent;
using Consul.Fast.Daemon.Tests.Http;
using Consul.Fast.Daemon.Tests.Server;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Telemetry;

/// <summary>The parts report under the names and labels that operators have on their screens.</summary>
public sealed class MeasuredPartsTests
{
    [Fact]
    public async Task Calls_and_commands_are_measured()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutAsync("/v1/kv/a", "1");
        await server.GetAsync("/v1/kv/a?consistent");
        await server.DeleteAsync("/v1/kv/a");
        string session = await server.CreateSessionAsync("""{"TTL":"10s"}""");
        await server.PutAsync("/v1/session/renew/" + session);
        await server.PutAsync("/v1/session/destroy/" + session);
        await server.PutAsync("/v1/catalog/register", """{"Node":"m","Address":"10.0.0.1"}""");
        await server.PutAsync("/v1/catalog/deregister", """{"Node":"m"}""");
        await server.PutAsync("/v1/txn", """[{"KV":{"Verb":"set","Key":"a"}}]""");
        await server.PutAsync("/v1/txn", """[{"KV":{"Verb":"get","Key":"a"}}]""");
        // The first registration is the test server's own.
        Assert.Equal(
            """
            Sample consul.catalog.deregister 1
            Sample consul.catalog.register 1
            Counter consul.client.rpc 10
            Sample consul.fsm.deregister 1
            Sample consul.fsm.kvs;op=delete 1
            Sample consul.fsm.kvs;op=set 1
            Sample consul.fsm.register 2
            Sample consul.fsm.session;op=create 1
            Sample consul.fsm.session;op=destroy 1
            Sample consul.fsm.txn 1
            Sample consul.kvs.apply 2
            Sample consul.rpc.consistentRead 1
            Counter consul.rpc.query 2
            Sample consul.session.apply 2
            Sample consul.session.renew 1
            Sample consul.txn.apply 1
            Sample consul.txn.read 1
            """,
            Shown(server.Metrics));
    }

    [Fact]
    public async Task Requests_are_measured_by_route_and_method()
    {
        var metrics = new MetricsRegistry(new TelemetryConfig(), "host");
        await using HttpTestServer server = await HttpTestServer.StartAsync(routes =>
        {
            routes.Add("/v1/kv/", "GET,PUT", static exchange => Answer(exchange));
            routes.Add("/v1/agent/self", "GET", static exchange => Answer(exchange));
            foreach (Route route in routes.Routes) route.Timings = new RouteTimings(metrics, route.Pattern);
        });
        await server.GetRawAsync("/v1/kv/a");
        await server.GetRawAsync("/v1/kv/b/c");
        await server.SendRawAsync("PUT", "/v1/kv/a");
        await server.SendRawAsync("PUT", "/v1/agent/self");
        await server.SendRawAsync("MADEUP", "/v1/agent/self");
        await server.GetRawAsync("/nowhere");
        Assert.Equal(
            """
            Sample consul.api.http;method=GET;path=v1_kv_ 2
            Sample consul.api.http;method=PUT;path=v1_agent_self 1
            Sample consul.api.http;method=PUT;path=v1_kv_ 1
            Sample consul.http.GET.v1.kv._ 2
            Sample consul.http.PUT.v1.agent.self 1
            Sample consul.http.PUT.v1.kv._ 1
            """,
            Shown(metrics));
    }

    [Fact]
    public async Task Server_tells_how_far_it_is_and_what_it_holds()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.PutAsync("/v1/kv/a", "1");
        await server.PutAsync("/v1/catalog/register", """{"Node":"m","Address":"10.0.0.1","Service":{"ID":"w1","Service":"web"}}""");
        await server.PutAsync("/v1/catalog/register", """{"Node":"m","Address":"10.0.0.1","Service":{"ID":"w2","Service":"web"}}""");
        using var timers = new TimerWheel();
        var metrics = new MetricsRegistry(new TelemetryConfig(), "host");
        await using var members = new OwnPool(
            new Member("n1", IPAddress.Loopback, 8301, [new("role", "consul")], MemberStatus.Alive), keyring: null);
        using var gauges = new ServerGauges(
            server, new SessionTimers(server.Store, server.Commands, timers, NullLogger.Instance), members, metrics);
        gauges.Start();
        await Eventually.TrueAsync(() => Gauge("consul.consul.members.servers") == 1, "the gauges are set");
        Assert.Equal(
            (2.0, 1.0, 2.0, 1.0),
            (Gauge("consul.consul.state.nodes"), Gauge("consul.consul.state.services"), Gauge("consul.consul.state.service_instances"),
                Gauge("consul.consul.state.kv_entries")));
        Assert.Equal(0, Gauge("consul.consul.members.clients"));
        Assert.Equal(0, Gauge("consul.session_ttl.active", ""));
        Assert.Equal(server.Raft.Status.AppliedIndex, Gauge("consul.raft.applied_index", ""));
        Assert.Equal(server.Raft.Status.LastLogIndex, Gauge("consul.raft.last_index", ""));

        double? Gauge(string name, string labels = ";datacenter=dc1") => metrics.All()
            .Where(series => series.Name == name && MetricLabel.Join(series.Labels) == labels).Select(static series => (double?)series.ReadTotals().Gauge)
            .SingleOrDefault();
    }

    [Fact]
    public void Recording_a_labelled_metric_allocates_nothing()
    {
        IMetricSeries series = ((IMetrics)new MetricsRegistry(new TelemetryConfig(), "host")).Series(
            MetricKind.Sample, "fsm.kvs", new MetricLabel("op", "set"));
        for (int i = 0; i < 100; i++) series.RecordSince(Stopwatch.GetTimestamp());
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) series.RecordSince(Stopwatch.GetTimestamp());
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ValueTask Answer(HttpExchange exchange)
    {
        exchange.Empty();
        return default;
    }

    /// <summary>A line for each series that has values: kind, name, labels, number of values.</summary>
    private static string Shown(MetricsRegistry metrics) => string.Join('\n', metrics.All()
        .Select(static series => (Series: series, series.ReadTotals().Count)).Where(static s => s.Count > 0)
        .Select(static s => $"{s.Series.Kind} {s.Series.Name}{MetricLabel.Join(s.Series.Labels)} {s.Count}"));
}
