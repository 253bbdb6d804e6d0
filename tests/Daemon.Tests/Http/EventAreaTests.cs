using System.Text.Json;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Daemon.Tests.Agent.Pools;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Gossip.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Http;

public sealed class EventAreaTests : IAsyncLifetime
{
    private const string First = "195ea425-2160-f911-2ada-a3b4cae3c958";
    private const string Second = "00000000-0000-0001-0000-000000000006";

    private readonly StubInternal _internals = new();
    private readonly UserEvents _events = new("n1", static () => [], ignoreRemoteExecution: true, NullLogger.Instance);
    private HttpTestServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await HttpTestServer.StartAsync(new EventArea(_internals, _events, TimeProvider.System).Map);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Fired_event_goes_to_a_server_and_is_shown()
    {
        RawAnswer answer = await _server.SendRawAsync(
            "PUT", "/v1/event/fire/deploy%20x?node=n.*&service=we%2Bb&tag=v1&dc=dc2&token=t", "rev<42>");
        Assert.Equal(200, answer.Status);
        Assert.Null(answer.Header("X-Consul-Index"));
        string id = JsonDocument.Parse(answer.Body).RootElement.GetProperty("ID").GetString()!;
        Assert.True(Guid.TryParseExact(id, "D", out _));
        Assert.Equal(
            $$"""{"ID":"{{id}}","Name":"deploy x","Payload":"cmV2PDQyPg==","NodeFilter":"n.*","ServiceFilter":"we+b","TagFilter":"v1","""
                + "\"Version\":1,\"LTime\":0}",
            answer.Body);
        Assert.Equal(("dc2", "t", "deploy x", true),
            (_internals.Fired!.Datacenter, _internals.Fired.Token, _internals.Fired.Name, _internals.Fired.AllowStale));
        ConsulEventPayload sent = ConsulEventPayload.Decode(_internals.Fired.Payload)!;
        Assert.Equal(
            (id, "deploy x", "n.*", "we+b", "v1", 1L),
            (sent.Id, sent.Name, sent.NodeFilter, sent.ServiceFilter, sent.TagFilter, sent.Version));
        Assert.Equal("rev<42>"u8.ToArray(), sent.Payload.ToArray());
    }

    [Fact]
    public async Task Only_a_body_of_declared_length_is_a_payload()
    {
        using var content = new StreamContent(new MemoryStream("ignored"u8.ToArray()));
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/event/fire/e") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage answer = await _server.Client.SendAsync(request);
        Assert.Contains("\"Payload\":null,", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(ConsulEventPayload.Decode(_internals.Fired!.Payload)!.Payload.IsEmpty);
    }

    [Theory]
    [InlineData("/v1/event/fire/", 400, "Missing name")]
    [InlineData("/v1/event/fire/e?tag=x", 500, "Cannot provide tag filter without service filter")]
    [InlineData("/v1/event/fire/e?node=(", 500, "Invalid node filter: error parsing regexp: missing closing ): `(`")]
    [InlineData("/v1/event/fire/e?service=%5B", 500, "Invalid service filter: error parsing regexp: missing closing ]: `[`")]
    [InlineData("/v1/event/fire/e?service=a&tag=a**", 500,
        "Invalid tag filter: error parsing regexp: invalid nested repetition operator: `**`")]
    public async Task What_cannot_be_fired_is_refused(string target, int status, string text)
    {
        RawAnswer answer = await _server.SendRawAsync("PUT", target);
        Assert.Equal((status, text), (answer.Status, answer.Body));
        Assert.Null(_internals.Fired);
    }

    [Theory]
    [InlineData("No path to datacenter", 500, "No path to datacenter")]
    [InlineData("rpc error making call: Permission denied", 403, "Permission denied")]
    [InlineData("ACL not found", 500, "ACL not found")]
    public async Task Faults_of_the_server_come_through(string error, int status, string text)
    {
        _internals.Error = error;
        RawAnswer answer = await _server.SendRawAsync("PUT", "/v1/event/fire/e");
        Assert.Equal((status, text), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Empty_list_has_an_index()
    {
        RawAnswer answer = await _server.GetRawAsync("/v1/event/list");
        Assert.Equal((200, "[]", "1"), (answer.Status, answer.Body, answer.Header("X-Consul-Index")));
        Assert.Null(answer.Header("X-Consul-Knownleader"));
    }

    [Fact]
    public async Task List_shows_what_came_and_the_last_one_is_the_index()
    {
        Take(First, "deploy", "x"u8.ToArray());
        Take(Second, "other", default);
        RawAnswer answer = await _server.GetRawAsync("/v1/event/list?node=(&service=x&tag=y");
        Assert.Equal("7", answer.Header("X-Consul-Index"));
        Assert.Equal(
            "[{\"ID\":\"195ea425-2160-f911-2ada-a3b4cae3c958\",\"Name\":\"deploy\",\"Payload\":\"eA==\",\"NodeFilter\":\"\","
                + "\"ServiceFilter\":\"\",\"TagFilter\":\"\",\"Version\":1,\"LTime\":4},"
                + "{\"ID\":\"00000000-0000-0001-0000-000000000006\",\"Name\":\"other\",\"Payload\":null,\"NodeFilter\":\"\","
                + "\"ServiceFilter\":\"\",\"TagFilter\":\"\",\"Version\":1,\"LTime\":4}]",
            answer.Body);
        RawAnswer named = await _server.GetRawAsync("/v1/event/list?name=deploy");
        Assert.Equal((0x195ea4252160f911UL ^ 0x2adaa3b4cae3c958UL).ToString(), named.Header("X-Consul-Index"));
        Assert.Single(JsonDocument.Parse(named.Body).RootElement.EnumerateArray());
        Assert.Equal("[]", (await _server.GetRawAsync("/v1/event/list?name=DEPLOY")).Body);
    }

    [Fact]
    public async Task Waiting_ends_with_the_next_event_of_the_name()
    {
        Task<RawAnswer> waiting = _server.GetRawAsync("/v1/event/list?name=b&index=1&wait=60s");
        Take(First, "a", default);
        Assert.Equal("1", (await _server.GetRawAsync("/v1/event/list?name=b")).Header("X-Consul-Index"));
        Assert.False(waiting.IsCompleted);
        Take(Second, "b", default);
        RawAnswer answer = await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("7", answer.Header("X-Consul-Index"));
        Assert.Contains("\"Name\":\"b\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_in_time_and_another_index_waits_not_at_all()
    {
        Take(Second, "b", default);
        Assert.Equal("7", (await _server.GetRawAsync("/v1/event/list?index=7&wait=20ms")).Header("X-Consul-Index"));
        Assert.Equal("7", (await _server.GetRawAsync("/v1/event/list?index=8&wait=60s")).Header("X-Consul-Index"));
    }

    [Theory]
    [InlineData("wait=x", "Invalid wait time")]
    [InlineData("index=x", "Invalid index")]
    [InlineData("index=-1", "Invalid index")]
    public async Task Wrong_waiting_is_refused(string query, string text)
    {
        RawAnswer answer = await _server.GetRawAsync("/v1/event/list?" + query);
        Assert.Equal((400, text), (answer.Status, answer.Body));
    }

    private void Take(string id, string name, byte[]? payload) =>
        _events.Take(new UserPoolEvent(4, name, new ConsulEventPayload(id, name, payload).Encode(), CanCoalesce: false));
}
