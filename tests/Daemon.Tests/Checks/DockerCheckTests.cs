using System.Text;
using System.Text.Json;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Http;
using Consul.Fast.Daemon.Tests.Http;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Tests.Checks;

public sealed class DockerCheckTests : IAsyncLifetime, IDisposable
{
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"docker-{Guid.NewGuid():N}.sock");
    private readonly CheckHarness _harness;
    private HttpTestServer _engine = null!;
    private string _created = "";
    private int _exitCode;

    public DockerCheckTests() => _harness = new CheckHarness(outputMaxSize: 8, dockerHost: "unix://" + _socket);

    public async Task InitializeAsync() => _engine = await HttpTestServer.StartAsync(
        routes =>
        {
            routes.Add("/containers/", "POST", CreateAsync);
            routes.Add("/exec/", "GET,POST", ExecuteAsync);
        },
        new HttpOptions { Listeners = [new HttpListenAddress { UnixPath = _socket }] });

    public Task DisposeAsync() => _engine.DisposeAsync().AsTask();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(0, "passing")]
    [InlineData(1, "warning")]
    [InlineData(7, "critical")]
    public async Task Exit_code_in_the_container_decides(int code, string status)
    {
        _exitCode = code;
        CheckResult result = await RunAsync("box");
        Assert.Equal(new CheckResult("c", status, "Captured 8 of 10 bytes\n...\n23456789"), result);
        using JsonDocument created = JsonDocument.Parse(_created);
        Assert.Equal(["true", "-v"], created.RootElement.GetProperty("Cmd").EnumerateArray().Select(static arg => arg.GetString()));
    }

    [Fact]
    public async Task Refusal_of_the_engine_is_critical() => Assert.Equal(
        new CheckResult("c", "critical", "create exec failed: 404: No such container"), await RunAsync("none"));

    private Task<CheckResult> RunAsync(string container) => _harness.RunOnceAsync(new DockerCheck(_harness.Environment, new CheckDefinition
    {
        Id = "c",
        DockerContainerId = container,
        ScriptArgs = ["true", "-v"],
        IntervalNs = 20 * GoDuration.Millisecond,
    }));

    private async ValueTask CreateAsync(HttpExchange exchange)
    {
        if (exchange.Argument != "box/exec")
        {
            exchange.NotFound("No such container");
            return;
        }

        _created = Encoding.UTF8.GetString((await exchange.ReadBodyAsync()).Span);
        exchange.Json(201, 0, static (writer, _) =>
        {
            writer.WriteStartObject();
            writer.WriteString("Id", "e1");
            writer.WriteEndObject();
        });
    }

    private ValueTask ExecuteAsync(HttpExchange exchange)
    {
        if (exchange.Argument == "e1/start") exchange.Text(200, "0123456789");
        else exchange.Text(200, $"{{\"ExitCode\":{_exitCode}}}");
        return default;
    }
}
