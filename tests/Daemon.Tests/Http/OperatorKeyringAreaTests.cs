using Consul.Fast.Daemon.Http.Areas;
using Consul.Fast.Daemon.Tests.Agent.Pools;

namespace Consul.Fast.Daemon.Tests.Http;

public sealed class OperatorKeyringAreaTests : IAsyncLifetime
{
    private const string Path = "/v1/operator/keyring";
    private const string Body = "{\"Key\":\"AAECAwQFBgcICQoLDA0ODw==\"}";

    private readonly StubInternal _internals = new();
    private HttpTestServer _server = null!;

    public async Task InitializeAsync() => _server = await HttpTestServer.StartAsync(new OperatorKeyringArea(_internals).Map);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task List_shows_every_pool()
    {
        _internals.Pools = [StubInternal.Pool(wan: true, 1), StubInternal.Pool(wan: false, 3, "", ("n2", "cut"))];
        RawAnswer answer = await _server.GetRawAsync(Path + "?relay-factor=3&local-only=true&token=t");
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            "[{\"WAN\":true,\"Datacenter\":\"dc1\",\"Segment\":\"\",\"Keys\":{\"a2V5\":1,\"b2xk\":1},\"PrimaryKeys\":{\"a2V5\":1},\"NumNodes\":1},"
                + "{\"WAN\":false,\"Datacenter\":\"dc1\",\"Segment\":\"\",\"Messages\":{\"n2\":\"cut\"},\"Keys\":{\"a2V5\":3,\"b2xk\":1},"
                + "\"PrimaryKeys\":{\"a2V5\":3},\"NumNodes\":3}]",
            answer.Body);
        Assert.Null(answer.Header("X-Consul-Index"));
        Assert.Equal(("list", "", 3, true, "t", false), (_internals.Operated!.Operation, _internals.Operated.Key,
            _internals.Operated.RelayFactor, _internals.Operated.LocalOnly, _internals.Operated.Token, _internals.Operated.Forwarded));
    }

    [Theory]
    [InlineData("POST", "install")]
    [InlineData("PUT", "use")]
    [InlineData("DELETE", "remove")]
    public async Task Changes_answer_nothing(string method, string operation)
    {
        RawAnswer answer = await _server.SendRawAsync(method, Path + "?local-only=false", Body);
        Assert.Equal((200, ""), (answer.Status, answer.Body));
        Assert.Equal((operation, "AAECAwQFBgcICQoLDA0ODw==", 0, false), (_internals.Operated!.Operation, _internals.Operated.Key,
            _internals.Operated.RelayFactor, _internals.Operated.LocalOnly));
    }

    [Fact]
    public async Task Body_may_hold_more_than_the_key()
    {
        RawAnswer answer = await _server.SendRawAsync("POST", Path, "{\"key\":\"k\",\"Token\":\"x\",\"RelayFactor\":200,\"LocalOnly\":true}");
        Assert.Equal(200, answer.Status);
        Assert.Equal(("k", 200, "", false), (_internals.Operated!.Key, _internals.Operated.RelayFactor, _internals.Operated.Token,
            _internals.Operated.LocalOnly));
        await _server.SendRawAsync("POST", Path + "?relay-factor=1", "{\"RelayFactor\":200}");
        Assert.Equal(1, _internals.Operated.RelayFactor);
    }

    [Theory]
    [InlineData("POST", "", "", "Request decode failed: EOF")]
    [InlineData("PUT", "", "{\"Key\":1}", "Request decode failed: json: cannot unmarshal number into Go struct field keyringArgs.Key of type string")]
    [InlineData("DELETE", "", "{\"Keys\":\"x\"}", "Request decode failed: json: unknown field \"Keys\"")]
    [InlineData("POST", "", "[]", "Request decode failed: json: cannot unmarshal array into Go value of type agent.keyringArgs")]
    [InlineData("POST", "", "{\"RelayFactor\":256}",
        "Request decode failed: json: cannot unmarshal number 256 into Go struct field keyringArgs.RelayFactor of type uint8")]
    [InlineData("GET", "?relay-factor=x", "", "Error parsing relay factor: strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("GET", "?relay-factor=99999999999999999999", "",
        "Error parsing relay factor: strconv.Atoi: parsing \"99999999999999999999\": value out of range")]
    [InlineData("GET", "?relay-factor=6", "", "Invalid relay-factor: Relay factor must be in range: [0, 5]")]
    [InlineData("GET", "?relay-factor=-1", "", "Invalid relay-factor: Relay factor must be in range: [0, 5]")]
    [InlineData("GET", "?local-only=maybe", "", "Error parsing local-only: strconv.ParseBool: parsing \"maybe\": invalid syntax")]
    [InlineData("PUT", "?local-only=1", Body, "Invalid use of local-only: local-only can only be set for list requests")]
    public async Task Wrong_requests_are_refused(string method, string query, string body, string reason)
    {
        RawAnswer answer = await _server.SendRawAsync(method, Path + query, body);
        Assert.Equal((400, "Bad request: " + reason), (answer.Status, answer.Body));
        Assert.Null(_internals.Operated);
    }

    [Fact]
    public async Task Other_methods_are_not_allowed()
    {
        RawAnswer answer = await _server.SendRawAsync("PATCH", Path, Body);
        Assert.Equal((405, "OPTIONS,GET,POST,PUT,DELETE"), (answer.Status, answer.Header("Allow")));
    }

    [Theory]
    [InlineData("keyring operations must run against a server node")]
    [InlineData("Reading keyring denied by ACLs")]
    [InlineData("Modifying keyring denied due to ACLs")]
    public async Task Refusals_are_internal_errors(string error)
    {
        _internals.Error = error;
        RawAnswer answer = await _server.GetRawAsync(Path);
        Assert.Equal((500, error), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Failures_of_pools_are_listed()
    {
        const string Text = "Keyring is empty (encryption not enabled)";
        _internals.Pools = [StubInternal.Pool(true, 1, "1/1 nodes reported failure", ("n1.dc1", Text)), StubInternal.Pool(false, 1)];
        RawAnswer answer = await _server.GetRawAsync(Path);
        Assert.Equal(
            (500, $"2 errors occurred:\n\t* WAN error: 1/1 nodes reported failure\n\t* n1.dc1: {Text}\n\n"), (answer.Status, answer.Body));
        _internals.Pools = [StubInternal.Pool(true, 1), StubInternal.Pool(false, 3, "2/3 nodes reported success")];
        answer = await _server.SendRawAsync("POST", Path, Body);
        Assert.Equal((500, "1 error occurred:\n\t* dc1 (LAN) error: 2/3 nodes reported success\n\n"), (answer.Status, answer.Body));
    }
}
