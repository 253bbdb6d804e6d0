using System.Diagnostics;
using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Behaviour that client programs in the field rely on, one test for each.</summary>
public sealed class ClientTrapTests(SharedAgent shared) : IClassFixture<SharedAgent>
{
    private readonly Api _api = shared.Agent.Api;

    [Theory]
    [InlineData("/v1/kv/trap/absent")]
    [InlineData("/v1/kv/?recurse")]
    [InlineData("/v1/kv/?keys")]
    [InlineData("/v1/catalog/nodes")]
    [InlineData("/v1/catalog/services")]
    [InlineData("/v1/catalog/service/absent")]
    [InlineData("/v1/catalog/node/absent")]
    [InlineData("/v1/catalog/node-services/absent")]
    [InlineData("/v1/health/node/absent")]
    [InlineData("/v1/health/checks/absent")]
    [InlineData("/v1/health/state/any")]
    [InlineData("/v1/health/service/absent")]
    [InlineData("/v1/session/list")]
    [InlineData("/v1/session/node/absent")]
    [InlineData("/v1/session/info/11111111-1111-1111-1111-111111111111")]
    public async Task Index_is_present_and_at_least_one(string path) => Assert.True((await _api.Get(path)).Index >= 1);

    [Theory]
    [InlineData("/v1/kv/trap/quiet")]
    [InlineData("/v1/kv/trap/quiet-tree/?recurse")]
    [InlineData("/v1/health/service/trap-quiet")]
    [InlineData("/v1/catalog/services")]
    public async Task Wait_that_times_out_returns_the_same_index(string path)
    {
        await _api.Put("/v1/kv/trap/quiet", "x");
        await _api.Put("/v1/kv/trap/quiet-tree/a", "x");
        await _api.Put("/v1/catalog/register", """{"Node":"trap-quiet","Address":"10.0.0.1","Service":{"Service":"trap-quiet"}}""");
        ulong index = (await _api.Get(path)).Index;
        Task<Answer> waiting = _api.Get($"{path}{(path.Contains('?') ? '&' : '?')}index={index}&wait=300ms");
        await _api.Put("/v1/kv/trap/elsewhere", Guid.NewGuid().ToString());
        Assert.Equal(index, (await waiting).Index);
    }

    [Fact]
    public async Task Index_never_goes_back_over_restart_and_restore()
    {
        using Agent agent = await Agent.StartAsync(new AgentOptions { NodeName = "trap" });
        await agent.Api.Put("/v1/kv/k", "1");
        Answer archive = await agent.Api.Get("/v1/snapshot");
        for (int i = 0; i < 50; i++) await agent.Api.Put("/v1/kv/k", $"{i}");
        await agent.Api.Put("/v1/kv/gone", "x");
        await agent.Api.Delete("/v1/kv/gone");
        ulong key = (await agent.Api.Get("/v1/kv/k")).Index;
        ulong tree = (await agent.Api.Get("/v1/kv/?recurse")).Index;
        await agent.KillAsync();
        await agent.RestartAsync();
        Assert.Equal(key, (await agent.Api.Get("/v1/kv/k")).Index);
        Assert.True((await agent.Api.Get("/v1/kv/?recurse")).Index >= tree);
        await agent.Api.Put("/v1/snapshot", archive.Body);
        await agent.Api.Put("/v1/kv/after", "1");
        Assert.True((await agent.Api.Get("/v1/kv/?recurse")).Index > tree);
    }

    [Fact]
    public async Task Jitter_is_at_most_a_sixteenth_of_the_wait()
    {
        ulong index = (await _api.Get("/v1/kv/trap/jitter")).Index;
        var watch = Stopwatch.StartNew();
        await _api.Get($"/v1/kv/trap/jitter?index={index + 1_000_000}&wait=1600ms");
        Assert.InRange(watch.ElapsedMilliseconds, 1_550, 1_700 + 250);
    }

    [Theory]
    [InlineData("0.05s")]
    [InlineData("1ms")]
    [InlineData("50ms")]
    [InlineData("0.001m")]
    public async Task Wait_takes_fractions_and_units(string wait)
    {
        ulong index = (await _api.Get("/v1/kv/trap/units")).Index;
        (await _api.Get($"/v1/kv/trap/units?index={index + 1_000_000}&wait={wait}").WaitAsync(TimeSpan.FromSeconds(5))).Expect(404);
    }

    [Fact]
    public async Task Watch_wakes_for_its_key_only()
    {
        await _api.Put("/v1/kv/trap/watch", "1");
        ulong index = (await _api.Get("/v1/kv/trap/watch")).Index;
        Task<Answer> waiting = _api.Get($"/v1/kv/trap/watch?index={index}&wait=30s");
        for (int i = 0; i < 20; i++) await _api.Put($"/v1/kv/trap/other/{i}", "x");
        Assert.False(waiting.IsCompleted);
        await _api.Put("/v1/kv/trap/watch", "2");
        Answer woken = await waiting.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.True(woken.Index > index);
        Assert.Equal("Mg==", woken.Json[0].GetProperty("Value").GetString());
    }

    [Fact]
    public async Task Catalog_and_health_list_instances_in_the_same_order()
    {
        foreach (string node in (string[])["trap-c", "trap-a", "trap-b"])
        {
            for (int i = 3; i > 0; i--)
            {
                await _api.Put("/v1/catalog/register",
                    $"{{\"Node\":\"{node}\",\"Address\":\"10.0.0.1\",\"Service\":{{\"ID\":\"o{i}\",\"Service\":\"trap-order\"}}}}");
            }
        }

        string[] catalog = [.. (await _api.Get("/v1/catalog/service/trap-order")).Json.EnumerateArray()
            .Select(item => $"{item.GetProperty("Node")}/{item.GetProperty("ServiceID")}")];
        string[] health = [.. (await _api.Get("/v1/health/service/trap-order")).Json.EnumerateArray()
            .Select(item => $"{item.GetProperty("Node").GetProperty("Node")}/{item.GetProperty("Service").GetProperty("ID")}")];
        Assert.Equal(9, catalog.Length);
        Assert.Equal(catalog, health);
    }

    [Fact]
    public async Task Several_tags_mean_all_of_them()
    {
        await _api.Put("/v1/catalog/register", """
            {"Node":"trap-tags","Address":"10.0.0.1","Service":{"ID":"1","Service":"trap-tags","Tags":["a","b"]}}
            """);
        await _api.Put("/v1/catalog/register", """
            {"Node":"trap-tags","Address":"10.0.0.1","Service":{"ID":"2","Service":"trap-tags","Tags":["a"]}}
            """);
        Assert.Equal(2, (await _api.Get("/v1/health/service/trap-tags?tag=a")).Json.GetArrayLength());
        Assert.Equal(1, (await _api.Get("/v1/health/service/trap-tags?tag=a&tag=b")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Request_keys_are_case_insensitive_and_durations_free()
    {
        string id = (await _api.Put("/v1/session/create", """{"name":"x","ttl":"10s","lockdelay":"0.001s","BEHAVIOR":"delete"}"""))
            .Expect(200).Json.GetProperty("ID").GetString()!;
        JsonElement session = (await _api.Get($"/v1/session/info/{id}")).Json[0];
        Assert.Equal("delete", session.GetProperty("Behavior").GetString());
        Assert.Equal(1_000_000, session.GetProperty("LockDelay").GetInt64());
        id = (await _api.Put("/v1/session/create", """{"LockDelay":15}""")).Expect(200).Json.GetProperty("ID").GetString()!;
        Assert.Equal(15_000_000_000, (await _api.Get($"/v1/session/info/{id}")).Json[0].GetProperty("LockDelay").GetInt64());
        (await _api.Put("/v1/agent/service/register", """{"name":"trap-case","check":{"ttl":60000000000}}""")).Expect(200);
    }

    [Fact]
    public async Task Service_id_with_a_slash_arrives_percent_encoded()
    {
        (await _api.Put("/v1/agent/service/register", """{"Name":"trap-slash","ID":"pg/db 1","Check":{"TTL":"60s"}}""")).Expect(200);
        (await _api.Put("/v1/agent/check/pass/service:pg%2Fdb%201")).Expect(200);
        Assert.Equal("trap-slash", (await _api.Get("/v1/agent/service/pg%2Fdb%201")).Expect(200).Json.GetProperty("Service").GetString());
        (await _api.Put("/v1/agent/service/deregister/pg%2Fdb%201")).Expect(200);
        (await _api.Get("/v1/agent/service/pg%2Fdb%201")).Expect(404);
    }

    [Fact]
    public async Task Failed_transaction_lists_its_errors()
    {
        await _api.Put("/v1/txn", """[{"KV":{"Verb":"cas","Index":0,"Key":"trap/row","Value":"MQ=="}}]""");
        Answer second = await _api.Put("/v1/txn", """
            [{"KV":{"Verb":"cas","Index":0,"Key":"trap/version","Value":"MQ=="}},{"KV":{"Verb":"cas","Index":0,"Key":"trap/row","Value":"Mg=="}}]
            """);
        JsonElement body = second.Expect(409).Json;
        Assert.Equal(JsonValueKind.Null, body.GetProperty("Results").ValueKind);
        Assert.Equal(1, body.GetProperty("Errors")[0].GetProperty("OpIndex").GetInt32());
        Assert.Equal("failed to set key \"trap/row\", index is stale", body.GetProperty("Errors")[0].GetProperty("What").GetString());
        (await _api.Get("/v1/kv/trap/version")).Expect(404);
    }

    [Fact]
    public async Task Keys_keep_their_case()
    {
        await _api.Put("/v1/kv/trap/Case", "upper");
        await _api.Put("/v1/kv/trap/case", "lower");
        Assert.Equal("upper", (await _api.Get("/v1/kv/trap/Case?raw")).Text);
        Assert.Equal("lower", (await _api.Get("/v1/kv/trap/case?raw")).Text);
    }

    [Theory]
    [InlineData("/v1/session/create", """{"TTL":"1s"}""", 500, "Invalid Session TTL")]
    [InlineData("/v1/kv/trap/l?acquire=11111111-1111-1111-1111-111111111111", "x", 500, "raft apply failed: invalid session")]
    [InlineData("/v1/session/renew/11111111-1111-1111-1111-111111111111", "", 404, "Session id '11111111-1111-1111-1111-111111111111' not found")]
    [InlineData("/v1/agent/check/pass/trap-nope", "", 500, "CheckID \"trap-nope\" does not have associated TTL")]
    [InlineData("/v1/agent/check/update/trap-nope", """{"Status":"passing"}""", 500, "CheckID \"trap-nope\" does not have associated TTL")]
    public async Task Texts_that_programs_match_are_kept(string path, string body, int status, string start) =>
        Assert.StartsWith(start, (await _api.Put(path, body)).Expect(status).Text);

    [Fact]
    public async Task Too_large_is_said_so()
    {
        Assert.Contains("too large", (await _api.Put("/v1/kv/trap/large", new byte[524_289])).Expect(413).Text);
        string operations = string.Join(',', Enumerable.Repeat("""{"KV":{"Verb":"get","Key":"trap/row"}}""", 65));
        Assert.Equal("Transaction contains too many operations (65 > 64)", (await _api.Put("/v1/txn", $"[{operations}]")).Expect(413).Text);
    }

    [Fact]
    public async Task Registration_repeated_moves_no_index()
    {
        const string service = """{"Name":"trap-same","Port":80,"Tags":["a"],"Check":{"TTL":"60s","Status":"passing"}}""";
        await _api.Put("/v1/agent/service/register", service);
        await Until.True(async () => (await _api.Get("/v1/health/service/trap-same?passing")).Json.GetArrayLength() == 1, "trap-same");
        ulong index = (await _api.Get("/v1/health/service/trap-same")).Index;
        for (int i = 0; i < 20; i++) (await _api.Put("/v1/agent/service/register", service)).Expect(200);
        Assert.Equal(index, (await _api.Get("/v1/health/service/trap-same")).Index);
        Assert.Equal("passing", (await _api.Get("/v1/agent/checks")).Json.GetProperty("service:trap-same").GetProperty("Status").GetString());
    }

    [Fact]
    public async Task Agent_writes_by_get_are_refused()
    {
        Answer answer = await _api.Get("/v1/agent/service/deregister/x");
        Assert.Equal("method GET not allowed", answer.Expect(405).Text);
        Assert.Equal("OPTIONS,PUT", answer.Headers["Allow"].Replace(", ", ",", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Datacenter_is_where_programs_look_for_it()
    {
        JsonElement config = (await _api.Get("/v1/agent/self")).Json.GetProperty("Config");
        Assert.Equal("dc1", config.GetProperty("Datacenter").GetString());
        Assert.Equal("n1", config.GetProperty("NodeName").GetString());
        Assert.Equal("1.10.12", config.GetProperty("Version").GetString());
    }
}
