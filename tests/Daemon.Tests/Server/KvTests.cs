using System.Text;
using Consul.Fast.Daemon.Tests.Http;

namespace Consul.Fast.Daemon.Tests.Server;

public sealed class KvTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Written_key_is_read_back_with_its_metadata()
    {
        Reply put = await _server.PutAsync("/v1/kv/a/b?flags=42", "test");
        Assert.Equal((200, "true"), (put.Status, put.Body));
        Assert.Equal("application/json", put.ContentHeaders.ContentType!.MediaType);
        Assert.Null(put.Header("X-Consul-Index"));

        Reply get = await _server.GetAsync("/v1/kv/a/b");
        Assert.Equal($$"""[{"LockIndex":0,"Key":"a/b","Flags":42,"Value":"dGVzdA==","CreateIndex":{{get.Index}},"ModifyIndex":{{get.Index}}}]""", get.Body);
        Assert.Equal("true", get.Header("X-Consul-Knownleader"));
        Assert.Equal("0", get.Header("X-Consul-Lastcontact"));
        Assert.Equal("blocking-query", get.Header("X-Consul-Query-Backend"));
        Assert.Equal("allow", get.Header("X-Consul-Default-Acl-Policy"));
        Assert.Null(get.Header("X-Consul-Effective-Consistency"));
        Assert.Equal(get.Body.Length, get.ContentHeaders.ContentLength);

        Reply pretty = await _server.GetAsync("/v1/kv/a/b?pretty");
        Assert.StartsWith("[\n    {\n        \"LockIndex\": 0,\n", pretty.Body, StringComparison.Ordinal);
        Assert.EndsWith("}\n]\n", pretty.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_key_is_an_empty_404_with_metadata()
    {
        Reply get = await _server.GetAsync("/v1/kv/none");
        Assert.Equal((404, ""), (get.Status, get.Body));
        Assert.True(get.Index >= 1);
        Assert.Equal("true", get.Header("X-Consul-Knownleader"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task Empty_value_reads_as_null(string? body)
    {
        await _server.PutAsync("/v1/kv/empty", body);
        Assert.Contains("\"Value\":null", (await _server.GetAsync("/v1/kv/empty")).Body, StringComparison.Ordinal);
        Reply raw = await _server.GetAsync("/v1/kv/empty?raw");
        Assert.Equal((200, ""), (raw.Status, raw.Body));
    }

    [Fact]
    public async Task Raw_read_is_the_value_alone()
    {
        await _server.PutAsync("/v1/kv/raw", "<b>");
        Reply raw = await _server.GetAsync("/v1/kv/raw?raw");
        Assert.Equal("<b>", raw.Body);
        Assert.Equal("text/plain", raw.ContentHeaders.ContentType!.ToString());
        Assert.Equal("nosniff", raw.Header("X-Content-Type-Options"));
        Assert.Equal("sandbox", raw.Header("Content-Security-Policy"));
        Assert.Equal(3, raw.ContentHeaders.ContentLength);
    }

    [Fact]
    public async Task Keys_keep_all_bytes_that_a_url_carries()
    {
        foreach (string key in new[] { "Case", "case", "a b", "%C3%A9", "x%22y", "tail/", "a+b", "q%3Fr", "%ff%fe" })
        {
            string target = "/v1/kv/" + key.Replace(" ", "%20", StringComparison.Ordinal);
            Assert.Equal(200, (await _server.Http.SendRawAsync("PUT", target, "v:" + key)).Status);
            Assert.Equal("v:" + key, (await _server.Http.GetRawAsync(target + "?raw")).Body);
        }

        Assert.Contains("\"Key\":\"x\\\"y\"", (await _server.GetAsync("/v1/kv/x%22y")).Body, StringComparison.Ordinal);
        Assert.Contains("\"Key\":\"é\"", (await _server.GetAsync("/v1/kv/é")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_go_by_prefix_in_byte_order()
    {
        foreach (string key in new[] { "web/b", "web/a/1", "web/a/2", "web", "db/x", "web/c/d/e" }) await _server.PutAsync("/v1/kv/" + key, key);
        Reply list = await _server.GetAsync("/v1/kv/web?recurse");
        Assert.Equal(["web", "web/a/1", "web/a/2", "web/b", "web/c/d/e"], list.Json.EnumerateArray().Select(static e => e.GetProperty("Key").GetString()!));
        Assert.Equal("""["web","web/a/1","web/a/2","web/b","web/c/d/e"]""", (await _server.GetAsync("/v1/kv/web?keys")).Body);
        Assert.Equal("""["web/a/","web/b","web/c/"]""", (await _server.GetAsync("/v1/kv/web/?keys&separator=/")).Body);
        Assert.Equal("""["db/","web","web/"]""", (await _server.GetAsync("/v1/kv/?keys&seperator=/&recurse")).Body);
        Assert.Equal((404, ""), Both(await _server.GetAsync("/v1/kv/zzz?recurse")));
        Assert.Equal((404, ""), Both(await _server.GetAsync("/v1/kv/zzz?keys")));
        Assert.True((await _server.GetAsync("/v1/kv/zzz?keys")).Index > 1);
        await _server.DeleteAsync("/v1/kv/?recurse");
        Assert.Equal((200, "[]"), Both(await _server.GetAsync("/v1/kv/?keys")));
        Assert.Equal((404, ""), Both(await _server.GetAsync("/v1/kv/?recurse")));
    }

    [Fact]
    public async Task Compare_and_set_wants_the_stored_index()
    {
        Assert.Equal("true", (await _server.PutAsync("/v1/kv/cas?cas=0", "1")).Body);
        Assert.Equal("false", (await _server.PutAsync("/v1/kv/cas?cas=0", "2")).Body);
        ulong index = (await _server.GetAsync("/v1/kv/cas")).Index;
        Assert.Equal("false", (await _server.PutAsync($"/v1/kv/cas?cas={index + 1}", "2")).Body);
        Assert.Equal("true", (await _server.PutAsync($"/v1/kv/cas?cas={index}", "2")).Body);
        Assert.Equal("2", (await _server.GetAsync("/v1/kv/cas?raw")).Body);
        Assert.Equal("false", (await _server.DeleteAsync("/v1/kv/cas?cas=0")).Body);
        Assert.Equal("false", (await _server.DeleteAsync($"/v1/kv/cas?cas={index}")).Body);
        index = (await _server.GetAsync("/v1/kv/cas")).Index;
        Assert.Equal("true", (await _server.DeleteAsync($"/v1/kv/cas?cas={index}")).Body);
        Assert.Equal("true", (await _server.DeleteAsync("/v1/kv/cas?cas=7")).Body);
    }

    [Fact]
    public async Task Deleting_what_is_not_there_succeeds()
    {
        Assert.Equal("true", (await _server.DeleteAsync("/v1/kv/none")).Body);
        Assert.Equal("true", (await _server.DeleteAsync("/v1/kv/none?recurse")).Body);
    }

    [Fact]
    public async Task Lock_is_held_by_one_session()
    {
        string first = await _server.CreateSessionAsync();
        string second = await _server.CreateSessionAsync();
        Assert.Equal("false", (await _server.PutAsync($"/v1/kv/lock?release={first}", "r")).Body);
        Assert.Equal("true", (await _server.PutAsync($"/v1/kv/lock?acquire={first}", "1")).Body);
        Assert.Equal("true", (await _server.PutAsync($"/v1/kv/lock?acquire={first}", "2")).Body);
        Assert.Equal("false", (await _server.PutAsync($"/v1/kv/lock?acquire={second}", "3")).Body);
        Reply held = await _server.GetAsync("/v1/kv/lock");
        Assert.Equal(first, held.Json[0].GetProperty("Session").GetString());
        Assert.Equal(1, held.Json[0].GetProperty("LockIndex").GetInt32());
        Assert.Equal("false", (await _server.PutAsync($"/v1/kv/lock?release={second}", "4")).Body);
        Assert.Equal("true", (await _server.PutAsync($"/v1/kv/lock?release={first}", "5")).Body);
        Reply free = await _server.GetAsync("/v1/kv/lock");
        Assert.False(free.Json[0].TryGetProperty("Session", out _));
        Assert.Equal(1, free.Json[0].GetProperty("LockIndex").GetInt32());
        Assert.Equal("true", (await _server.PutAsync($"/v1/kv/lock?acquire={second}", "6")).Body);
        Assert.Equal(2, (await _server.GetAsync("/v1/kv/lock")).Json[0].GetProperty("LockIndex").GetInt32());
    }

    [Fact]
    public async Task Lock_delay_refuses_before_the_log()
    {
        string session = await _server.CreateSessionAsync("""{"LockDelay":"20s"}""");
        string other = await _server.CreateSessionAsync();
        await _server.PutAsync($"/v1/kv/delayed?acquire={session}", "1");
        await _server.PutAsync($"/v1/session/destroy/{session}");
        int proposals = _server.Raft.Proposals;
        Assert.Equal("false", (await _server.PutAsync($"/v1/kv/delayed?acquire={other}", "2")).Body);
        Assert.Equal(proposals, _server.Raft.Proposals);
        Assert.Equal("true", (await _server.PutAsync("/v1/kv/delayed", "3")).Body);
    }

    [Theory]
    [InlineData("acquire=", "raft apply failed: missing session")]
    [InlineData("acquire=x", "raft apply failed: failed session lookup: index error: UUID must be 36 characters")]
    [InlineData("acquire=adf4238a-882b-9ddc-4a9d-5b6758e4159e", "raft apply failed: invalid session \"adf4238a-882b-9ddc-4a9d-5b6758e4159e\"")]
    [InlineData("release=", "raft apply failed: missing session")]
    [InlineData("flags=x", "strconv.ParseUint: parsing \"x\": invalid syntax")]
    [InlineData("flags=", "strconv.ParseUint: parsing \"\": invalid syntax")]
    [InlineData("cas=-1", "strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("cas=99999999999999999999", "strconv.ParseUint: parsing \"99999999999999999999\": value out of range")]
    public async Task Bad_parameter_of_a_write_is_a_server_error(string query, string text) =>
        Assert.Equal((500, text), Both(await _server.PutAsync("/v1/kv/k?" + query, "v")));

    [Fact]
    public async Task Bad_request_texts()
    {
        Assert.Equal((400, "Missing key name"), Both(await _server.GetAsync("/v1/kv/")));
        Assert.Equal((400, "Missing key name"), Both(await _server.PutAsync("/v1/kv/", "v")));
        Assert.Equal((400, "Missing key name"), Both(await _server.DeleteAsync("/v1/kv/")));
        Assert.Equal((400, "Conflicting flags: acquire=x&cas=1"), Both(await _server.PutAsync("/v1/kv/k?cas=1&acquire=x", "v")));
        Assert.Equal((400, "Conflicting flags: acquire=a+b%2F&release="), Both(await _server.PutAsync("/v1/kv/k?release&acquire=a%20b/", "v")));
        Assert.Equal((400, "Conflicting flags: cas=1&recurse="), Both(await _server.DeleteAsync("/v1/kv/k?recurse&cas=1")));
        Assert.Equal((400, "Invalid index"), Both(await _server.GetAsync("/v1/kv/k?index=x")));
        Assert.Equal((400, "Invalid wait time"), Both(await _server.GetAsync("/v1/kv/k?wait=5&index=x")));
        Assert.Equal((400, "Invalid max_stale value \"abc\""), Both(await _server.GetAsync("/v1/kv/k?max_stale=abc")));
        Assert.Equal((400, "Cannot specify ?stale with ?consistent, conflicting semantics."), Both(await _server.GetAsync("/v1/kv/k?stale&consistent&wait=x")));
        Assert.Equal((400, "Cannot specify ?cached with ?consistent, conflicting semantics."), Both(await _server.GetAsync("/v1/kv/k?cached&consistent")));
        Assert.Equal((400, "Invalid Cache-Control header."), Both(await _server.GetAsync("/v1/kv/k", ("Cache-Control", "max-age=x"))));
        Assert.Equal(
            (400, "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature"), Both(await _server.GetAsync("/v1/kv/k?ns=x")));
        Assert.Equal(
            (400, "Bad request: Invalid header: \"X-Consul-Namespace\" - Namespaces are a Consul Enterprise feature"),
            Both(await _server.GetAsync("/v1/kv/k", ("X-Consul-Namespace", "x"))));
        Assert.Equal((500, "No path to datacenter"), Both(await _server.GetAsync("/v1/kv/k?dc=other")));
        Assert.Equal((500, "No path to datacenter"), Both(await _server.PutAsync("/v1/kv/k?dc=other", "v")));
        Assert.Equal(200, (await _server.PutAsync("/v1/kv/k?dc=dc1", "v")).Status);
    }

    [Fact]
    public async Task Value_above_the_limit_is_refused_by_its_declared_length()
    {
        const string Text = "Request body(524289 bytes) too large, max size: 524288 bytes. See https://www.consul.io/docs/agent/options.html#kv_max_value_size.";
        Assert.Equal((413, Text), Both(await _server.PutAsync("/v1/kv/big", new byte[524289])));
        Assert.Equal((404, ""), Both(await _server.GetAsync("/v1/kv/big")));
        Assert.Equal((200, "true"), Both(await _server.PutAsync("/v1/kv/big", new byte[524288])));
        Assert.Equal(524288, (await _server.GetAsync("/v1/kv/big?raw")).ContentHeaders.ContentLength);
        Assert.Equal(699052, (await _server.GetAsync("/v1/kv/big")).Json[0].GetProperty("Value").GetString()!.Length);
    }

    [Fact]
    public async Task Chunked_value_escapes_the_limit()
    {
        var head = "PUT /v1/kv/chunked HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
        string chunk = "80000\r\n" + new string('z', 0x80000) + "\r\n";
        RawAnswer answer = await _server.Http.ExchangeAsync(Encoding.ASCII.GetBytes(head + chunk + chunk + "0\r\n\r\n"));
        Assert.Equal((200, "true"), (answer.Status, answer.Body));
        Assert.Equal(0x100000, (await _server.GetAsync("/v1/kv/chunked?raw")).ContentHeaders.ContentLength);
    }

    [Fact]
    public async Task Reads_are_compressed_when_the_client_can()
    {
        await _server.PutAsync("/v1/kv/zip", new string('q', 5000));
        Reply zipped = await _server.GetAsync("/v1/kv/zip", ("Accept-Encoding", "gzip"));
        Assert.Equal("gzip", zipped.ContentHeaders.ContentEncoding.Single());
        Assert.True(zipped.Index > 1);
    }

    [Fact]
    public async Task Without_a_leader_calls_fail_after_the_hold_time()
    {
        await _server.PutAsync("/v1/kv/k", "v");
        await _server.GetAsync("/v1/kv/k?stale");
        _server.Raft.Role = Consul.Fast.Consensus.RaftRole.Follower;
        _server.Raft.LastContact = DateTimeOffset.UtcNow.AddSeconds(-5);
        Assert.Equal((500, "No cluster leader"), Both(await _server.GetAsync("/v1/kv/k")));
        Assert.Equal((500, "No cluster leader"), Both(await _server.PutAsync("/v1/kv/k", "w")));
        Assert.Equal((500, "No cluster leader"), Both(await _server.GetAsync("/v1/kv/k?max_stale=1s")));
        Reply stale = await _server.GetAsync("/v1/kv/k?stale");
        Assert.Equal(200, stale.Status);
        Assert.Equal("false", stale.Header("X-Consul-Knownleader"));
        Assert.InRange(int.Parse(stale.Header("X-Consul-Lastcontact")!), 5000, 60_000);
        Assert.Equal(200, (await _server.GetAsync("/v1/kv/k?max_stale=100s")).Status);
    }

    [Fact]
    public async Task Held_call_goes_on_when_this_server_becomes_leader()
    {
        await using TestServer server = await TestServer.StartAsync(options: new Consul.Fast.Daemon.Server.ServerOptions { RpcHoldTimeout = TimeSpan.FromSeconds(30) });
        server.Raft.Role = Consul.Fast.Consensus.RaftRole.Candidate;
        Task<Reply> put = server.PutAsync("/v1/kv/k", "v");
        Assert.False(put.IsCompleted);
        server.Raft.Role = Consul.Fast.Consensus.RaftRole.Leader;
        Assert.Equal((200, "true"), Both(await put.WaitAsync(TimeSpan.FromSeconds(15))));
    }

    [Fact]
    public async Task Consistent_read_confirms_leadership_and_readiness()
    {
        await _server.PutAsync("/v1/kv/k", "v");
        Assert.Equal(200, (await _server.GetAsync("/v1/kv/k?consistent")).Status);
        _server.Raft.VerifyError = "leadership lost while verifying";
        Assert.Equal((500, "leadership lost while verifying"), Both(await _server.GetAsync("/v1/kv/k?consistent")));
        _server.Raft.VerifyError = null;
        _server.ConsistentReadReady = false;
        Assert.Equal((500, "Not ready to serve consistent reads"), Both(await _server.GetAsync("/v1/kv/k?consistent")));
        Assert.Equal(200, (await _server.GetAsync("/v1/kv/k?stale")).Status);
    }

    [Fact]
    public async Task Default_read_waits_until_a_new_leader_has_applied_what_came_before()
    {
        await using TestServer server = await TestServer.StartAsync(options: new Consul.Fast.Daemon.Server.ServerOptions { RpcHoldTimeout = TimeSpan.FromSeconds(30) });
        await server.PutAsync("/v1/kv/k", "v");
        server.ConsistentReadReady = false;
        Task<Reply> get = server.GetAsync("/v1/kv/k?raw");
        Assert.False(get.IsCompleted);
        server.ConsistentReadReady = true;
        Assert.Equal((200, "v"), Both(await get.WaitAsync(TimeSpan.FromSeconds(15))));
    }

    private static (int Status, string Body) Both(Reply reply) => (reply.Status, reply.Body);
}
