using Consul.Fast.Daemon.Tests.Http;

namespace Consul.Fast.Daemon.Tests.Agent;

public sealed class AgentCheckEndpointTests : IAsyncLifetime
{
    private AgentApi _api = null!;

    public async Task InitializeAsync() => _api = await AgentApi.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Node_check_is_listed_with_its_definition_texts()
    {
        RawAnswer answer = await _api.PutAsync("/v1/agent/check/register", """{"Name":"mem","TTL":"90s","Notes":"n"}""");
        Assert.Equal((200, ""), (answer.Status, answer.Body));
        Assert.Equal(
            """{"mem":{"Node":"n1","CheckID":"mem","Name":"mem","Status":"critical","Notes":"n","Output":"","ServiceID":"","ServiceName":"","ServiceTags":[],"Type":"ttl","Interval":"0s","Timeout":"0s","ExposedPort":0,"Definition":{},"CreateIndex":0,"ModifyIndex":0}}""",
            (await _api.GetAsync("/v1/agent/checks")).Body);
        Assert.Equal("mem", _api.Agent.Catalog.Checks["mem"].Name);
    }

    [Theory]
    [InlineData("", 400, "Request decode failed: EOF")]
    [InlineData("{}", 400, "Missing check name")]
    [InlineData("""{"Name":"x","Status":"bad","TTL":"1s"}""", 400, "Bad check status")]
    [InlineData("""{"Name":"x"}""", 400, "Invalid check: TTL must be > 0 for TTL checks")]
    [InlineData("""{"Name":"x","AliasService":"a","TTL":"1s"}""", 400, "Invalid check: TTL must be not be set for Alias checks")]
    [InlineData("""{"Name":"x","AliasService":"a","HTTP":"http://x","Interval":"1s"}""", 400, "Invalid check: Interval cannot be set for Alias checks")]
    [InlineData("""{"Name":"x","TTL":"1s","OutputMaxSize":-1}""", 400, "Invalid check: MaxOutputMaxSize must be positive")]
    [InlineData("""{"Name":"x","TTL":"1s","ServiceID":"zz"}""", 500, "ServiceID \"zz\" does not exist")]
    [InlineData("""{"Name":"x","Args":["true"],"Interval":"1s"}""", 500, "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true")]
    public async Task Faults_have_their_codes_and_texts(string body, int status, string text)
    {
        RawAnswer answer = await _api.PutAsync("/v1/agent/check/register", body);
        Assert.Equal((status, text), (answer.Status, answer.Body));
        Assert.Empty(_api.Agent.Agent.State.Checks());
    }

    [Fact]
    public async Task Ttl_updates_reach_the_catalog_at_once()
    {
        await _api.PutAsync("/v1/agent/check/register", """{"Name":"mem","TTL":"90s"}""");
        foreach ((string verb, string status) in new[] { ("pass", "passing"), ("warn", "warning"), ("fail", "critical") })
        {
            Assert.Equal(200, (await _api.PutAsync($"/v1/agent/check/{verb}/mem?note=it%20is")).Status);
            Assert.Equal((status, "it is"), (_api.Agent.Catalog.Checks["mem"].Status, _api.Agent.Catalog.Checks["mem"].Output));
        }

        Assert.Equal(200, (await _api.PutAsync("/v1/agent/check/update/mem", """{"Status":"warning","Output":"o"}""")).Status);
        Assert.Equal("warning", _api.Agent.Catalog.Checks["mem"].Status);
    }

    [Theory]
    [InlineData("/v1/agent/check/pass/nope", "", 500, "CheckID \"nope\" does not have associated TTL")]
    [InlineData("/v1/agent/check/update/nope", """{"Status":"passing"}""", 500, "CheckID \"nope\" does not have associated TTL")]
    [InlineData("/v1/agent/check/update/nope", """{"Status":"Passing"}""", 400, "Invalid check status: 'Passing'")]
    [InlineData("/v1/agent/check/update/nope", "{}", 400, "Invalid check status: ''")]
    [InlineData("/v1/agent/check/update/nope", "x", 400, "Request decode failed: invalid character 'x' looking for beginning of value")]
    [InlineData("/v1/agent/check/deregister/nope", "", 200, "")]
    [InlineData("/v1/agent/check/deregister/", "", 500, "CheckID missing")]
    public async Task Plain_answers(string target, string body, int status, string text)
    {
        RawAnswer answer = await _api.PutAsync(target, body);
        Assert.Equal((status, text), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Wrong_selector_is_noticed_only_with_checks()
    {
        Assert.Equal("{}", (await _api.GetAsync("/v1/agent/checks?filter=Bogus==x")).Body);
        await _api.PutAsync("/v1/agent/check/register", """{"Name":"mem","TTL":"90s"}""");
        RawAnswer answer = await _api.GetAsync("/v1/agent/checks?filter=Bogus==x");
        Assert.Equal((500, "Selector \"Bogus\" is not valid"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Health_of_a_service_is_its_status_code()
    {
        await _api.PutAsync("/v1/agent/service/register", """{"Name":"web","ID":"w1","Check":{"TTL":"90s","Status":"passing"}}""");
        await _api.PutAsync("/v1/agent/service/register", """{"Name":"web","ID":"w2","Check":{"TTL":"90s","Status":"warning"}}""");
        await AssertHealth("id/w1", 200, "passing");
        await AssertHealth("id/w2", 429, "warning");
        await AssertHealth("name/web", 429, "warning");
        await _api.PutAsync("/v1/agent/check/fail/service:w1");
        await AssertHealth("id/w1", 503, "critical");
        await AssertHealth("name/web", 503, "critical");
        await _api.PutAsync("/v1/agent/service/maintenance/w2?enable=true");
        await AssertHealth("id/w2", 503, "maintenance");
        Assert.Equal("critical", (await _api.GetAsync("/v1/agent/health/service/id/w1?format=text")).Body);
    }

    [Fact]
    public async Task Health_shows_the_service_and_its_checks()
    {
        await _api.PutAsync("/v1/agent/service/register", """{"Name":"web","Check":{"TTL":"90s","Status":"passing"}}""");
        RawAnswer answer = await _api.GetAsync("/v1/agent/health/service/id/web");
        Assert.Equal(
            """{"AggregatedStatus":"passing","Service":{"ID":"web","Service":"web","Tags":[],"Meta":{},"Port":0,"Address":"","Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Datacenter":"dc1"},"Checks":[{"Node":"n1","CheckID":"service:web","Name":"Service 'web' check","Status":"passing","Notes":"","Output":"","ServiceID":"web","ServiceName":"web","ServiceTags":null,"Type":"","Definition":{"Interval":"0s","Timeout":"0s","DeregisterCriticalServiceAfter":"0s","HTTP":"","Header":null,"Method":"","Body":"","TLSServerName":"","TLSSkipVerify":false,"TCP":"","GRPC":"","GRPCUseTLS":false},"CreateIndex":0,"ModifyIndex":0}]}""",
            answer.Body);
    }

    [Theory]
    [InlineData("id/nope", 404, """{"AggregatedStatus":"critical","Service":null,"Checks":null}""", "application/json")]
    [InlineData("name/nope", 404, "[]", "application/json")]
    [InlineData("id/nope?format=text", 404, "\"ServiceId nope not found\"", "application/json")]
    [InlineData("name/nope?format=text", 404, "ServiceName nope Not Found", "text/plain")]
    [InlineData("id/", 500, "Bad request: Missing serviceID", "text/plain; charset=utf-8")]
    [InlineData("name/", 500, "Bad request: Missing service Name", "text/plain; charset=utf-8")]
    public async Task Health_of_the_unknown(string argument, int status, string body, string contentType)
    {
        RawAnswer answer = await _api.GetAsync("/v1/agent/health/service/" + argument);
        Assert.Equal((status, body, contentType), (answer.Status, answer.Body, answer.Header("Content-Type")));
    }

    private async Task AssertHealth(string argument, int status, string reason)
    {
        RawAnswer answer = await _api.GetAsync("/v1/agent/health/service/" + argument, "Accept: text/plain");
        Assert.Equal((status, reason, reason), (answer.Status, answer.Body, answer.Header("X-Consul-Reason")));
    }
}
