using System.Text.Json;
using Consul.Fast.Daemon.Tests.Server;

namespace Consul.Fast.Daemon.Tests.Catalog;

/// <summary>The catalog over the real state and the real HTTP interface.</summary>
public sealed class CatalogTests : IAsyncLifetime
{
    private const string IdA = "aaaaaaaa-0000-0000-0000-000000000001";
    private const string IdB = "bbbbbbbb-0000-0000-0000-000000000002";

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("""{}""", "Must provide node")]
    [InlineData("""{"Node":"e1"}""", "Must provide address if SkipNodeUpdate is not set")]
    [InlineData("""{"Node":"e1","ID":"x","Address":"a"}""", "Bad node ID: uuid string is wrong length")]
    [InlineData("""{"Node":"e1","Address":"a","Service":{"ID":"x"}}""", "Must provide service name with ID")]
    [InlineData("""{"Node":"e1","Address":"a","Service":{"Service":"x","Address":"0.0.0.0"}}""", "Invalid service address")]
    [InlineData("""{"Node":"e1","Address":"a","Check":{"Name":"c","Node":"other"}}""", "check node \"other\" does not match node \"e1\"")]
    [InlineData(
        """{"Node":"e1","Address":"a","Check":{"Name":"c","ServiceID":"none"}}""",
        "failed inserting check: Missing service registration on node \"e1\"")]
    [InlineData(
        """{"Node":"e1","Address":"a","Service":{"Service":"w","Meta":{"":"x"}}}""",
        "failed inserting service: Invalid Service Meta for node e1 and serviceID w: Couldn't load metadata pair ('', 'x'): Key cannot be blank")]
    [InlineData("""{"Node":"e1","Address":"a","Datacenter":"dc9"}""", "No path to datacenter")]
    [InlineData(
        """{"Node":"e1","Address":"a","Service":{"Service":"w","Kind":"connect-proxy","Port":1,"Proxy":{"DestinationServiceName":"*"}}}""",
        "1 error occurred:\n\t* Proxy.DestinationServiceName must not be a wildcard for Connect proxy services\n\n")]
    [InlineData(
        """{"Node":"e1","Address":"a","Service":{"Service":"w","Connect":{"sidecar_service":{"ID":"x"}}}}""",
        "1 error occurred:\n\t* A SidecarService cannot specify an ID as this is managed by the agent\n\n")]
    public async Task Bad_registration_is_refused(string body, string expected)
    {
        Reply reply = await _server.PutAsync("/v1/catalog/register", body);
        Assert.Equal((500, expected), (reply.Status, reply.Body));
        Assert.Equal("null", (await _server.GetAsync("/v1/catalog/node/e1")).Body);
    }

    [Theory]
    [InlineData("/v1/catalog/connect/web")]
    [InlineData("/v1/health/connect/web?tag=none")]
    public async Task Over_the_mesh_a_service_is_found_through_its_proxy(string path)
    {
        await RegisterAsync("""{"Node":"e1","Address":"10.0.0.1","Service":{"Service":"web"}}""");
        Assert.Equal("[]", (await _server.GetAsync(path)).Body);
        await RegisterAsync(
            """{"Node":"e1","Address":"10.0.0.1","Service":{"Service":"p","Kind":"connect-proxy","Port":1,"Proxy":{"DestinationServiceName":"web"}}}""");
        JsonElement found = Assert.Single((await _server.GetAsync(path)).Json.EnumerateArray().ToArray());
        Assert.Equal("p", (found.TryGetProperty("Service", out JsonElement service) ? service.GetProperty("ID") : found.GetProperty("ServiceID")).GetString());
    }

    [Theory]
    [InlineData("/v1/catalog/connect/")]
    [InlineData("/v1/health/connect/")]
    public async Task Lookup_over_the_mesh_needs_a_name(string path)
    {
        Reply reply = await _server.GetAsync(path);
        Assert.Equal((400, "Missing service name"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Sidecar_in_a_registration_is_kept_with_all_its_fields()
    {
        await RegisterAsync(
            """{"Node":"e1","Address":"10.0.0.1","Service":{"Service":"web","Port":5000000000,"Connect":{"SidecarService":{"Name":"s","Tags":["t"],"Check":{"TTL":"5s"}}}}}""");
        JsonElement found = (await _server.GetAsync("/v1/catalog/service/web")).Json[0];
        Assert.Equal(5_000_000_000, found.GetProperty("ServicePort").GetInt64());
        JsonElement sidecar = found.GetProperty("ServiceConnect").GetProperty("SidecarService");
        Assert.StartsWith(
            """{"ID":"","Name":"s","Tags":["t"],"Address":"","TaggedAddresses":null,"Meta":null,"Port":0,"SocketPath":"","Check":{"CheckID":"","Name":"",""",
            sidecar.GetRawText(), StringComparison.Ordinal);
        Assert.EndsWith(
            ""","OutputMaxSize":0},"Checks":null,"Weights":null,"Token":"","EnableTagOverride":false,"Proxy":null,"Connect":null}""",
            sidecar.GetRawText(), StringComparison.Ordinal);
        Assert.Equal((5_000_000_000, 29), (sidecar.GetProperty("Check").GetProperty("TTL").GetInt64(), sidecar.GetProperty("Check").EnumerateObject().Count()));
    }

    [Fact]
    public async Task Registration_shows_everywhere()
    {
        await RegisterAsync(
            """{"Node":"e1","Address":"10.0.0.1","NodeMeta":{"rack":"r1"},"Service":{"Service":"web","Tags":["a"],"Port":80},"Check":{"Name":"up","ServiceID":"web","Status":"passing","Definition":{"HTTP":"http://x","Interval":"10s"}}}""");
        string nodes = (await _server.GetAsync("/v1/catalog/nodes")).Body;
        Assert.Contains(
            """{"ID":"","Node":"e1","Address":"10.0.0.1","Datacenter":"dc1","TaggedAddresses":null,"Meta":{"rack":"r1"},"CreateIndex":2,"ModifyIndex":2}""",
            nodes);
        Assert.Equal("""{"web":["a"]}""", (await _server.GetAsync("/v1/catalog/services")).Body);
        Assert.Equal(
            """[{"ID":"","Node":"e1","Address":"10.0.0.1","Datacenter":"dc1","TaggedAddresses":null,"NodeMeta":{"rack":"r1"},"ServiceKind":"","ServiceID":"web","ServiceName":"web","ServiceTags":["a"],"ServiceAddress":"","ServiceWeights":{"Passing":1,"Warning":1},"ServiceMeta":{},"ServicePort":80,"ServiceSocketPath":"","ServiceEnableTagOverride":false,"ServiceProxy":{"Mode":"","MeshGateway":{},"Expose":{}},"ServiceConnect":{},"CreateIndex":2,"ModifyIndex":2}]""",
            (await _server.GetAsync("/v1/catalog/service/WEB")).Body);
        Assert.Equal(
            """[{"Node":"e1","CheckID":"up","Name":"up","Status":"passing","Notes":"","Output":"","ServiceID":"web","ServiceName":"web","ServiceTags":["a"],"Type":"http","Interval":"","Timeout":"","ExposedPort":0,"Definition":{"Interval":"10s","HTTP":"http://x"},"CreateIndex":2,"ModifyIndex":2}]""",
            (await _server.GetAsync("/v1/health/checks/web")).Body);
        JsonElement node = (await _server.GetAsync("/v1/catalog/node/E1")).Json;
        Assert.Equal(80, node.GetProperty("Services").GetProperty("web").GetProperty("Port").GetInt32());
        Assert.Equal(1, (await _server.GetAsync("/v1/catalog/node-services/e1")).Json.GetProperty("Services").GetArrayLength());
    }

    [Fact]
    public async Task Unchanged_registration_moves_no_index()
    {
        const string body = """{"Node":"e1","Address":"10.0.0.1","Service":{"Service":"web","Port":80}}""";
        await RegisterAsync(body);
        ulong index = (await _server.GetAsync("/v1/catalog/service/web")).Index;
        await RegisterAsync(body);
        Assert.Equal(index, (await _server.GetAsync("/v1/catalog/service/web")).Index);
        await RegisterAsync("""{"Node":"e1","Address":"10.0.0.1","Service":{"Service":"web","Port":81}}""");
        Reply changed = await _server.GetAsync("/v1/catalog/service/web");
        Assert.True(changed.Index > index);
        Assert.Equal((ulong)index, changed.Json[0].GetProperty("CreateIndex").GetUInt64());
    }

    [Fact]
    public async Task Skip_node_update_leaves_the_node_alone()
    {
        await RegisterAsync("""{"Node":"e1","Address":"10.0.0.1","NodeMeta":{"k":"v"}}""");
        await RegisterAsync("""{"Node":"e1","SkipNodeUpdate":true,"Service":{"Service":"web"}}""");
        JsonElement instance = (await _server.GetAsync("/v1/catalog/service/web")).Json[0];
        Assert.Equal("10.0.0.1", instance.GetProperty("Address").GetString());
        Assert.Equal("v", instance.GetProperty("NodeMeta").GetProperty("k").GetString());
    }

    [Fact]
    public async Task Known_id_under_a_new_name_replaces_the_old_node()
    {
        await RegisterAsync($$"""{"Node":"old","ID":"{{IdA}}","Address":"10.0.0.1","Service":{"Service":"web"} }""");
        await RegisterAsync($$"""{"Node":"new","ID":"{{IdA}}","Address":"10.0.0.1"}""");
        Assert.Equal("null", (await _server.GetAsync("/v1/catalog/node/old")).Body);
        Assert.Equal("[]", (await _server.GetAsync("/v1/catalog/service/web")).Body);
        Assert.Equal("new", (await _server.GetAsync("/v1/catalog/node/aaaaaaaa")).Json.GetProperty("Node").GetProperty("Node").GetString());
    }

    [Fact]
    public async Task Name_of_a_living_node_is_reserved()
    {
        await RegisterAsync(
            $$"""{"Node":"x","ID":"{{IdA}}","Address":"1.1.1.1","Check":{"CheckID":"serfHealth","Name":"s","Status":"passing"} }""");
        Reply reply = await _server.PutAsync("/v1/catalog/register", $$"""{"Node":"X","ID":"{{IdB}}","Address":"2.2.2.2"}""");
        Assert.Equal(500, reply.Status);
        Assert.StartsWith($"failed inserting node: Error while renaming Node ID: \"{IdB}\": Node name X is reserved by node {IdA} with name x", reply.Body);
    }

    [Fact]
    public async Task Deregistration_removes_what_it_names_and_forgives_what_is_unknown()
    {
        await RegisterAsync(
            """{"Node":"e1","Address":"a","Service":{"ID":"a/b","Service":"web"},"Checks":[{"Name":"c1","ServiceID":"a/b"},{"Name":"c2"}]}""");
        await DeregisterAsync("""{"Node":"e1","CheckID":"c2"}""");
        Assert.Equal(["c1"], Ids((await _server.GetAsync("/v1/health/node/e1")).Json, "CheckID"));
        await DeregisterAsync("""{"Node":"e1","ServiceID":"a/b","CheckID":"ignored"}""");
        Assert.Equal("[]", (await _server.GetAsync("/v1/health/node/e1")).Body);
        await DeregisterAsync("""{"Node":"e1","ServiceID":"none"}""");
        await DeregisterAsync("""{"Node":"e1"}""");
        Assert.Equal("null", (await _server.GetAsync("/v1/catalog/node/e1")).Body);
        await DeregisterAsync("""{"Node":"e1"}""");
        Reply reply = await _server.PutAsync("/v1/catalog/deregister", "{}");
        Assert.Equal((500, "Must provide node"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Several_tags_must_all_be_present_without_regard_to_case()
    {
        await RegisterAsync("""{"Node":"e1","Address":"a","Service":{"ID":"1","Service":"web","Tags":["A","b"]}}""");
        await RegisterAsync("""{"Node":"e1","Address":"a","Service":{"ID":"2","Service":"web","Tags":["a"]}}""");
        foreach (string area in new[] { "catalog", "health" })
        {
            Assert.Equal(2, (await _server.GetAsync($"/v1/{area}/service/web?tag=a")).Json.GetArrayLength());
            Assert.Equal(1, (await _server.GetAsync($"/v1/{area}/service/web?tag=a&tag=B")).Json.GetArrayLength());
            Assert.Equal("[]", (await _server.GetAsync($"/v1/{area}/service/web?tag=")).Body);
            Assert.Equal("[]", (await _server.GetAsync($"/v1/{area}/service/web?tag=c")).Body);
        }
    }

    [Fact]
    public async Task Node_metadata_and_filter_narrow_the_lists()
    {
        await RegisterAsync("""{"Node":"e1","Address":"a","NodeMeta":{"k":"v","f":""},"Service":{"Service":"web","Port":1},"Check":{"Name":"c"}}""");
        await RegisterAsync("""{"Node":"e2","Address":"b","Service":{"Service":"web","Port":2},"Check":{"Name":"c"}}""");
        Assert.Equal(["e1"], Ids((await _server.GetAsync("/v1/catalog/nodes?node-meta=k:v&node-meta=f")).Json, "Node"));
        Assert.Equal(["e1"], Ids((await _server.GetAsync("/v1/catalog/service/web?node-meta=k:v")).Json, "Node"));
        Assert.Equal("{}", (await _server.GetAsync("/v1/catalog/services?node-meta=k:w")).Body);
        Assert.Equal(["e1"], Ids((await _server.GetAsync("/v1/health/state/critical?node-meta=k:v")).Json, "Node"));
        Assert.Equal(1, (await _server.GetAsync("/v1/health/service/web?node-meta=k:v")).Json.GetArrayLength());
        Assert.Equal(["e2"], Ids((await _server.GetAsync("/v1/catalog/nodes?filter=Address==b")).Json, "Node"));
        Assert.Equal(["e2"], Ids((await _server.GetAsync("/v1/catalog/service/web?filter=ServicePort!=1")).Json, "Node"));
        JsonElement services = (await _server.GetAsync("/v1/catalog/node/e1?filter=Port==7")).Json.GetProperty("Services");
        Assert.Empty(services.EnumerateObject());
        Assert.Equal("[]", (await _server.GetAsync("/v1/health/node/e1?filter=Status==passing")).Body);
        Assert.Equal(1, (await _server.GetAsync("/v1/health/service/web?filter=Service.Port==2")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Bad_filter_fails_even_on_nothing()
    {
        Reply reply = await _server.GetAsync("/v1/catalog/service/none?filter=Nope==1");
        Assert.Equal((500, "Failed to create boolean expression evaluator: Selector \"Nope\" is not valid"), (reply.Status, reply.Body));
        Assert.Equal(1UL, reply.Index);
        Assert.Equal(200, (await _server.GetAsync("/v1/catalog/services?filter=Nope==1")).Status);
    }

    [Fact]
    public async Task Renamed_service_leaves_the_answer_of_its_old_name()
    {
        await RegisterAsync("""{"Node":"e1","Address":"a","Service":{"ID":"1","Service":"old"}}""");
        await RegisterAsync("""{"Node":"e2","Address":"a","Service":{"ID":"1","Service":"old"}}""");
        foreach (string area in new[] { "catalog", "health" }) Assert.Equal(2, (await _server.GetAsync($"/v1/{area}/service/old")).Json.GetArrayLength());
        await RegisterAsync("""{"Node":"e1","Address":"a","Service":{"ID":"1","Service":"new"}}""");
        foreach (string area in new[] { "catalog", "health" }) Assert.Equal(1, (await _server.GetAsync($"/v1/{area}/service/old")).Json.GetArrayLength());
    }

    private async Task RegisterAsync(string body)
    {
        Reply reply = await _server.PutAsync("/v1/catalog/register", body);
        Assert.Equal((200, "true"), (reply.Status, reply.Body));
    }

    private async Task DeregisterAsync(string body)
    {
        Reply reply = await _server.PutAsync("/v1/catalog/deregister", body);
        Assert.Equal((200, "true"), (reply.Status, reply.Body));
    }

    private static string[] Ids(JsonElement list, string member) => [.. list.EnumerateArray().Select(item => item.GetProperty(member).GetString()!)];
}
