using System.Net;
using System.Net.Sockets;
using System.Text;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Tests.Http;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Tests.Checks;

public sealed class HttpCheckTests : IAsyncLifetime, IDisposable
{
    private readonly CheckHarness _harness = new(outputMaxSize: 32);
    private HttpTestServer _server = null!;
    private string _seen = "";

    public async Task InitializeAsync() => _server = await HttpTestServer.StartAsync(routes =>
    {
        routes.Add("/status/", "GET,POST,PUT", HandleStatusAsync);
        routes.Add("/moved", "GET", exchange =>
        {
            exchange.SetHeader("Location", "/status/200");
            exchange.Empty(302);
            return default;
        });
        routes.Add("/slow", "GET", static async exchange =>
        {
            await Task.Delay(TimeSpan.FromSeconds(30), exchange.Aborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            exchange.Empty();
        });
    });

    public void Dispose() => _harness.Dispose();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(200, "passing", "200 OK")]
    [InlineData(204, "passing", "204 No Content")]
    [InlineData(429, "warning", "429 Too Many Requests")]
    [InlineData(404, "critical", "404 Not Found")]
    [InlineData(500, "critical", "500 Internal Server Error")]
    public async Task Status_code_decides(int code, string status, string line)
    {
        string url = Url($"/status/{code}");
        CheckResult result = await RunAsync(new CheckDefinition { Http = url });
        Assert.Equal(status, result.Status);
        Assert.Equal($"HTTP GET {url}: {line} Output: {(code == 204 ? "" : "hello")}", result.Output);
        Assert.Contains("User-Agent: Consul Health Check", _seen, StringComparison.Ordinal);
        Assert.Contains("Accept: text/plain, text/*, */*", _seen, StringComparison.Ordinal);
        Assert.Contains("Connection: close", _seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Method_headers_and_body_are_sent()
    {
        CheckResult result = await RunAsync(new CheckDefinition
        {
            Http = Url("/status/200"),
            Method = "POST",
            Body = "payload",
            Header = SortedMap<IReadOnlyList<string>?>.Create(
            [
                new("Content-Type", ["application/x-test"]),
                new("Host", ["example.test"]),
                new("User-Agent", ["mine"]),
                new("X-Twice", ["a", "b"]),
            ]),
        });
        Assert.StartsWith("HTTP POST ", result.Output, StringComparison.Ordinal);
        Assert.Contains("Host: example.test", _seen, StringComparison.Ordinal);
        Assert.Contains("User-Agent: mine", _seen, StringComparison.Ordinal);
        Assert.Contains("X-Twice: a", _seen, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/x-test", _seen, StringComparison.Ordinal);
        Assert.EndsWith("\npayload", _seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_body_keeps_its_tail()
    {
        CheckResult result = await RunAsync(new CheckDefinition { Http = Url("/status/200?long") });
        Assert.EndsWith(" Output: " + new string('x', 29) + "end", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "passing")]
    [InlineData(true, "critical")]
    public async Task Redirects_are_followed_unless_disabled(bool disabled, string status) =>
        Assert.Equal(status, (await RunAsync(new CheckDefinition { Http = Url("/moved"), DisableRedirects = disabled })).Status);

    [Fact]
    public async Task Time_out_is_critical()
    {
        string url = Url("/slow");
        CheckResult result = await RunAsync(new CheckDefinition { Http = url, TimeoutNs = 200 * GoDuration.Millisecond });
        Assert.Equal(
            new CheckResult("c", "critical", $"Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"),
            result);
    }

    [Fact]
    public async Task Refused_connection_is_critical()
    {
        using var unused = new Socket(SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)unused.LocalEndPoint!).Port;
        string url = $"http://127.0.0.1:{port}/";
        CheckResult result = await RunAsync(new CheckDefinition { Http = url });
        Assert.Equal(
            new CheckResult("c", "critical", $"Get \"{url}\": dial tcp 127.0.0.1:{port}: connect: connection refused"), result);
    }

    [Fact]
    public async Task Url_without_scheme_is_critical() => Assert.Equal(
        "Get \"127.0.0.1:1/x\": unsupported protocol scheme \"\"", (await RunAsync(new CheckDefinition { Http = "127.0.0.1:1/x" })).Output);

    private Task<CheckResult> RunAsync(CheckDefinition check) =>
        _harness.RunOnceAsync(new HttpCheck(_harness.Environment, check with { Id = "c", IntervalNs = 20 * GoDuration.Millisecond }));

    private string Url(string path) => $"http://{_server.EndPoint}{path}";

    private async ValueTask HandleStatusAsync(HttpExchange exchange)
    {
        ReadOnlyMemory<byte> body = await exchange.ReadBodyAsync();
        var seen = new StringBuilder();
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in exchange.RequestHeaders)
        {
            foreach (string? value in values) seen.Append(name).Append(": ").Append(value).Append('\n');
        }

        _seen = seen.Append('\n').Append(Encoding.UTF8.GetString(body.Span)).ToString();
        int code = int.Parse(exchange.Argument);
        if (code == 204) exchange.Empty(code);
        else exchange.Text(code, exchange.Query.Has("long") ? new string('x', 5000) + "end" : "hello");
    }
}
