using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Tests.Http;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Catalog;

public sealed class CatalogAreaTests : IAsyncLifetime
{
    private readonly StubCatalog _catalog = new();
    private HttpTestServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await HttpTestServer.StartAsync(new CatalogArea(_catalog).Map, new HttpOptions { Datacenter = "dc1" });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("/v1/catalog/nodes", "[]")]
    [InlineData("/v1/catalog/services", "{}")]
    [InlineData("/v1/catalog/service/none", "[]")]
    [InlineData("/v1/catalog/node/none", "null")]
    [InlineData("/v1/catalog/node-services/none", "{\"Node\":null,\"Services\":null}")]
    [InlineData("/v1/catalog/datacenters", "[\"dc1\"]")]
    public async Task Empty_catalog_has_the_known_empty_forms(string path, string expected)
    {
        RawAnswer answer = await _server.GetRawAsync(path);
        Assert.Equal((200, expected), (answer.Status, answer.Body));
        Assert.Equal("application/json", answer.Header("Content-Type"));
    }

    [Fact]
    public async Task Reads_carry_metadata_and_the_mode_in_effect()
    {
        RawAnswer answer = await _server.GetRawAsync("/v1/catalog/nodes");
        Assert.Equal("7", answer.Header("X-Consul-Index"));
        Assert.Equal("true", answer.Header("X-Consul-Knownleader"));
        Assert.Equal("0", answer.Header("X-Consul-Lastcontact"));
        Assert.Equal("leader", answer.Header("X-Consul-Effective-Consistency"));
        Assert.Equal("blocking-query", answer.Header("X-Consul-Query-Backend"));
        Assert.Equal("stale", (await _server.GetRawAsync("/v1/catalog/services?stale")).Header("X-Consul-Effective-Consistency"));
        Assert.Equal("consistent", (await _server.GetRawAsync("/v1/catalog/node/x?consistent")).Header("X-Consul-Effective-Consistency"));
    }

    [Fact]
    public async Task Failed_read_still_has_metadata()
    {
        _catalog.Error = RpcErrors.NoLeader;
        RawAnswer answer = await _server.GetRawAsync("/v1/catalog/nodes");
        Assert.Equal((500, "No cluster leader"), (answer.Status, answer.Body));
        Assert.Equal("1", answer.Header("X-Consul-Index"));
        Assert.Equal("false", answer.Header("X-Consul-Knownleader"));
        Assert.Null(answer.Header("X-Consul-Effective-Consistency"));
    }

    [Theory]
    [InlineData("/v1/catalog/service/", "Missing service name")]
    [InlineData("/v1/catalog/node/", "Missing node name")]
    [InlineData("/v1/catalog/node-services/", "Missing node name")]
    [InlineData("/v1/catalog/nodes?stale&consistent", "Cannot specify ?stale with ?consistent, conflicting semantics.")]
    [InlineData("/v1/catalog/nodes?index=x", "Invalid index")]
    [InlineData("/v1/catalog/nodes?wait=x", "Invalid wait time")]
    [InlineData("/v1/catalog/services?ns=x", "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    public async Task Bad_request_is_told(string path, string expected)
    {
        RawAnswer answer = await _server.GetRawAsync(path);
        Assert.Equal((400, expected), (answer.Status, answer.Body));
        Assert.Null(answer.Header("X-Consul-Index"));
    }

    [Fact]
    public async Task Nodes_belong_to_no_namespace()
    {
        Assert.Equal(200, (await _server.GetRawAsync("/v1/catalog/nodes?ns=x")).Status);
        Assert.Equal(200, (await _server.GetRawAsync("/v1/catalog/nodes", "X-Consul-Namespace: x")).Status);
    }

    [Fact]
    public async Task Datacenters_follow_the_text_of_a_conflict()
    {
        RawAnswer answer = await _server.GetRawAsync("/v1/catalog/datacenters?stale&consistent");
        Assert.Equal(400, answer.Status);
        Assert.Equal("Cannot specify ?stale with ?consistent, conflicting semantics.[\"dc1\"]", answer.Body);
        Assert.Null(answer.Header("X-Consul-Index"));
    }

    [Fact]
    public async Task Parameters_reach_the_catalog()
    {
        await _server.GetRawAsync("/v1/catalog/service/web%2Fapi?tag=A&tag=b&node-meta=k:v:w&node-meta=flag&filter=ServicePort%3D%3D80&wait=10.5s&index=3&dc=dc1&token=t");
        var asked = Assert.IsType<ServiceSpecificRequest>(_catalog.Asked);
        Assert.Equal("web/api", asked.ServiceName);
        Assert.Equal(["A", "b"], asked.ServiceTags!);
        Assert.Equal([new("k", "v:w"), new("flag", "")], asked.NodeMetaFilters!);
        Assert.Equal("ServicePort==80", asked.Filter);
        Assert.Equal(TimeSpan.FromSeconds(10.5), asked.MaxQueryTime);
        Assert.Equal((3UL, "dc1", "t"), (asked.MinQueryIndex, asked.Datacenter, asked.Token));
        await _server.GetRawAsync("/v1/catalog/service/web?tag=");
        Assert.Equal([""], ((ServiceSpecificRequest)_catalog.Asked!).ServiceTags!);
        await _server.GetRawAsync("/v1/catalog/service/web?cached&near=_agent");
        Assert.Null(((ServiceSpecificRequest)_catalog.Asked!).ServiceTags);
    }

    [Fact]
    public async Task Services_are_a_map_in_byte_order()
    {
        _catalog.Services = [new ServiceTags("web", ["a", "b"]), new ServiceTags("Api", [])];
        Assert.Equal("{\"Api\":[],\"web\":[\"a\",\"b\"]}", (await _server.GetRawAsync("/v1/catalog/services")).Body);
    }

    [Fact]
    public async Task Node_shows_its_services_as_a_map_or_as_a_list()
    {
        _catalog.NodeServices = new NodeServices(new Node { Name = "n" }, [new NodeService { Id = "b", Service = "x" }, new NodeService { Id = "a", Service = "x" }]);
        string map = (await _server.GetRawAsync("/v1/catalog/node/n")).Body;
        Assert.StartsWith("{\"Node\":{\"ID\":\"\",\"Node\":\"n\",", map);
        Assert.Contains("\"Services\":{\"a\":{\"ID\":\"a\"", map);
        string list = (await _server.GetRawAsync("/v1/catalog/node-services/n")).Body;
        Assert.Contains("\"Services\":[{\"ID\":\"b\"", list);
    }

    [Fact]
    public async Task Repeated_answer_follows_the_rows()
    {
        Node node = new() { Name = "n", Address = "10.0.0.1" };
        _catalog.Instances = [new ServiceInstance(node, new NodeService { Id = "a", Service = "web", Port = 1 })];
        string first = (await _server.GetRawAsync("/v1/catalog/service/web")).Body;
        _catalog.Instances = [new ServiceInstance(node, _catalog.Instances[0].Service)];
        Assert.Equal(first, (await _server.GetRawAsync("/v1/catalog/service/web")).Body);
        _catalog.Instances = [new ServiceInstance(node, _catalog.Instances[0].Service with { Port = 2 })];
        string second = (await _server.GetRawAsync("/v1/catalog/service/web")).Body;
        Assert.Contains("\"ServicePort\":2", second);
        Assert.Equal(first.Replace("\"ServicePort\":1", "\"ServicePort\":2", StringComparison.Ordinal), second);
        _catalog.Instances = [];
        Assert.Equal("[]", (await _server.GetRawAsync("/v1/catalog/service/web")).Body);
    }

    [Fact]
    public async Task Pretty_answer_is_indented_by_four()
    {
        _catalog.Services = [new ServiceTags("web", ["a"])];
        Assert.Equal("{\n    \"web\": [\n        \"a\"\n    ]\n}\n", (await _server.GetRawAsync("/v1/catalog/services?pretty")).Body);
    }

    [Fact]
    public async Task Register_reads_all_fields()
    {
        RawAnswer answer = await _server.SendRawAsync(
            "PUT", "/v1/catalog/register?dc=ignored&token=t",
            """{"node":"n1","ADDRESS":"10.0.0.1","ID":"i","TaggedAddresses":{"lan":"x"},"NodeMeta":{"m":"v"},"Service":{"ID":"s","Service":"web","Port":80},"Check":{"Name":"c1"},"Checks":[{"Name":"c2","Definition":{"Bogus":1,"TTL":"5s"}}],"SkipNodeUpdate":true,"Token":"body","CreateIndex":1} rest""");
        Assert.Equal((200, "true"), (answer.Status, answer.Body));
        RegisterRequest request = _catalog.Registered!;
        Assert.Equal(("dc1", "n1", "10.0.0.1", "i", "t"), (request.Datacenter, request.Node, request.Address, request.Id, request.Token));
        Assert.Equal(("s", "web", 80), (request.Service!.Id, request.Service.Service, request.Service.Port));
        Assert.Equal("c1", request.Check!.Name);
        Assert.Equal(5_000_000_000, request.Checks![0].Definition.TtlNs);
        Assert.True(request.SkipNodeUpdate);
        Assert.Null(answer.Header("X-Consul-Index"));
    }

    [Theory]
    [InlineData("register", "", "Request decode failed: EOF")]
    [InlineData("register", "{\"Node\":", "Request decode failed: unexpected EOF")]
    [InlineData("register", "{\"Nope\":1}", "Request decode failed: json: unknown field \"Nope\"")]
    [InlineData("register", "{\"Service\":{\"Nope\":1}}", "Request decode failed: json: unknown field \"Nope\"")]
    [InlineData("register", "{\"Node\":5}", "Request decode failed: json: cannot unmarshal number into Go struct field RegisterRequest.Node of type string")]
    [InlineData("register", "{\"Service\":{\"Namespace\":\"\"}}", "Request decode failed: json: unknown field \"Namespace\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("register", "{\"namespace\":\"x\"}", "Request decode failed: json: unknown field \"namespace\"")]
    [InlineData("deregister", "{bad}", "Request decode failed: invalid character 'b' looking for beginning of object key string")]
    [InlineData("deregister", "{\"Namespace\":\"x\"}", "Request decode failed: json: unknown field \"Namespace\" - Namespaces are a Consul Enterprise feature")]
    public async Task Bad_body_is_told(string endpoint, string body, string expected)
    {
        RawAnswer answer = await _server.SendRawAsync("PUT", "/v1/catalog/" + endpoint, body, "Content-Type: application/x-www-form-urlencoded");
        Assert.Equal((400, expected), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Deregister_reads_all_fields()
    {
        RawAnswer answer = await _server.SendRawAsync("PUT", "/v1/catalog/deregister", """{"Datacenter":"dc2","Node":"n","ServiceID":"s","CheckID":"c","Address":"x"}""");
        Assert.Equal((200, "true"), (answer.Status, answer.Body));
        DeregisterRequest request = _catalog.Deregistered!;
        Assert.Equal(("dc2", "n", "s", "c"), (request.Datacenter, request.Node, request.ServiceId, request.CheckId));
    }

    [Fact]
    public async Task Failed_write_is_told_as_it_is()
    {
        _catalog.Error = "failed inserting check: Missing service registration on node \"e1\"";
        RawAnswer answer = await _server.SendRawAsync("PUT", "/v1/catalog/register", "{}");
        Assert.Equal((500, _catalog.Error), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Large_answer_is_compressed_on_request()
    {
        _catalog.Instances = [.. Enumerable.Range(0, 50).Select(i => new ServiceInstance(new Node { Name = $"n{i}" }, new NodeService { Id = "web", Service = "web" }))];
        RawAnswer plain = await _server.GetRawAsync("/v1/catalog/service/web");
        Assert.Equal(plain.Body.Length.ToString(), plain.Header("Content-Length"));
        RawAnswer compressed = await _server.GetRawAsync("/v1/catalog/service/web", "Accept-Encoding: gzip");
        Assert.Equal("gzip", compressed.Header("Content-Encoding"));
        Assert.Equal("7", compressed.Header("X-Consul-Index"));
    }
}
