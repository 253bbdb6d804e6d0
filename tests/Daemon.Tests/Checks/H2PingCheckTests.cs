using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Daemon.Checks;
using Consul.Fast.Daemon.Config.Definitions;
using Consul.Fast.Daemon.Text;

namespace Consul.Fast.Daemon.Tests.Checks;

public sealed class H2PingCheckTests : IDisposable
{
    private readonly CheckHarness _harness = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public H2PingCheckTests() => _listener.Start();

    public void Dispose()
    {
        _listener.Dispose();
        _harness.Dispose();
    }

    [Fact]
    public async Task Acknowledged_ping_is_passing()
    {
        Task serving = ServeAsync(SslApplicationProtocol.Http2, static async stream =>
        {
            // Preface, settings frame, ping frame with its eight bytes.
            var opening = new byte[24 + 9 + 9 + 8];
            await stream.ReadExactlyAsync(opening);
            Assert.StartsWith("PRI * HTTP/2.0", System.Text.Encoding.ASCII.GetString(opening), StringComparison.Ordinal);
            byte[] settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100];
            byte[] ack = [0, 0, 8, 6, 1, 0, 0, 0, 0, .. opening.AsSpan(42, 8)];
            await stream.WriteAsync((byte[])[.. settings, .. ack]);
            Assert.Equal(0, await stream.ReadAsync(opening));
        });
        CheckResult result = await RunAsync(skipVerify: true);
        Assert.Equal(new CheckResult("c", "passing", "HTTP2 ping was successful"), result);
        await serving.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Closed_connection_is_a_failed_ping()
    {
        _ = ServeAsync(SslApplicationProtocol.Http2, static _ => Task.CompletedTask);
        CheckResult result = await RunAsync(skipVerify: true);
        Assert.Equal("critical", result.Status);
        Assert.StartsWith("HTTP2 ping failed: ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Untrusted_certificate_is_a_failed_dial()
    {
        _ = ServeAsync(SslApplicationProtocol.Http2, static _ => Task.CompletedTask);
        CheckResult result = await RunAsync(skipVerify: false);
        Assert.Equal("critical", result.Status);
        Assert.StartsWith($"Failed to dial to {_listener.LocalEndpoint}: ", result.Output, StringComparison.Ordinal);
    }

    private Task<CheckResult> RunAsync(bool skipVerify) => _harness.RunOnceAsync(new H2PingCheck(_harness.Environment, new CheckDefinition
    {
        Id = "c",
        H2Ping = _listener.LocalEndpoint.ToString()!,
        TlsSkipVerify = skipVerify,
        IntervalNs = 20 * GoDuration.Millisecond,
    }));

    private async Task ServeAsync(SslApplicationProtocol protocol, Func<SslStream, Task> serve)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using TcpClient client = await _listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ApplicationProtocols = [protocol],
        });
        await serve(stream);
    }
}
