using System.Net.Sockets;
using System.Text;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Tests.Agent;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Server.Forwarding;

/// <summary>Two servers with a state each, so that it shows which of them answered: a follower and the leader it knows.</summary>
public sealed class ForwardingTests : IAsyncLifetime
{
    private TestServer _leader = null!;
    private TestServer _follower = null!;
    private TestPort _port = null!;

    public async Task InitializeAsync()
    {
        _leader = await TestServer.StartAsync();
        _port = TestPort.Open(_leader.PortServices);
        _follower = await TestServer.StartAsync(name: "n2");
        _follower.Raft.Role = RaftRole.Follower;
        _follower.Raft.LastContact = DateTimeOffset.UtcNow;
        _follower.Raft.KnownLeader = _follower.Know("n1", _port.Address);
    }

    public async Task DisposeAsync()
    {
        await _follower.DisposeAsync();
        await _port.DisposeAsync();
        await _leader.DisposeAsync();
    }

    [Fact]
    public async Task Writes_and_reads_through_the_follower_are_the_leaders()
    {
        Assert.Equal((200, "true"), Both(await _follower.PutAsync("/v1/kv/a?flags=7", "one")));
        Assert.Equal("one", (await _leader.GetAsync("/v1/kv/a?raw")).Body);
        foreach (string path in new[] { "/v1/kv/a", "/v1/kv/?recurse", "/v1/kv/?keys", "/v1/catalog/nodes", "/v1/health/node/n1", "/v1/kv/none" })
        {
            foreach (string mode in new[] { "", "consistent" })
            {
                string target = path + (path.Contains('?') ? "&" : "?") + mode;
                Reply forwarded = await _follower.GetAsync(target);
                Reply direct = await _leader.GetAsync(target);
                Assert.Equal(Both(direct), Both(forwarded));
                Assert.Equal(Meta(direct), Meta(forwarded));
            }
        }

        Reply transaction = await _follower.PutAsync("/v1/txn", """[{"KV":{"Verb":"set","Key":"b","Value":"Yg=="}},{"KV":{"Verb":"get","Key":"a"}}]""");
        Assert.Equal(200, transaction.Status);
        Assert.Equal("b", (await _leader.GetAsync("/v1/kv/b?raw")).Body);
        Assert.Equal((200, "true"), Both(await _follower.DeleteAsync("/v1/kv/a")));
        Assert.Equal(404, (await _leader.GetAsync("/v1/kv/a")).Status);
        Assert.Equal(1, _follower.Raft.Proposals);
    }

    [Fact]
    public async Task Sessions_live_at_the_leader()
    {
        string session = await _follower.CreateSessionAsync("""{"TTL":"10s"}""");
        Assert.Equal([session], _leader.Reset);
        Reply renewed = await _follower.PutAsync("/v1/session/renew/" + session);
        Assert.Equal(session, renewed.Json[0].GetProperty("ID").GetString());
        Assert.Equal([session, session], _leader.Reset);
        Assert.Equal((200, "true"), Both(await _follower.PutAsync($"/v1/kv/lock?acquire={session}", "1")));
        Assert.Equal((200, "true"), Both(await _follower.PutAsync("/v1/session/destroy/" + session)));
        Assert.Equal([session], _leader.Cleared);
        Assert.Empty(_follower.Reset);
    }

    [Fact]
    public async Task Coordinates_are_collected_by_the_leader()
    {
        const string Place = """{"Node":"n1","Coord":{"Vec":[0,0,0,0,0,0,0,0],"Error":1,"Adjustment":0,"Height":0.1}}""";
        Assert.Equal(200, (await _follower.PutAsync("/v1/coordinate/update", Place)).Status);
        await _leader.Coordinates.FlushAsync();
        Assert.Equal(1, (await _follower.GetAsync("/v1/coordinate/node/n1")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Errors_of_the_leader_come_with_one_prefix_for_each_server_on_the_way()
    {
        Assert.Equal((500, "Missing node registration"), Tail(await _follower.PutAsync("/v1/session/create", """{"Node":"nobody"}"""), "rpc error making call: apply failed: "));
        await using var port = TestPort.Open(_follower.PortServices);
        await using TestServer third = await TestServer.StartAsync(name: "n3");
        third.Raft.Role = RaftRole.Follower;
        third.Raft.KnownLeader = third.Know("n2", port.Address);
        RpcResult<bool> refused = await third.PortServices.Kvs.ApplyAsync(new KvsRequest { Op = KvsOp.Set, DirEnt = new DirEntry { Key = [] } });
        Assert.Equal("rpc error making call: rpc error making call: Must provide key", refused.Error);
    }

    [Theory]
    [InlineData("fwd-kvs-apply.hex")]
    [InlineData("fwd-error.hex")]
    public async Task Caller_of_a_follower_sees_the_recorded_bytes(string file)
    {
        await using var port = TestPort.Open(_follower.PortServices);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(port.Address);
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Vectors", "rpc", file));
        foreach (string line in lines.TakeWhile(static line => !line.Contains("flags=FIN", StringComparison.Ordinal)))
        {
            if (line.StartsWith("C ", StringComparison.Ordinal)) await socket.SendAsync(Convert.FromHexString(line[2..]));
            if (!line.StartsWith("S ", StringComparison.Ordinal)) continue;
            byte[] answer = new byte[(line.Length - 2) / 2];
            for (int read = 0; read < answer.Length;)
            {
                int some = await socket.ReceiveAsync(answer.AsMemory(read)).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
                Assert.NotEqual(0, some);
                read += some;
            }

            Assert.Equal(line[2..].ToUpperInvariant(), Convert.ToHexString(answer));
        }
    }

    [Fact]
    public async Task Stale_reads_are_answered_here_and_say_how_old_they_may_be()
    {
        await _leader.PutAsync("/v1/kv/a", "new");
        Assert.Equal(404, (await _follower.GetAsync("/v1/kv/a?stale")).Status);
        _follower.Raft.LastContact = DateTimeOffset.UtcNow.AddSeconds(-3);
        Reply stale = await _follower.GetAsync("/v1/catalog/nodes?stale");
        Assert.InRange(int.Parse(stale.Header("X-Consul-Lastcontact")!), 3000, 60_000);
        Assert.Equal(("true", "stale"), (stale.Header("X-Consul-Knownleader"), stale.Header("X-Consul-Effective-Consistency")));
        _follower.Raft.KnownLeader = "";
        stale = await _follower.GetAsync("/v1/catalog/nodes?stale");
        Assert.Equal((200, "false"), (stale.Status, stale.Header("X-Consul-Knownleader")));
    }

    [Theory]
    [InlineData("/v1/kv/a")]
    [InlineData("/v1/kv/?recurse")]
    [InlineData("/v1/kv/?keys")]
    [InlineData("/v1/catalog/nodes")]
    [InlineData("/v1/catalog/services")]
    [InlineData("/v1/catalog/service/a")]
    [InlineData("/v1/catalog/node/a")]
    [InlineData("/v1/catalog/node-services/a")]
    [InlineData("/v1/health/node/a")]
    [InlineData("/v1/health/checks/a")]
    [InlineData("/v1/health/state/any")]
    [InlineData("/v1/health/service/a")]
    [InlineData("/v1/session/list")]
    [InlineData("/v1/session/node/a")]
    [InlineData("/v1/session/info/11111111-2222-3333-4444-555555555555")]
    [InlineData("/v1/coordinate/nodes")]
    public async Task Answer_that_is_too_old_is_asked_of_the_leader(string path)
    {
        _follower.Raft.LastContact = DateTimeOffset.UtcNow.AddSeconds(-3);
        string and = path.Contains('?') ? "&" : "?";
        Reply old = await _follower.GetAsync($"{path}{and}max_stale=100s");
        Assert.NotEqual("0", old.Header("X-Consul-Lastcontact"));
        Reply current = await _follower.GetAsync($"{path}{and}max_stale=1s");
        Assert.Equal("0", current.Header("X-Consul-Lastcontact"));
        if (current.Header("X-Consul-Effective-Consistency") is { } mode) Assert.Equal("leader", mode);
        if (old.Header("X-Consul-Effective-Consistency") is { } asked) Assert.Equal("stale", asked);
    }

    [Fact]
    public async Task Configured_staleness_is_kept_as_well()
    {
        _follower.Http.Server.Reload(new Daemon.Http.HttpOptions { DiscoveryMaxStale = TimeSpan.FromSeconds(1), Datacenter = "dc1", NodeName = "n2" });
        Reply fresh = await _follower.GetAsync("/v1/health/state/any");
        Assert.Equal("stale", fresh.Header("X-Consul-Effective-Consistency"));
        _follower.Raft.LastContact = DateTimeOffset.UtcNow.AddSeconds(-3);
        Assert.Equal("leader", (await _follower.GetAsync("/v1/health/state/any")).Header("X-Consul-Effective-Consistency"));
        Assert.Equal("0", (await _follower.GetAsync("/v1/kv/?keys")).Header("X-Consul-Lastcontact"));
    }

    [Fact]
    public async Task Consistent_read_is_confirmed_by_the_leader()
    {
        _leader.Raft.VerifyError = "leadership lost while verifying";
        Assert.Equal((500, "rpc error making call: leadership lost while verifying"), Both(await _follower.GetAsync("/v1/kv/a?consistent")));
        Assert.Equal(404, (await _follower.GetAsync("/v1/kv/a")).Status);
    }

    [Fact]
    public async Task Watch_through_the_follower_sleeps_at_the_leader()
    {
        await _follower.PutAsync("/v1/kv/a", "1");
        ulong index = (await _follower.GetAsync("/v1/kv/a")).Index;
        Task<Reply> watch = _follower.GetAsync($"/v1/kv/a?raw&index={index}&wait=60s");
        await Eventually.TrueAsync(() => _leader.Store.Watches.Sleeping == 1, "the watch sleeps at the leader");
        await _follower.PutAsync("/v1/kv/a", "2");
        Reply woken = await watch.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("2", woken.Body);
        Assert.True(woken.Index > index);
    }

    [Fact]
    public async Task Watch_of_a_client_that_went_is_given_up()
    {
        await _follower.PutAsync("/v1/kv/a", "1");
        ulong index = (await _follower.GetAsync("/v1/kv/a")).Index;
        using (Socket socket = await _follower.Http.ConnectAsync())
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/kv/a?index={index} HTTP/1.1\r\nHost: x\r\n\r\n"));
            await Eventually.TrueAsync(() => _leader.Store.Watches.Sleeping == 1, "the watch sleeps at the leader");
        }

        using var gone = new CancellationTokenSource();
        var request = new KeyRequest { Key = "a"u8.ToArray(), MinQueryIndex = index, Cancellation = gone.Token };
        ValueTask<RpcResult<DirEntry?>> watch = _follower.Services.Kvs.GetAsync(request);
        await Eventually.TrueAsync(() => _leader.Store.Watches.Sleeping == 2, "the second watch sleeps at the leader");
        await gone.CancelAsync();
        RpcResult<DirEntry?> ended = await watch.AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("rpc error making call: context canceled", ended.Error);
        // As in Consul, the leader finds out when the watches fire: it does not answer a stream that is gone.
        await _follower.PutAsync("/v1/kv/a", "2");
        await Eventually.TrueAsync(() => _leader.Store.Watches.Sleeping == 0 && _port.InFlight == 0, "the watches are over");
        Assert.Equal("2", (await _follower.GetAsync("/v1/kv/a?raw")).Body);
    }

    [Fact]
    public async Task Status_is_what_the_follower_knows()
    {
        Assert.Equal($"\"{_follower.Raft.KnownLeader}\"", (await _follower.GetAsync("/v1/status/leader")).Body);
        Assert.Equal($"[\"{FakeConsensus.LeaderAddress}\"]", (await _follower.GetAsync("/v1/status/peers")).Body);
    }

    private static (int Status, string Body) Both(Reply reply) => (reply.Status, reply.Body);

    private static (int Status, string Body) Tail(Reply reply, string prefix)
    {
        Assert.StartsWith(prefix, reply.Body, StringComparison.Ordinal);
        return (reply.Status, reply.Body[prefix.Length..]);
    }

    private static string Meta(Reply reply) => string.Join(' ', new[]
    {
        "X-Consul-Index", "X-Consul-Knownleader", "X-Consul-Lastcontact", "X-Consul-Query-Backend", "X-Consul-Effective-Consistency",
    }.Select(reply.Header));
}
