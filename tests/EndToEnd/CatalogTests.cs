using System.Text.Json;
using Consul.Fast.Tests.Harness;

namespace Consul.Fast.EndToEnd.Tests;

/// <summary>Catalog, health, the local agent and the cluster's own endpoints, through a running agent.</summary>
public sealed class CatalogTests(SharedAgent shared) : IClassFixture<SharedAgent>
{
    private readonly Api _api = shared.Agent.Api;

    [Fact]
    public async Task Server_registers_itself()
    {
        await Until.True(async () => (await _api.Get("/v1/health/service/consul?passing")).Json.GetArrayLength() == 1, "the server in the catalog");
        JsonElement instance = (await _api.Get("/v1/health/service/consul")).Json[0];
        Assert.Equal("n1", instance.GetProperty("Node").GetProperty("Node").GetString());
        Assert.Equal(shared.Agent.ServerPort, instance.GetProperty("Service").GetProperty("Port").GetInt32());
        Assert.Equal("serfHealth", instance.GetProperty("Checks")[0].GetProperty("CheckID").GetString());
        Assert.Equal("""["dc1"]""", (await _api.Get("/v1/catalog/datacenters")).Text);
        Assert.Equal($"\"127.0.0.1:{shared.Agent.ServerPort}\"", (await _api.Get("/v1/status/leader")).Text);
        Assert.Equal($"[\"127.0.0.1:{shared.Agent.ServerPort}\"]", (await _api.Get("/v1/status/peers")).Text);
    }

    [Fact]
    public async Task External_node_is_registered_and_deregistered()
    {
        Answer registered = await _api.Put("/v1/catalog/register", """
            {"Node":"ext","Address":"10.0.0.9","Service":{"Service":"db","Port":5432,"Tags":["primary"]},
             "Check":{"CheckID":"db-up","Name":"up","Status":"passing","ServiceID":"db"}}
            """);
        Assert.Equal("true", registered.Expect(200).Text);
        JsonElement service = (await _api.Get("/v1/catalog/service/db?tag=PRIMARY")).Json[0];
        Assert.Equal("10.0.0.9", service.GetProperty("Address").GetString());
        Assert.Equal(1, (await _api.Get("/v1/health/service/db?passing")).Json.GetArrayLength());
        Assert.Equal(0, (await _api.Get("/v1/health/service/db?tag=other")).Json.GetArrayLength());
        Assert.Equal(1, (await _api.Get("/v1/health/service/db?filter=Node.Node%20==%20ext")).Json.GetArrayLength());
        await _api.Put("/v1/catalog/deregister", """{"Node":"ext"}""");
        Assert.Equal("null", (await _api.Get("/v1/catalog/node/ext")).Expect(200).Text);
        Assert.Equal("[]", (await _api.Get("/v1/catalog/service/db")).Expect(200).Text);
    }

    [Fact]
    public async Task Local_service_reaches_the_catalog_and_follows_its_ttl_check()
    {
        Answer registered = await _api.Put("/v1/agent/service/register", """
            {"Name":"web","ID":"web1","Port":80,"Tags":["v1"],"Meta":{"k":"v"},"Check":{"TTL":"60s","Status":"critical"}}
            """);
        Assert.Empty(registered.Expect(200).Body);
        await Until.True(async () => (await _api.Get("/v1/health/service/web")).Json.GetArrayLength() == 1, "web in the catalog");
        Assert.Equal(0, (await _api.Get("/v1/health/service/web?passing")).Json.GetArrayLength());
        await _api.Put("/v1/agent/check/pass/service:web1?note=fine");
        await Until.True(async () => (await _api.Get("/v1/health/service/web?passing")).Json.GetArrayLength() == 1, "web passing");
        JsonElement check = (await _api.Get("/v1/agent/checks")).Json.GetProperty("service:web1");
        Assert.Equal("fine", check.GetProperty("Output").GetString());
        Assert.Equal("web", (await _api.Get("/v1/agent/services")).Json.GetProperty("web1").GetProperty("Service").GetString());
        await _api.Put("/v1/agent/service/deregister/web1");
        await Until.True(async () => (await _api.Get("/v1/catalog/service/web")).Text == "[]", "web gone");
    }

    [Fact]
    public async Task Session_ends_with_its_ttl_refused_out_of_range()
    {
        Answer bad = await _api.Put("/v1/session/create", """{"TTL":"5s"}""");
        Assert.Equal("Invalid Session TTL '5000000000', must be between [10s=24h0m0s]", bad.Expect(500).Text);
        string id = (await _api.Put("/v1/session/create", """{"ttl":"10s","Name":"s"}""")).Expect(200).Json.GetProperty("ID").GetString()!;
        Assert.Equal("10s", (await _api.Get($"/v1/session/info/{id}")).Json[0].GetProperty("TTL").GetString());
        Assert.Equal(id, (await _api.Put($"/v1/session/renew/{id}")).Json[0].GetProperty("ID").GetString());
        Assert.Equal("true", (await _api.Put($"/v1/session/destroy/{id}")).Text);
        Assert.Equal($"Session id '{id}' not found", (await _api.Put($"/v1/session/renew/{id}")).Expect(404).Text);
        Assert.Equal("[]", (await _api.Get($"/v1/session/info/{id}")).Expect(200).Text);
    }

    [Fact]
    public async Task Raft_configuration_names_the_server()
    {
        JsonElement server = (await _api.Get("/v1/operator/raft/configuration")).Json.GetProperty("Servers")[0];
        Assert.Equal("n1", server.GetProperty("Node").GetString());
        Assert.True(server.GetProperty("Leader").GetBoolean());
        Assert.True(server.GetProperty("Voter").GetBoolean());
    }

    [Theory]
    [InlineData("GET", "/v1/nosuch", 404, "")]
    [InlineData("POST", "/v1/status/leader", 405, "method POST not allowed")]
    [InlineData("HEAD", "/v1/kv/x", 405, "")]
    [InlineData("GET", "/v1/catalog/nodes?dc=zz", 500, "No path to datacenter")]
    [InlineData("GET", "/v1/catalog/nodes?stale&consistent", 400, "Cannot specify ?stale with ?consistent, conflicting semantics.")]
    [InlineData("GET", "/v1/kv/x?index=zz", 400, "Invalid index")]
    [InlineData("GET", "/v1/kv/x?wait=zz", 400, "Invalid wait time")]
    [InlineData("PUT", "/v1/agent/service/deregister/nosuch", 200, "")]
    public async Task Answer_is_as_specified(string method, string path, int status, string text) =>
        Assert.Equal(text, (await _api.Send(new HttpMethod(method), path)).Expect(status).Text);

    [Fact]
    public async Task Every_v1_answer_carries_the_common_headers()
    {
        Answer answer = await _api.Get("/v1/status/leader");
        Assert.Equal("Accept-Encoding", answer.Headers["Vary"]);
        Assert.Equal("allow", answer.Headers["X-Consul-Default-ACL-Policy"]);
        Answer options = await _api.Send(HttpMethod.Options, "/v1/kv/x");
        Assert.Equal("OPTIONS,GET,PUT,DELETE", options.Expect(200).Headers["Allow"].Replace(", ", ",", StringComparison.Ordinal));
    }
}
