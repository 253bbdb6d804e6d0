using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Net.Tests.Tls;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Transport;

/// <summary>The first byte of a server with certificates: bytes 3 and 7, TLS at once, and what verification refuses.</summary>
public sealed class ProtocolSwitchTlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("Other CA");
    private readonly X509Certificate2 _server;
    private readonly X509Certificate2 _client;
    private readonly TlsFiles _files;

    public ProtocolSwitchTlsTests()
    {
        _server = _authority.Server();
        _client = _authority.Client();
        _files = TlsFiles.With(_authority, _server);
    }

    public void Dispose()
    {
        _files.Dispose();
        _server.Dispose();
        _client.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Theory]
    [InlineData(ProtocolMode.Rpc)]
    [InlineData(ProtocolMode.Raft)]
    [InlineData(ProtocolMode.Multiplexed)]
    [InlineData(ProtocolMode.Snapshot)]
    [InlineData(ProtocolMode.Grpc)]
    public async Task Inside_tls_each_mode_goes_to_its_handler(ProtocolMode mode)
    {
        await using var port = new TestPort(_files.Load());
        await using SslStream tls = await port.ConnectTlsAsync();
        await tls.WriteAsync(new[] { (byte)mode });
        (ProtocolMode seen, TcpConnection connection) = await port.Handlers.NextAsync();
        Assert.Equal(mode, seen);
        Assert.NotNull(connection.Tls);
        Assert.Null(connection.Tls.PeerCertificate);
        Assert.False(connection.Tls.PeerVerified);
        Assert.Equal(0, port.Pool.Outstanding);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(0x16)]
    public async Task Inside_tls_other_bytes_are_closed(byte inner)
    {
        await using var port = new TestPort(_files.Load());
        await using SslStream tls = await port.ConnectTlsAsync();
        await tls.WriteAsync(new[] { inner });
        await TestPort.ClosedAsync(tls);
        Assert.Equal(0, port.Handlers.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(9)]
    public async Task With_verification_nothing_is_taken_in_the_clear(byte first)
    {
        await using var port = new TestPort(_files.Load(static s => s with { VerifyIncomingRpc = true }));
        using Socket socket = await port.ConnectAsync(first);
        if (first > 8) socket.Shutdown(SocketShutdown.Send);
        await TestPort.ClosedAsync(socket);
        Assert.Equal(0, port.Handlers.Count);
    }

    [Fact]
    public async Task With_verification_a_known_certificate_is_enough()
    {
        await using var port = new TestPort(_files.Load(static s => s with { VerifyIncoming = true }));
        await using SslStream tls = await port.ConnectTlsAsync(certificate: _client);
        await tls.WriteAsync(new byte[] { 4 });
        (ProtocolMode mode, TcpConnection connection) = await port.Handlers.NextAsync();
        Assert.Equal(ProtocolMode.Multiplexed, mode);
        Assert.True(connection.Tls!.PeerVerified);
        Assert.False(connection.Tls.IsOwnServer);
        Assert.Equal(_client.Thumbprint, connection.Tls.PeerCertificate!.Thumbprint);
    }

    [Theory]
    [InlineData("none", "client didn't provide a certificate")]
    [InlineData("stranger", "signed by unknown authority")]
    [InlineData("expired", "expired or is not yet valid")]
    [InlineData("early", "expired or is not yet valid")]
    [InlineData("server only", "incompatible key usage")]
    [InlineData("forged", "signed by unknown authority")]
    public async Task With_verification_other_certificates_are_refused(string which, string reason)
    {
        using ECDsa forger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2? certificate = which switch
        {
            "stranger" => _stranger.Client(),
            "expired" => _authority.Issue("c", ["c"], fromDays: -9, toDays: -1),
            "early" => _authority.Issue("c", ["c"], fromDays: 1),
            "server only" => _authority.Issue("c", ["c"], clientUse: false),
            "forged" => _authority.Issue("c", ["c"], forger: forger),
            _ => null,
        };
        await using var port = new TestPort(_files.Load(static s => s with { VerifyIncoming = true }));
        await FailsAsync(port, first: 3, certificate);
        await Eventually.TrueAsync(() => port.Logger.Lines.Any(l => l.Contains("TLS handshake failed") && l.Contains(reason)), "logged");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Byte_7_asks_for_no_certificate_and_has_no_byte_inside(bool verify)
    {
        await using var port = new TestPort(_files.Load(s => s with { VerifyIncoming = verify }));
        await using SslStream tls = await port.ConnectTlsAsync(first: 7);
        (ProtocolMode mode, TcpConnection connection) = await port.Handlers.NextAsync();
        Assert.Equal(ProtocolMode.TlsInsecure, mode);
        Assert.Null(connection.Tls!.PeerCertificate);
    }

    [Theory]
    [InlineData("consul/rpc-single", ProtocolMode.Rpc)]
    [InlineData("consul/raft", ProtocolMode.Raft)]
    [InlineData("consul/rpc-multi", ProtocolMode.Multiplexed)]
    [InlineData("consul/rpc-snapshot", ProtocolMode.Snapshot)]
    [InlineData("consul/rpc-grpc", ProtocolMode.Grpc)]
    public async Task Tls_at_once_names_its_mode(string name, ProtocolMode mode)
    {
        await using var port = new TestPort(_files.Load());
        await using SslStream tls = await port.ConnectTlsAsync(first: null, _client, name);
        (ProtocolMode seen, TcpConnection connection) = await port.Handlers.NextAsync();
        Assert.Equal(mode, seen);
        Assert.Equal(name, connection.Tls!.Alpn);
        Assert.True(connection.Tls.PeerVerified);
    }

    [Theory]
    [InlineData("consul/rpc-gossip")]
    [InlineData("consul/wan-gossip/packet")]
    [InlineData("h2")]
    [InlineData(null)]
    public async Task Tls_at_once_without_a_known_name_is_closed(string? name)
    {
        await using var port = new TestPort(_files.Load());
        await FailsAsync(port, first: null, _client, name is null ? [] : [name]);
        Assert.Equal(0, port.Handlers.Count);
    }

    [Fact]
    public async Task Tls_at_once_demands_a_certificate_even_without_verification()
    {
        await using var port = new TestPort(_files.Load());
        await FailsAsync(port, first: null, certificate: null, "consul/rpc-multi");
        Assert.Equal(0, port.Handlers.Count);
    }

    [Theory]
    [InlineData("server.dc1.consul", true)]
    [InlineData("*.dc1.consul", true)]
    [InlineData("client.dc1.consul", false)]
    [InlineData("server.dc2.consul", false)]
    public async Task Raft_is_for_servers_of_the_datacenter_when_names_are_checked(string name, bool allowed)
    {
        using X509Certificate2 peer = _authority.Issue("peer", [name]);
        await using var strict = new TestPort(_files.Load(static s => s with { VerifyIncoming = true, VerifyServerHostname = true }));
        await using SslStream tls = await strict.ConnectTlsAsync(certificate: peer);
        await tls.WriteAsync(new byte[] { 1 });
        if (allowed) Assert.Equal(ProtocolMode.Raft, (await strict.Handlers.NextAsync()).Mode);
        else await TestPort.ClosedAsync(tls);
        Assert.Equal(0, strict.Handlers.Count);

        await using var lax = new TestPort(_files.Load(static s => s with { VerifyIncoming = true }));
        await using SslStream other = await lax.ConnectTlsAsync(certificate: peer);
        await other.WriteAsync(new byte[] { 1 });
        Assert.Equal(ProtocolMode.Raft, (await lax.Handlers.NextAsync()).Mode);
    }

    [Theory]
    [InlineData(new byte[] { 3 })]
    [InlineData(new byte[] { 7 })]
    [InlineData(new byte[] { 0x16, 3, 1 })]
    [InlineData(new byte[] { })]
    public async Task A_handshake_that_never_comes_ends_at_the_deadline(byte[] first)
    {
        await using var port = new TestPort(_files.Load(), handshake: TimeSpan.FromMilliseconds(60));
        using Socket socket = await port.ConnectAsync(first);
        await TestPort.ClosedAsync(socket);
        await Eventually.TrueAsync(() => port.Logger.Lines.Any(static l => l.Contains("reason=handshake timeout")), "logged");
    }

    [Fact]
    public async Task The_deadline_covers_the_byte_inside_tls()
    {
        await using var port = new TestPort(_files.Load(), handshake: TimeSpan.FromSeconds(1));
        await using SslStream tls = await port.ConnectTlsAsync();
        await TestPort.ClosedAsync(tls);
        Assert.Equal(0, port.Handlers.Count);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(0x16)]
    public async Task A_server_without_certificate_closes_tls(byte first)
    {
        TlsContext onlyAuthority = _files.Load(static s => s with { CertFile = "", KeyFile = "" });
        await using var port = new TestPort(onlyAuthority);
        using Socket socket = await port.ConnectAsync(first);
        await TestPort.ClosedAsync(socket);
    }

    [Fact]
    public async Task Certificates_are_replaced_without_dropping_connections()
    {
        TlsContext context = _files.Load(static s => s with { VerifyIncoming = true });
        await using var port = new TestPort(context);
        await using SslStream old = await port.ConnectTlsAsync(certificate: _client);
        await old.WriteAsync(new byte[] { 0 });
        (_, TcpConnection served) = await port.Handlers.NextAsync();

        using X509Certificate2 next = _stranger.Server();
        using X509Certificate2 known = _stranger.Client();
        _files.Write("ca.pem", _stranger.Pem);
        _files.Write("cert.pem", next.ExportCertificatePem());
        Assert.False(context.TryReload(out string? error));
        Assert.Equal("Failed to load cert/key pair: tls: private key does not match public key", error);
        await using SslStream still = await port.ConnectTlsAsync(certificate: _client);
        Assert.Equal(_server.Thumbprint, Thumbprint(still));

        _files.Write("key.pem", TlsFiles.KeyOf(next));
        Assert.True(context.TryReload(out error), error);
        await using SslStream fresh = await port.ConnectTlsAsync(certificate: known);
        Assert.Equal(next.Thumbprint, Thumbprint(fresh));
        await fresh.WriteAsync(new byte[] { 5 });
        Assert.Equal(ProtocolMode.Snapshot, (await port.Handlers.NextAsync()).Mode);
        await FailsAsync(port, first: 3, _client);

        await old.WriteAsync(new byte[] { 1, 2, 3 });
        Assert.Null(served.CloseReason);
    }

    [Fact]
    public async Task Tls_garbage_never_hangs()
    {
        await using var port = new TestPort(_files.Load(static s => s with { VerifyIncoming = true }), handshake: TimeSpan.FromSeconds(2));
        await SwitchFuzz.RunAsync(port, seed: 2, rounds: 300);
        await using SslStream tls = await port.ConnectTlsAsync(certificate: _client);
        await tls.WriteAsync(new byte[] { 0 });
        Assert.Equal(ProtocolMode.Rpc, (await port.Handlers.NextAsync()).Mode);
    }

    private static string Thumbprint(SslStream tls) => ((X509Certificate2)tls.RemoteCertificate!).Thumbprint;

    /// <summary>With TLS 1.3 the client's side may succeed before the server refuses: then reading meets the end.</summary>
    private static async Task FailsAsync(TestPort port, byte? first, X509Certificate2? certificate, params string[] alpn)
    {
        try
        {
            await using SslStream tls = await port.ConnectTlsAsync(first, certificate, alpn);
            await TestPort.ClosedAsync(tls);
        }
        catch (Exception exception) when (CloseReason.IsLoss(exception))
        {
            // Refused during the handshake.
        }
    }
}
