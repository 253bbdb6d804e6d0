using Consul.Fast.Daemon.Tests.Http;

namespace Consul.Fast.Daemon.Tests.Agent;

public sealed class AgentServiceEndpointTests : IAsyncLifetime
{
    private AgentApi _api = null!;

    public async Task InitializeAsync() => _api = await AgentApi.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Registered_service_is_listed_and_in_the_catalog()
    {
        RawAnswer answer = await _api.PutAsync("/v1/agent/service/register", """{"Name":"web","Port":80,"Address":"10.1.1.1"}""");
        Assert.Equal((200, "", "0"), (answer.Status, answer.Body, answer.Header("Content-Length")));
        Assert.Null(answer.Header("Content-Type"));
        Assert.Equal(80, _api.Agent.Catalog.Services["web"].Port);
        Assert.Equal(
            """{"web":{"ID":"web","Service":"web","Tags":[],"Meta":{},"Port":80,"Address":"10.1.1.1","TaggedAddresses":{"lan_ipv4":{"Address":"10.1.1.1","Port":80},"wan_ipv4":{"Address":"10.1.1.1","Port":80}},"Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Datacenter":"dc1"}}""",
            (await _api.GetAsync("/v1/agent/services")).Body);
        Assert.Equal("{}", (await _api.GetAsync("/v1/agent/services?filter=Service==x")).Body);
    }

    [Theory]
    [InlineData("", 400, "Request decode failed: EOF")]
    [InlineData("{", 400, "Request decode failed: unexpected EOF")]
    [InlineData("""{"Nme":"x"}""", 400, "Request decode failed: json: unknown field \"Nme\"")]
    [InlineData("""{"Name":"x","Namespace":"n"}""", 400, "Request decode failed: json: unknown field \"Namespace\"")]
    [InlineData("""{"Name":"x","Check":{"TTL":"1s","Namespace":"n"}}""", 400, "Request decode failed: json: unknown field \"Namespace\"")]
    [InlineData("{}", 400, "Missing service name")]
    [InlineData("""{"Name":"x","Address":"0.0.0.0"}""", 400, "Invalid service address")]
    [InlineData("""{"Name":"x","Address":"::"}""", 400, "Invalid service address")]
    [InlineData("""{"Name":"x","Weights":{"Passing":0,"Warning":1}}""", 400, "Invalid Weights: Passing must be greater than 0")]
    [InlineData("""{"Name":"x","Weights":{"Passing":1,"Warning":-1}}""", 400, "Invalid Weights: Warning must be greater or equal than 0")]
    [InlineData("""{"Name":"x","Weights":{"Passing":65536,"Warning":1}}""", 400, "Invalid Weights: DNS Weight must be between 0 and 65535")]
    [InlineData("""{"Name":"x","Meta":{"a b":"c"}}""", 400, "Invalid Service Meta: Couldn't load metadata pair ('a b', 'c'): Key contains invalid characters")]
    [InlineData("""{"Name":"x","Meta":{"consul-x":"c"}}""", 400, "Invalid Service Meta: Couldn't load metadata pair ('consul-x', 'c'): Key prefix 'consul-' is reserved for internal use")]
    [InlineData("""{"Name":"x","Kind":"connect-proxy","Port":1}""", 400, "1 error occurred:\n\t* Proxy.DestinationServiceName must be non-empty for Connect proxy services\n\n")]
    [InlineData("""{"Name":"x","Kind":"mesh-gateway","Proxy":{"Upstreams":[{}]}}""", 400, "2 errors occurred:\n\t* Port must be non-zero for a mesh-gateway\n\t* The Proxy.Upstreams configuration is invalid for a mesh-gateway\n\n")]
    [InlineData("""{"Name":"x","Kind":"connect-proxy","Port":1,"Proxy":{"DestinationServiceName":"w","Upstreams":[{"DestinationName":"d","LocalBindPort":1},{"DestinationType":"service","DestinationName":"d","LocalBindPort":2}]}}""", 400, "1 error occurred:\n\t* upstreams cannot contain duplicates of [type=\"service\", name=\"d\", namespace=\"\", datacenter=\"\"]\n\n")]
    [InlineData("""{"Name":"x","Connect":{"SidecarService":{"ID":"y"}}}""", 400, "1 error occurred:\n\t* A SidecarService cannot specify an ID as this is managed by the agent\n\n")]
    [InlineData("""{"Name":"x","Check":{"Interval":"10s","TTL":"10s"}}""", 400, "Invalid check: Interval and TTL cannot both be specified")]
    [InlineData("""{"Name":"x","Check":{"HTTP":"http://x"}}""", 400, "Invalid check: Interval must be > 0 for Script, HTTP, H2PING, or TCP checks")]
    [InlineData("""{"Name":"x","Check":{"Name":"c"}}""", 400, "Invalid check: TTL must be > 0 for TTL checks")]
    [InlineData("""{"Name":"x","Check":{"TTL":"5x"}}""", 400, "Request decode failed: time: unknown unit \"x\" in duration \"5x\"")]
    [InlineData("""{"Name":"x","Checks":[{"TTL":"5s","Status":"bad"}]}""", 400, "Status for checks must 'passing', 'warning', 'critical'")]
    [InlineData("""{"Name":"x","Connect":{"SidecarService":{}}}""", 400, "Invalid SidecarService: sidecar registrations are not supported by this agent")]
    [InlineData("""{"Name":"x","TaggedAddresses":{"lan_ipv4":{"Address":"::1"}}}""", 500, "Service tagged address \"lan_ipv4\" must be a valid ipv4 address")]
    [InlineData("""{"Name":"x","Check":{"Args":["true"],"Interval":"10s"}}""", 500, "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true")]
    public async Task Faults_have_their_codes_and_texts(string body, int status, string text)
    {
        RawAnswer answer = await _api.PutAsync("/v1/agent/service/register", body);
        Assert.Equal((status, text), (answer.Status, answer.Body));
        Assert.Empty(_api.Agent.Agent.State.Services());
    }

    [Theory]
    [InlineData("""{"name":"web","tags":["a"],"enable_tag_override":true,"check":{"ttl":"0.5s","deregister_critical_service_after":"90m"}}""")]
    [InlineData("""{"Name":"web","Check":{}}""")]
    [InlineData("""{"Name":"web","Check":{"TTL":true}}""")]
    [InlineData("""{"Name":"web","Check":null,"Checks":[{}]}""")]
    [InlineData("""{"Name":"web","Check":{"TTL":15000000000,"Script":""},"Token":"unused"}""")]
    public async Task Spellings_of_real_clients_are_understood(string body) =>
        Assert.Equal(200, (await _api.PutAsync("/v1/agent/service/register", body)).Status);

    [Fact]
    public async Task Legacy_script_obeys_the_rules_for_scripts()
    {
        await using AgentApi open = await AgentApi.StartAsync(
            static config => config with { Checks = config.Checks with { EnableRemoteScripts = true } });
        RawAnswer answer = await open.PutAsync("/v1/agent/service/register", """{"Name":"web","Check":{"Script":"exit 0","Interval":"1h"}}""");
        Assert.Equal(200, answer.Status);
        Assert.Equal("script", open.Agent.Check("service:web").Type);
    }

    [Fact]
    public async Task Null_among_the_checks_drops_the_connection() =>
        Assert.Equal(0, (await _api.PutAsync("/v1/agent/service/register", """{"Name":"web","Checks":[null]}""")).Status);

    [Fact]
    public async Task Ids_with_slashes_work_everywhere()
    {
        await _api.PutAsync("/v1/agent/service/register", """{"Name":"pg","ID":"pg/node 1","Check":{"TTL":"10s"}}""");
        Assert.Equal(200, (await _api.GetAsync("/v1/agent/service/pg%2Fnode%201")).Status);
        Assert.Equal(200, (await _api.PutAsync("/v1/agent/check/pass/service:pg%2Fnode%201?note=up")).Status);
        Assert.Equal("up", _api.Agent.Check("service:pg/node 1").Output);
        Assert.Equal(200, (await _api.PutAsync("/v1/agent/service/maintenance/pg/node%201?enable=true")).Status);
        Assert.Equal(200, (await _api.PutAsync("/v1/agent/service/deregister/pg/node%201")).Status);
        Assert.Empty(_api.Agent.Agent.State.Services());
        Assert.Empty(_api.Agent.Catalog.Services);
        Assert.Empty(_api.Agent.Catalog.Checks);
    }

    [Fact]
    public async Task Read_waits_for_a_change_of_the_hash()
    {
        await _api.PutAsync("/v1/agent/service/register", """{"Name":"web","Port":80}""");
        RawAnswer first = await _api.GetAsync("/v1/agent/service/web");
        string hash = first.Header("X-Consul-Contenthash")!;
        Assert.Contains($"\"ContentHash\":\"{hash}\"", first.Body, StringComparison.Ordinal);
        RawAnswer same = await _api.GetAsync($"/v1/agent/service/web?hash={hash}&wait=50ms");
        Assert.Equal(first.Body, same.Body);
        Task<RawAnswer> waiting = _api.GetAsync($"/v1/agent/service/web?hash={hash}&wait=60s");
        await _api.PutAsync("/v1/agent/service/register", """{"Name":"web","Port":80}""");
        await Task.Delay(50);
        Assert.False(waiting.IsCompleted);
        await _api.PutAsync("/v1/agent/service/register", """{"Name":"web","Port":81}""");
        Assert.Contains("\"Port\":81", (await waiting).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removal_ends_a_waiting_read()
    {
        await _api.PutAsync("/v1/agent/service/register", """{"Name":"web"}""");
        string hash = (await _api.GetAsync("/v1/agent/service/web")).Header("X-Consul-Contenthash")!;
        Task<RawAnswer> waiting = _api.GetAsync($"/v1/agent/service/web?hash={hash}");
        await Task.Delay(50);
        await _api.PutAsync("/v1/agent/service/deregister/web");
        RawAnswer answer = await waiting;
        Assert.Equal((404, "unknown service ID: web"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("GET", "/v1/agent/service/nope", 404, "unknown service ID: nope")]
    [InlineData("GET", "/v1/agent/service/web?wait=x", 400, "Invalid wait time")]
    [InlineData("GET", "/v1/agent/services?ns=x", 400, "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("PUT", "/v1/agent/service/deregister/nope", 200, "")]
    [InlineData("PUT", "/v1/agent/service/deregister/", 500, "ServiceID missing")]
    [InlineData("PUT", "/v1/agent/service/maintenance/", 400, "Missing service ID")]
    [InlineData("PUT", "/v1/agent/service/maintenance/nope", 400, "Missing value for enable")]
    [InlineData("PUT", "/v1/agent/service/maintenance/nope?enable=", 400, "Invalid value for enable: \"\"")]
    [InlineData("PUT", "/v1/agent/service/maintenance/?enable=true&ns=x", 400, "Missing service ID")]
    [InlineData("PUT", "/v1/agent/service/maintenance/nope?ns=x", 400, "Missing value for enable")]
    [InlineData("PUT", "/v1/agent/service/maintenance/nope?enable=true&ns=x", 400, "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("PUT", "/v1/agent/service/maintenance/nope?enable=zz", 400, "Invalid value for enable: \"zz\"")]
    [InlineData("PUT", "/v1/agent/service/maintenance/nope?enable=true", 404, "No service registered with ID \"nope\"")]
    [InlineData("GET", "/v1/agent/service/register", 405, "method GET not allowed")]
    [InlineData("GET", "/v1/agent/services?filter=a==", 500, null)]
    [InlineData("GET", "/v1/agent/services?filter=Bogus==1", 500, "Failed to create boolean expression evaluator: Selector \"Bogus\" is not valid")]
    public async Task Plain_answers(string method, string target, int status, string? text)
    {
        RawAnswer answer = await _api.Server.SendRawAsync(method, target);
        Assert.Equal(status, answer.Status);
        if (text is not null) Assert.Equal(text, answer.Body);
    }

    [Fact]
    public async Task Replacing_removes_the_checks_that_are_not_listed()
    {
        await _api.PutAsync("/v1/agent/service/register", """{"Name":"web","Checks":[{"CheckID":"a","TTL":"10s"}]}""");
        await _api.PutAsync("/v1/agent/service/register?replace-existing-checks", """{"Name":"web","Checks":[{"CheckID":"b","TTL":"10s"}]}""");
        Assert.Equal(["b"], _api.Agent.Catalog.Checks.Keys);
    }

    [Theory]
    [InlineData("/v1/agent/health/service/id/caf%C3%A9", "ServiceId caf\u00e9 not found")]
    [InlineData("/v1/agent/health/service/name/%E6%97%A5%F0%9F%98%80", "ServiceName \u65e5\U0001F600 Not Found")]
    [InlineData("/v1/agent/health/service/name/%FF", "ServiceName \ufffd Not Found")]
    public async Task Health_of_an_unknown_service_tells_its_name_in_a_header(string target, string reason)
    {
        RawAnswer answer = await _api.GetAsync(target);
        Assert.Equal((404, reason), (answer.Status, answer.Header("X-Consul-Reason")));
        Assert.NotEmpty(answer.Body);
    }
}
