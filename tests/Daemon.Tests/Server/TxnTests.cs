using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Tests.Http;

namespace Consul.Fast.Daemon.Tests.Server;

public sealed class TxnTests : IAsyncLifetime
{
    private const string UnknownSession = "adf4238a-882b-9ddc-4a9d-5b6758e4159e";

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Writes_report_entries_without_values()
    {
        Reply reply = await _server.PutAsync(
            "/v1/txn", """[{"KV":{"Verb":"set","Key":"a","Value":"dGVzdA==","Flags":7}},{"KV":{"Verb":"get","Key":"a"}},{"KV":{"Verb":"delete","Key":"b"}}]""");
        Assert.Equal(200, reply.Status);
        ulong index = (await _server.GetAsync("/v1/kv/a")).Index;
        Assert.Equal(
            $$$"""{"Results":[{"KV":{"LockIndex":0,"Key":"a","Flags":7,"Value":null,"CreateIndex":{{{index}}},"ModifyIndex":{{{index}}}}},"""
            + $$$"""{"KV":{"LockIndex":0,"Key":"a","Flags":7,"Value":"dGVzdA==","CreateIndex":{{{index}}},"ModifyIndex":{{{index}}}}}],"Errors":null}""",
            reply.Body);
    }

    [Fact]
    public async Task Reads_alone_need_no_log_and_carry_metadata()
    {
        await _server.PutAsync("/v1/kv/r/1", "x");
        await _server.PutAsync("/v1/kv/r/2", "y");
        ulong index = (await _server.GetAsync("/v1/kv/r/1")).Index;
        int proposals = _server.Raft.Proposals;
        Reply reply = await _server.PutAsync(
            "/v1/txn?consistent", $$$"""[{"KV":{"Verb":"get-tree","Key":"r/"}},{"KV":{"Verb":"check-index","Key":"r/1","Index":{{{index}}}}},{"KV":{"Verb":"check-not-exists","Key":"zz"}}]""");
        Assert.Equal(200, reply.Status);
        Assert.Equal(proposals, _server.Raft.Proposals);
        Assert.EndsWith(
            ""","Errors":null,"Index":1,"LastContact":0,"KnownLeader":true,"ConsistencyLevel":"","NotModified":false,"Backend":0}""", reply.Body, StringComparison.Ordinal);
        JsonElement results = reply.Json.GetProperty("Results");
        Assert.Equal(3, results.GetArrayLength());
        Assert.Equal("eA==", results[0].GetProperty("KV").GetProperty("Value").GetString());
        Assert.Equal(JsonValueKind.Null, results[2].GetProperty("KV").GetProperty("Value").ValueKind);
        Assert.Equal("true", reply.Header("X-Consul-Knownleader"));
        Assert.Null(reply.Header("X-Consul-Index"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{}]")]
    [InlineData("null")]
    public async Task Empty_transaction_is_a_read(string body)
    {
        Reply reply = await _server.PutAsync("/v1/txn", body);
        Assert.Equal(200, reply.Status);
        Assert.StartsWith("""{"Results":[],"Errors":null,"Index":1,""", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Verb":"get","Key":"x"}""", "key \"x\" doesn't exist")]
    [InlineData("""{"Verb":"check-not-exists","Key":"have"}""", "key \"have\" exists")]
    [InlineData("""{"Verb":"check-index","Key":"have","Index":1}""", "failed index check for key \"have\", current modify index {index} != 1")]
    [InlineData("""{"Verb":"check-index","Key":"x","Index":1}""", "failed to check index, key \"x\" doesn't exist")]
    [InlineData("""{"Verb":"check-session","Key":"have","Session":"s"}""", "failed session check for key \"have\", current session \"\" != \"s\"")]
    [InlineData("""{"Verb":"check-session","Key":"x","Session":"s"}""", "failed to check session, key \"x\" doesn't exist")]
    [InlineData("""{"Verb":"b","Key":"x"}""", "unknown KV verb \"b\"")]
    [InlineData("""{"Verb":"get","Key":""}""", "Must provide key")]
    [InlineData("""{"Verb":"set"}""", "Must provide key")]
    [InlineData("""{"Verb":"get-tree"}""", "Must provide key")]
    [InlineData("""{"Verb":"get","Key":"x","Namespace":"n"}""", "key \"x\" doesn't exist")]
    [InlineData("""{"Verb":"cas","Key":"have","Index":1}""", "failed to set key \"have\", index is stale")]
    [InlineData("""{"Verb":"delete-cas","Key":"have","Index":1}""", "failed to delete key \"have\", index is stale")]
    [InlineData("""{"Verb":"lock","Key":"have"}""", "missing session")]
    [InlineData("""{"Verb":"lock","Key":"have","Session":"adf4238a-882b-9ddc-4a9d-5b6758e4159e"}""", "invalid session \"adf4238a-882b-9ddc-4a9d-5b6758e4159e\"")]
    [InlineData(
        """{"Verb":"unlock","Key":"have","Session":"adf4238a-882b-9ddc-4a9d-5b6758e4159e"}""",
        "failed to unlock key \"have\", lock isn't held, or is held by another session")]
    public async Task Fault_of_an_operation_discards_all(string operation, string what)
    {
        await _server.PutAsync("/v1/kv/have", "1");
        ulong index = (await _server.GetAsync("/v1/kv/have")).Index;
        what = what.Replace("{index}", index.ToString(), StringComparison.Ordinal);
        foreach (string other in new[] { """{"KV":{"Verb":"get","Key":"have"}}""", """{"KV":{"Verb":"set","Key":"new","Value":"eA=="}}""" })
        {
            Reply reply = await _server.PutAsync("/v1/txn", $$$"""[{{{other}}},{"KV":{{{operation}}}}]""");
            Assert.Equal(409, reply.Status);
            Assert.Equal("application/json", reply.ContentHeaders.ContentType!.MediaType);
            JsonElement error = Assert.Single(reply.Json.GetProperty("Errors").EnumerateArray().ToArray());
            Assert.Equal((1, what), (error.GetProperty("OpIndex").GetInt32(), error.GetProperty("What").GetString()));
            Assert.Equal(JsonValueKind.Null, reply.Json.GetProperty("Results").ValueKind);
        }

        Assert.Equal(404, (await _server.GetAsync("/v1/kv/new")).Status);
    }

    [Fact]
    public async Task Faults_before_the_log_hide_those_in_it()
    {
        Reply reply = await _server.PutAsync("/v1/txn", """[{"KV":{"Verb":"cas","Key":"k","Index":5}},{"KV":{"Verb":"set","Key":""}},{"KV":{"Verb":"delete","Key":""}}]""");
        Assert.Equal("""{"Results":null,"Errors":[{"OpIndex":1,"What":"Must provide key"},{"OpIndex":2,"What":"Must provide key"}]}""", reply.Body);
    }

    [Fact]
    public async Task Lock_delay_fails_the_whole_transaction()
    {
        string holder = await _server.CreateSessionAsync();
        string other = await _server.CreateSessionAsync();
        await _server.PutAsync($"/v1/kv/held?acquire={holder}", "1");
        await _server.PutAsync("/v1/session/destroy/" + holder);
        int proposals = _server.Raft.Proposals;
        Reply reply = await _server.PutAsync("/v1/txn", $$$"""[{"KV":{"Verb":"lock","Key":"held","Session":"{{{other}}}"}}]""");
        Assert.Equal("""{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to lock key \"held\" due to lock delay"}]}""", reply.Body);
        Assert.Equal(proposals, _server.Raft.Proposals);
    }

    [Fact]
    public async Task Catalog_operations_register_and_read()
    {
        Reply set = await _server.PutAsync(
            "/v1/txn",
            """
            [{"Node":{"Verb":"set","Node":{"Node":"t1","Address":"10.0.0.1"}}},
             {"Service":{"Verb":"set","Node":"t1","Service":{"Service":"web","Port":80}}},
             {"Check":{"Verb":"set","Check":{"Node":"t1","CheckID":"c","Name":"c","Status":"passing"}}}]
            """);
        Assert.Equal(200, set.Status);
        Assert.Equal(3, set.Json.GetProperty("Results").GetArrayLength());
        int proposals = _server.Raft.Proposals;
        Reply get = await _server.PutAsync(
            "/v1/txn",
            """
            [{"Node":{"Verb":"get","Node":{"Node":"t1"}}},
             {"Service":{"Verb":"get","Node":"t1","Service":{"ID":"web"}}},
             {"Check":{"Verb":"get","Check":{"Node":"t1","CheckID":"c"}}}]
            """);
        Assert.Equal(200, get.Status);
        Assert.Equal(proposals, _server.Raft.Proposals);
        JsonElement results = get.Json.GetProperty("Results");
        Assert.Equal("10.0.0.1", results[0].GetProperty("Node").GetProperty("Address").GetString());
        Assert.Equal("web", results[1].GetProperty("Service").GetProperty("ID").GetString());
        Assert.Equal("passing", results[2].GetProperty("Check").GetProperty("Status").GetString());
    }

    [Fact]
    public async Task Node_keeps_the_datacenter_it_is_given_even_none()
    {
        Reply reply = await _server.PutAsync("/v1/txn", """[{"Node":{"Verb":"set","Node":{"Node":"t1","Address":"10.0.0.1"}}}]""");
        Assert.Equal("", reply.Json.GetProperty("Results")[0].GetProperty("Node").GetProperty("Datacenter").GetString());
        reply = await _server.PutAsync("/v1/txn", """[{"Node":{"Verb":"set","Node":{"Node":"t1","Address":"10.0.0.1","Datacenter":"x"}}}]""");
        Assert.Equal("x", reply.Json.GetProperty("Results")[0].GetProperty("Node").GetProperty("Datacenter").GetString());
    }

    [Theory]
    [InlineData("""{"Node":{"Verb":"get","Node":{"Node":"z"}}}""", "node \"z\" doesn't exist")]
    [InlineData("""{"Service":{"Verb":"get","Node":"n1","Service":{"ID":"s","Service":"s"}}}""", "service \"s\" on node \"n1\" doesn't exist")]
    [InlineData("""{"Check":{"Verb":"get","Check":{"Node":"n1","CheckID":"c"}}}""", "check \"c\" on node \"n1\" doesn't exist")]
    [InlineData("""{"Check":{"Verb":"get","Check":{"Node":"n1","Namespace":"n"}}}""", "failed check lookup: index error: object is missing a value for this index")]
    [InlineData("""{"Node":{"Verb":"b","Node":{"Node":"n1"}}}""", "unknown Node verb \"b\"")]
    [InlineData("""{"Node":{"Verb":"set","Node":{"Node":""}}}""", "Must provide node")]
    [InlineData("""{"Node":{"Verb":"cas","Node":{"Node":"n1","Address":"1.1.1.1","ModifyIndex":99999}}}""", "failed to set node \"n1\", index is stale")]
    [InlineData("""{"Service":{"Verb":"set","Node":"n1","Service":{"ID":"x"}}}""", "Must provide service name with ID")]
    [InlineData("""{"Service":{"Verb":"delete","Node":"n1","Service":{"ID":"x"}}}""", "Must provide service name with ID")]
    [InlineData("""{"Service":{"Verb":"delete-cas","Node":"n1","Service":{"ID":"x","Service":"y","Address":"::"}}}""", "Invalid service address")]
    [InlineData("""{"Service":{"Verb":"b","Node":"n1","Service":{"ID":"x"}}}""", "Must provide service name with ID")]
    [InlineData("""{"Service":{"Verb":"b","Node":"n1","Service":{"Service":"x"}}}""", "unknown Service verb \"b\"")]
    [InlineData("""{"Check":{"Verb":"cas","Check":{"Node":"none","CheckID":"c"}}}""", "Missing node registration")]
    [InlineData("""{"Check":{"Verb":"cas","Check":{"Node":"none","CheckID":"c","ModifyIndex":7}}}""", "failed to set check \"c\" on node \"none\", index is stale")]
    public async Task Fault_of_a_catalog_operation(string operation, string what)
    {
        Reply reply = await _server.PutAsync("/v1/txn", $"[{operation}]");
        Assert.Equal((409, what), (reply.Status, reply.Json.GetProperty("Errors")[0].GetProperty("What").GetString()));
    }

    [Fact]
    public async Task Limits()
    {
        static string Many(int count) => "[" + string.Join(',', Enumerable.Range(0, count).Select(static i => $$$"""{"KV":{"Verb":"set","Key":"m{{{i}}}"}}""")) + "]";
        Assert.Equal(200, (await _server.PutAsync("/v1/txn", Many(64))).Status);
        Assert.Equal((413, "Transaction contains too many operations (65 > 64)"), Both(await _server.PutAsync("/v1/txn", Many(65))));
        string large = "[" + new string(' ', 524288) + "]";
        const string See = "See https://www.consul.io/docs/agent/options.html#txn_max_req_len.";
        Assert.Equal((413, $"Request body(524290 bytes) too large, max size: 524288 bytes. {See}"), Both(await _server.PutAsync("/v1/txn", large)));
        RawAnswer chunked = await _server.Http.ExchangeAsync(Encoding.ASCII.GetBytes(
            $"PUT /v1/txn HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{large.Length:x}\r\n{large}\r\n0\r\n\r\n"));
        Assert.Equal((413, $"Request body too large, max size: 524288 bytes. {See}"), (chunked.Status, chunked.Body));
        Assert.StartsWith("HTTP/1.1 413 Request Entity Too Large\r\n", chunked.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Value_above_the_limit_names_its_key()
    {
        await using TestServer server = await TestServer.StartAsync(new HttpOptions { KvMaxValueSize = 10, TxnMaxRequestLength = 100_000 });
        string value = Convert.ToBase64String(new byte[11]);
        Reply reply = await server.PutAsync("/v1/txn", $$$"""[{"KV":{"Verb":"set","Key":"k","Value":"{{{value}}}"}}]""");
        Assert.Equal((413, "Value for key \"k\" is too large (11 > 10 bytes)"), Both(reply));
    }

    [Theory]
    [InlineData("", "Failed to parse body: EOF")]
    [InlineData("[", "Failed to parse body: unexpected EOF")]
    [InlineData("""[{"KV":{"Verb":"set","Bogus":1}}]""", "Failed to parse body: json: unknown field \"Bogus\"")]
    [InlineData("""[{"Node":{"Verb":"get","Node":{"Namespace":"x"}}}]""", "Failed to parse body: json: unknown field \"Namespace\"")]
    [InlineData("""[{"Check":{"Verb":"set","Check":{"Interval":"1s"}}}]""", "Failed to parse body: json: unknown field \"Interval\"")]
    [InlineData("""[{"Check":{"Verb":"set","Check":{"Timeout":"1s"}}}]""", "Failed to parse body: json: unknown field \"Timeout\"")]
    [InlineData("""[{"Check":{"Verb":"set","Check":{"ExposedPort":1}}}]""", "Failed to parse body: json: unknown field \"ExposedPort\"")]
    [InlineData(
        """[{"Check":{"Verb":"set","Check":{"Definition":{"Interval":true}}}}]""", "Failed to parse body: strconv.ParseFloat: parsing \"true\": invalid syntax")]
    [InlineData("""[{"KV":{"Verb":"set","Key":"k","Value":"*"}}]""", "Failed to parse body: illegal base64 data at input byte 0")]
    public async Task Malformed_body_is_a_bad_request(string body, string text) =>
        Assert.Equal((400, text), Both(await _server.PutAsync("/v1/txn", body)));

    [Theory]
    [InlineData("index=abc", "Invalid index")]
    [InlineData("wait=abc", "Invalid wait time")]
    [InlineData("index=abc&wait=abc", "Invalid wait time")]
    [InlineData("index=abc&stale&consistent", "Cannot specify ?stale with ?consistent, conflicting semantics.")]
    public async Task Parameters_are_checked_for_reads_alone(string query, string text)
    {
        Assert.Equal((400, text), Both(await _server.PutAsync("/v1/txn?" + query, """[{"KV":{"Verb":"get-tree","Key":"k"}}]""")));
        Assert.Equal(200, (await _server.PutAsync("/v1/txn?" + query, """[{"KV":{"Verb":"set","Key":"k"}}]""")).Status);
    }

    [Fact]
    public async Task Type_of_a_check_is_dropped_and_its_namespace_without_effect()
    {
        Reply reply = await _server.PutAsync(
            "/v1/txn", """[{"Check":{"Verb":"set","Check":{"Node":"n1","CheckID":"c","Type":"http","Namespace":"x","Definition":{"TTL":"5s"}}}}]""");
        JsonElement check = reply.Json.GetProperty("Results")[0].GetProperty("Check");
        Assert.Equal(("", 5_000_000_000), (check.GetProperty("Type").GetString(), check.GetProperty("Definition").GetProperty("TTL").GetInt64()));
    }

    [Fact]
    public async Task Lock_and_unlock_in_one_transaction()
    {
        string session = await _server.CreateSessionAsync();
        Reply reply = await _server.PutAsync(
            "/v1/txn", $$$"""[{"KV":{"Verb":"lock","Key":"l","Value":"eA==","Session":"{{{session}}}"}},{"KV":{"Verb":"check-session","Key":"l","Session":"{{{session}}}"}},{"KV":{"Verb":"unlock","Key":"l","Session":"{{{session}}}"}}]""");
        Assert.Equal(200, reply.Status);
        Assert.Equal(session, reply.Json.GetProperty("Results")[1].GetProperty("KV").GetProperty("Session").GetString());
        Assert.NotEqual(UnknownSession, session);
    }

    private static (int Status, string Body) Both(Reply reply) => (reply.Status, reply.Body);
}
