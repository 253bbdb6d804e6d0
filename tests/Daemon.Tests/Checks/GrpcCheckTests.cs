using System.Net;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Consul.Fast.Daemon.Tests.Checks;

public sealed class GrpcCheckTests : IAsyncLifetime, IDisposable
{
    private readonly CheckHarness _harness = new();
    private readonly HealthServer _application = new();
    private readonly KestrelServer _server;
    private ListenOptions _listener = null!;

    public GrpcCheckTests()
    {
        var options = new KestrelServerOptions();
        options.Listen(IPAddress.Loopback, 0, listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            _listener = listener;
        });
        _server = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
    }

    public Task InitializeAsync() => _server.StartAsync(_application, CancellationToken.None);

    public Task DisposeAsync() => _server.StopAsync(CancellationToken.None);

    public void Dispose()
    {
        _server.Dispose();
        _harness.Dispose();
    }

    [Theory]
    [InlineData("", 1, "passing", "gRPC check {0}: success")]
    [InlineData("/my.Service", 1, "passing", "gRPC check {0}: success")]
    [InlineData("", 2, "critical", "gRPC {0} serving status: NOT_SERVING")]
    [InlineData("", 0, "critical", "gRPC {0} serving status: UNKNOWN")]
    public async Task Serving_status_decides(string service, byte status, string expected, string output)
    {
        _application.Status = status;
        string target = _listener.IPEndPoint + service;
        CheckResult result = await RunAsync(target);
        Assert.Equal(new CheckResult("c", expected, string.Format(output, target)), result);
        Assert.Equal(service.TrimStart('/'), _application.SeenService);
    }

    [Fact]
    public async Task Grpc_error_is_critical()
    {
        _application.Error = (5, "unknown service");
        Assert.Equal(
            new CheckResult("c", "critical", "rpc error: code = NotFound desc = unknown service"), await RunAsync(_listener.IPEndPoint + "/x"));
    }

    [Fact]
    public async Task Unreachable_server_is_critical()
    {
        CheckResult result = await RunAsync("127.0.0.1:1");
        Assert.Equal(
            ("critical", "rpc error: code = Unavailable desc = dial tcp 127.0.0.1:1: connect: connection refused"),
            (result.Status, result.Output));
    }

    private Task<CheckResult> RunAsync(string target) => _harness.RunOnceAsync(new GrpcCheck(
        _harness.Environment, new CheckDefinition { Id = "c", Grpc = target, IntervalNs = 20 * GoDuration.Millisecond }));

    private sealed class HealthServer : IHttpApplication<IFeatureCollection>
    {
        public byte Status { get; set; }

        public (int Code, string Message)? Error { get; set; }

        public string SeenService { get; private set; } = "";

        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }

        public async Task ProcessRequestAsync(IFeatureCollection context)
        {
            IHttpRequestFeature request = context.Get<IHttpRequestFeature>()!;
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            byte[] bytes = body.ToArray();
            SeenService = bytes.Length > 7 ? System.Text.Encoding.UTF8.GetString(bytes.AsSpan(7)) : "";
            IHttpResponseFeature response = context.Get<IHttpResponseFeature>()!;
            bool found = request.Path == "/grpc.health.v1.Health/Check" && request.Method == "POST";
            response.StatusCode = found ? 200 : 404;
            response.Headers["Content-Type"] = "application/grpc";
            IHttpResponseBodyFeature output = context.Get<IHttpResponseBodyFeature>()!;
            if (Error is { } error)
            {
                response.Headers["grpc-status"] = $"{error.Code}";
                response.Headers["grpc-message"] = error.Message;
                await output.StartAsync();
                return;
            }

            byte[] message = Status == 0 ? [0, 0, 0, 0, 0] : [0, 0, 0, 0, 2, 8, Status];
            await output.Writer.WriteAsync(message);
            context.Get<IHttpResponseTrailersFeature>()!.Trailers["grpc-status"] = "0";
        }
    }
}
