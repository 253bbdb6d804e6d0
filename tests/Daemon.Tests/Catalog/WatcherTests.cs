using System.Diagnostics;
using Consul.Fast.Daemon.Tests.Server;

namespace Consul.Fast.Daemon.Tests.Catalog;

/// <summary>What programs that watch the catalog rely on.</summary>
public sealed class WatcherTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        await RegisterAsync("e2", "web", "2");
        await RegisterAsync("e1", "web", "1");
        await RegisterAsync("e1", "api", "1");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("/v1/catalog/nodes")]
    [InlineData("/v1/catalog/services")]
    [InlineData("/v1/catalog/service/web")]
    [InlineData("/v1/catalog/service/none")]
    [InlineData("/v1/catalog/node/e1")]
    [InlineData("/v1/catalog/node/none")]
    [InlineData("/v1/catalog/node-services/e1")]
    [InlineData("/v1/health/node/e1")]
    [InlineData("/v1/health/node/none")]
    [InlineData("/v1/health/checks/web")]
    [InlineData("/v1/health/state/any")]
    [InlineData("/v1/health/service/web")]
    [InlineData("/v1/health/service/none?passing")]
    public async Task Every_read_has_an_index_and_a_fruitless_wait_returns_the_same(string path)
    {
        Reply first = await _server.GetAsync(path);
        Assert.True(first.Index >= 1);
        string separator = path.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        await _server.PutAsync("/v1/kv/elsewhere", "x");
        var watch = Stopwatch.StartNew();
        Reply second = await _server.GetAsync($"{path}{separator}index={first.Index}&wait=160ms");
        Assert.True(watch.ElapsedMilliseconds >= 140, $"answered after {watch.ElapsedMilliseconds} ms");
        Assert.Equal((first.Status, first.Index, first.Body), (second.Status, second.Index, second.Body));
    }

    [Theory]
    [InlineData("/v1/health/service/web", "web")]
    [InlineData("/v1/catalog/service/web", "web")]
    [InlineData("/v1/health/checks/web", "web")]
    [InlineData("/v1/catalog/services", "fresh")]
    [InlineData("/v1/health/service/fresh", "fresh")]
    [InlineData("/v1/catalog/node/e1", "fresh")]
    [InlineData("/v1/health/state/passing", "web")]
    public async Task Change_wakes_the_watcher(string path, string changed)
    {
        Reply first = await _server.GetAsync(path);
        Task<Reply> waiting = _server.GetAsync($"{path}?index={first.Index}&wait=60s");
        await AsleepAsync();
        Reply registered = await _server.PutAsync(
            "/v1/catalog/register",
            $$"""{"Node":"e1","Address":"10.0.0.1","Service":{"ID":"x","Service":"{{changed}}"},"Check":{"Name":"n","ServiceID":"x","Status":"passing"} }""");
        Assert.Equal(200, registered.Status);
        Reply woken = await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(woken.Index > first.Index);
        Assert.NotEqual(first.Body, woken.Body);
    }

    [Fact]
    public async Task Other_services_do_not_wake_the_watcher_of_one()
    {
        Reply first = await _server.GetAsync("/v1/health/service/web");
        Task<Reply> waiting = _server.GetAsync($"/v1/health/service/web?index={first.Index}&wait=60s");
        await AsleepAsync();
        await RegisterAsync("e2", "api", "2");
        await RegisterAsync("e3", "other", "1");
        Assert.Equal(1, _server.Store.Watches.Sleeping);
        await RegisterAsync("e3", "web", "1");
        Assert.Equal(3, (await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Json.GetArrayLength());
    }

    [Fact]
    public async Task Index_does_not_fall_when_the_last_instance_vanishes()
    {
        ulong index = (await _server.GetAsync("/v1/health/service/api")).Index;
        await _server.PutAsync("/v1/catalog/deregister", """{"Node":"e1","ServiceID":"api-1"}""");
        Reply gone = await _server.GetAsync("/v1/health/service/api");
        Assert.Equal("[]", gone.Body);
        Assert.True(gone.Index > index);
    }

    [Fact]
    public async Task Catalog_and_health_list_the_same_instances_in_the_same_order()
    {
        for (int i = 0; i < 20; i++) await RegisterAsync($"n{(i * 7) % 20:00}", "web", $"{(i * 3) % 5}");
        string[] catalog = [.. (await _server.GetAsync("/v1/catalog/service/web")).Json.EnumerateArray()
            .Select(i => i.GetProperty("Node").GetString() + "/" + i.GetProperty("ServiceID").GetString())];
        string[] health = [.. (await _server.GetAsync("/v1/health/service/web")).Json.EnumerateArray()
            .Select(i => i.GetProperty("Node").GetProperty("Node").GetString() + "/" + i.GetProperty("Service").GetProperty("ID").GetString())];
        Assert.Equal(22, catalog.Length);
        Assert.Equal(catalog, health);
        Assert.Equal(catalog.Order(StringComparer.Ordinal), catalog);
    }

    [Fact]
    public async Task Checks_of_an_instance_are_those_of_its_node_then_its_own()
    {
        await _server.PutAsync(
            "/v1/catalog/register",
            """{"Node":"e1","Address":"10.0.0.1","Checks":[{"Name":"zz"},{"Name":"node"},{"Name":"b","ServiceID":"web-1"},{"Name":"a","ServiceID":"web-1"},{"Name":"x","ServiceID":"api-1"}]}""");
        string[] checks = [.. (await _server.GetAsync("/v1/health/service/web")).Json[0].GetProperty("Checks").EnumerateArray()
            .Select(c => c.GetProperty("CheckID").GetString()!)];
        Assert.Equal(["node", "zz", "a", "b"], checks);
    }

    [Fact]
    public async Task States_are_found_without_regard_to_case()
    {
        await _server.PutAsync("/v1/catalog/register", """{"Node":"e1","Address":"10.0.0.1","Check":{"Name":"w","Status":"warning"}}""");
        Assert.Equal(1, (await _server.GetAsync("/v1/health/state/WARNING")).Json.GetArrayLength());
        Assert.Equal("[]", (await _server.GetAsync("/v1/health/state/Any")).Body);
        Assert.Equal("[]", (await _server.GetAsync("/v1/health/state/bogus")).Body);
    }

    [Fact]
    public async Task Failing_check_takes_the_instance_out_of_the_passing_ones()
    {
        Assert.Equal(2, (await _server.GetAsync("/v1/health/service/web?passing")).Json.GetArrayLength());
        await _server.PutAsync("/v1/catalog/register", """{"Node":"e1","Address":"10.0.0.1","Check":{"Name":"c","Status":"warning"}}""");
        Reply passing = await _server.GetAsync("/v1/health/service/web?passing");
        Assert.Equal(1, passing.Json.GetArrayLength());
        Reply all = await _server.GetAsync("/v1/health/service/web");
        Assert.Equal((2, passing.Index), (all.Json.GetArrayLength(), all.Index));
    }

    private async Task RegisterAsync(string node, string service, string id)
    {
        Reply reply = await _server.PutAsync(
            "/v1/catalog/register",
            $$"""{"Node":"{{node}}","Address":"10.0.0.1","Service":{"ID":"{{service}}-{{id}}","Service":"{{service}}","Port":80} }""");
        Assert.Equal((200, "true"), (reply.Status, reply.Body));
    }

    private async Task AsleepAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (_server.Store.Watches.Sleeping == 0) await Task.Delay(5, deadline.Token);
    }
}
