using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Tests.Http;
using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Tests.Catalog;

public sealed class HealthAreaTests : IAsyncLifetime
{
    private readonly StubHealth _health = new();
    private HttpTestServer _server = null!;

    public async Task InitializeAsync() => _server = await HttpTestServer.StartAsync(new HealthArea(_health).Map);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("/v1/health/node/none")]
    [InlineData("/v1/health/checks/none")]
    [InlineData("/v1/health/state/bogus")]
    [InlineData("/v1/health/service/none")]
    public async Task Nothing_found_is_an_empty_list(string path)
    {
        RawAnswer answer = await _server.GetRawAsync(path);
        Assert.Equal((200, "[]"), (answer.Status, answer.Body));
        Assert.Equal("7", answer.Header("X-Consul-Index"));
        Assert.Equal("12", answer.Header("X-Consul-Lastcontact"));
        Assert.Equal("leader", answer.Header("X-Consul-Effective-Consistency"));
    }

    [Theory]
    [InlineData("/v1/health/node/", "Missing node name")]
    [InlineData("/v1/health/checks/", "Missing service name")]
    [InlineData("/v1/health/state/", "Missing check state")]
    [InlineData("/v1/health/service/", "Missing service name")]
    [InlineData("/v1/health/service/web?cached&consistent", "Cannot specify ?cached with ?consistent, conflicting semantics.")]
    public async Task Bad_request_is_told(string path, string expected)
    {
        RawAnswer answer = await _server.GetRawAsync(path);
        Assert.Equal((400, expected), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("?passing", 1)]
    [InlineData("?passing=", 1)]
    [InlineData("?passing=1", 1)]
    [InlineData("?passing=true", 1)]
    [InlineData("?passing=0", 3)]
    [InlineData("?passing=F", 3)]
    public async Task Passing_keeps_instances_whose_checks_all_pass(string query, int expected)
    {
        _health.Instances = [Instance("a", "passing", "passing"), Instance("b", "passing", "warning"), Instance("c", "critical")];
        for (int i = 0; i < 2; i++)
        {
            string body = (await _server.GetRawAsync("/v1/health/service/web" + query)).Body;
            Assert.Equal(expected, body.Split("\"Service\":{").Length - 1);
        }
    }

    [Fact]
    public async Task Bad_value_for_passing_is_told_with_metadata()
    {
        RawAnswer answer = await _server.GetRawAsync("/v1/health/service/web?passing=maybe");
        Assert.Equal((400, "Invalid value for ?passing"), (answer.Status, answer.Body));
        Assert.Equal("7", answer.Header("X-Consul-Index"));
        _health.Error = RpcErrors.NoLeader;
        answer = await _server.GetRawAsync("/v1/health/service/web?passing=maybe");
        Assert.Equal((500, RpcErrors.NoLeader), (answer.Status, answer.Body));
        Assert.Null(answer.Header("X-Consul-Index"));
    }

    [Fact]
    public async Task Failed_list_of_checks_still_has_metadata()
    {
        _health.Error = RpcErrors.NoLeader;
        RawAnswer answer = await _server.GetRawAsync("/v1/health/state/any");
        Assert.Equal((500, "1", "false"), (answer.Status, answer.Header("X-Consul-Index"), answer.Header("X-Consul-Knownleader")));
    }

    [Fact]
    public async Task Changed_check_changes_the_repeated_answer()
    {
        _health.Instances = [Instance("a", "passing")];
        Assert.Contains("\"Status\":\"passing\"", (await _server.GetRawAsync("/v1/health/service/web")).Body);
        CheckServiceNode item = _health.Instances[0];
        _health.Instances = [item with { Checks = [item.Checks[0] with { Status = "warning" }] }];
        Assert.Contains("\"Status\":\"warning\"", (await _server.GetRawAsync("/v1/health/service/web")).Body);
        _health.Instances = [item with { Checks = [] }];
        Assert.Contains("\"Checks\":[]", (await _server.GetRawAsync("/v1/health/service/web")).Body);
    }

    [Fact]
    public async Task Parameters_reach_the_service()
    {
        await _server.GetRawAsync("/v1/health/service/Web?tag=a&tag=b&stale&index=9&node-meta=k:v&near=_agent&merge-central-config&peer=x");
        var asked = Assert.IsType<ServiceSpecificRequest>(_health.Asked);
        Assert.Equal("Web", asked.ServiceName);
        Assert.Equal(["a", "b"], asked.ServiceTags!);
        Assert.True(asked.AllowStale);
        Assert.Equal(9UL, asked.MinQueryIndex);
        Assert.Equal([new("k", "v")], asked.NodeMetaFilters!);
        await _server.GetRawAsync("/v1/health/checks/web?tag=a");
        Assert.Null(((ServiceSpecificRequest)_health.Asked!).ServiceTags);
        await _server.GetRawAsync("/v1/health/state/Critical");
        Assert.Equal("Critical", ((ChecksInStateRequest)_health.Asked!).State);
    }

    private static CheckServiceNode Instance(string id, params string[] statuses) => new(
        new Node { Name = "n-" + id },
        new NodeService { Id = id, Service = "web" },
        [.. statuses.Select((status, i) => new HealthCheck { Node = "n-" + id, CheckId = $"c{i}", Status = status })]);
}
