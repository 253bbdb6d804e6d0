using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Net.Tests.Tls;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Transport;

public sealed class TcpDialerTests
{
    [Theory]
    [InlineData(ProtocolMode.Rpc)]
    [InlineData(ProtocolMode.Raft)]
    [InlineData(ProtocolMode.Multiplexed)]
    [InlineData(ProtocolMode.Snapshot)]
    [InlineData(ProtocolMode.Grpc)]
    public async Task A_dial_in_the_clear_announces_its_mode(ProtocolMode mode)
    {
        await using var port = new TestPort();
        DialResult result = await new TcpDialer(source: IPAddress.Loopback, pool: port.Pool).DialAsync(port.EndPoint, "dc1", mode);
        Assert.True(result.Succeeded, result.Error);
        (ProtocolMode seen, TcpConnection far) = await port.Handlers.NextAsync();
        Assert.Equal(mode, seen);
        Assert.Equal(result.Connection.LocalEndPoint, far.RemoteEndPoint);
        Assert.Null(result.Connection.Tls);
        await result.Connection.DisposeAsync();
    }

    [Fact]
    public async Task A_refused_dial_is_a_text()
    {
        IPEndPoint unused;
        await using (var port = new TestPort()) unused = port.EndPoint;
        DialResult result = await new TcpDialer().DialAsync(unused, "dc1", ProtocolMode.Multiplexed);
        Assert.False(result.Succeeded);
        Assert.Equal($"dial tcp {unused}: connect: connection refused", result.Error);
    }

    [Fact]
    public async Task A_source_that_is_not_ours_is_a_text()
    {
        await using var port = new TestPort();
        DialResult result = await new TcpDialer(source: IPAddress.Parse("192.0.2.1")).DialAsync(port.EndPoint, "dc1", ProtocolMode.Rpc);
        Assert.Equal($"dial tcp 192.0.2.1:0->{port.EndPoint}: bind: cannot assign requested address", result.Error);
    }

    [Fact]
    public async Task A_refused_dial_names_its_source()
    {
        IPEndPoint unused;
        await using (var port = new TestPort()) unused = port.EndPoint;
        DialResult result = await new TcpDialer(source: IPAddress.Loopback).DialAsync(unused, "dc1", ProtocolMode.Multiplexed);
        Assert.Equal($"dial tcp 127.0.0.1:0->{unused}: connect: connection refused", result.Error);
    }

    [Fact]
    public async Task A_connect_that_gets_no_answer_times_out()
    {
        // A full backlog: the kernel drops what comes, as a firewall would.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var endPoint = (IPEndPoint)full.LocalEndPoint!;
        var dialer = new TcpDialer { Timeout = TimeSpan.FromMilliseconds(150) };
        var open = new List<TcpConnection>();
        DialResult result;
        while ((result = await dialer.DialAsync(endPoint, "dc1", ProtocolMode.Rpc)).Succeeded) open.Add(result.Connection);
        Assert.Equal($"dial tcp {endPoint}: i/o timeout", result.Error);
        foreach (TcpConnection connection in open) await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_cancelled_dial_is_a_text()
    {
        await using var port = new TestPort();
        DialResult result = await new TcpDialer().DialAsync(port.EndPoint, "dc1", ProtocolMode.Rpc, new CancellationToken(canceled: true));
        Assert.Equal($"dial tcp {port.EndPoint}: operation was canceled", result.Error);
    }

    [Fact]
    public async Task A_server_that_never_shakes_hands_times_out()
    {
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Server();
        using TlsFiles files = TlsFiles.With(authority, certificate);
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        var dialer = new TcpDialer(files.Load(static s => s with { VerifyOutgoing = true })) { Timeout = TimeSpan.FromMilliseconds(100) };
        DialResult result = await dialer.DialAsync((IPEndPoint)silent.LocalEndPoint!, "dc1", ProtocolMode.Rpc);
        Assert.Equal($"dial tcp {silent.LocalEndPoint}: i/o timeout", result.Error);
    }

    [Fact]
    public async Task A_tls_dial_to_a_server_without_tls_is_a_text()
    {
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Server();
        using TlsFiles files = TlsFiles.With(authority, certificate);
        await using var port = new TestPort();
        DialResult result = await new TcpDialer(files.Load(static s => s with { VerifyOutgoing = true })).DialAsync(port.EndPoint, "dc1", ProtocolMode.Rpc);
        Assert.False(result.Succeeded);
        Assert.StartsWith("tls: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, "any")]
    [InlineData(true, false, "any")]
    [InlineData(true, true, "server.dc1.consul")]
    public async Task A_tls_dial_verifies_what_the_settings_demand(bool outgoing, bool hostname, string name)
    {
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("some", [name]);
        using TlsFiles files = TlsFiles.With(authority, certificate);
        TlsContext server = files.Load(static s => s with { VerifyIncoming = true });
        await using var port = new TestPort(server);
        TlsContext client = files.Load(s => s with { VerifyOutgoing = outgoing, VerifyServerHostname = hostname });
        ProtocolMode mode = outgoing ? ProtocolMode.Multiplexed : ProtocolMode.TlsInsecure;
        DialResult result = await new TcpDialer(client, pool: port.Pool).DialAsync(port.EndPoint, "dc1", mode);
        Assert.True(result.Succeeded, result.Error);
        (ProtocolMode seen, TcpConnection far) = await port.Handlers.NextAsync();
        Assert.Equal(mode, seen);
        Assert.Equal(outgoing, result.Connection.Tls!.PeerVerified);
        Assert.Equal(outgoing ? certificate.Thumbprint : null, far.Tls!.PeerCertificate?.Thumbprint);
        await result.Connection.DisposeAsync();
    }

    [Theory]
    [InlineData("dc2", "x509: certificate is valid for server.dc1.consul, localhost, not server.dc2.consul")]
    [InlineData("no names", "x509: certificate is not valid for any names, but wanted to match server.dc1.consul")]
    [InlineData("stranger", "x509: certificate signed by unknown authority")]
    [InlineData("expired", "x509: certificate has expired or is not yet valid")]
    [InlineData("client only", "x509: certificate specifies an incompatible key usage")]
    public async Task A_server_that_is_not_acceptable_is_a_text(string which, string reason)
    {
        using var authority = new TestAuthority();
        using var stranger = new TestAuthority("Other CA");
        using X509Certificate2 shown = which switch
        {
            "stranger" => stranger.Server(),
            "expired" => authority.Issue("s", ["server.dc1.consul"], fromDays: -5, toDays: -1),
            "client only" => authority.Issue("s", ["server.dc1.consul"], serverUse: false),

            // The common name alone is not a name.
            "no names" => authority.Issue("server.dc1.consul", []),
            _ => authority.Server(),
        };
        using TlsFiles theirs = TlsFiles.With(authority, shown);
        await using var port = new TestPort(theirs.Load());
        using X509Certificate2 own = authority.Client();
        using TlsFiles ours = TlsFiles.With(authority, own);
        var dialer = new TcpDialer(ours.Load(static s => s with { VerifyServerHostname = true }));
        DialResult result = await dialer.DialAsync(port.EndPoint, which == "dc2" ? "dc2" : "dc1", ProtocolMode.Multiplexed);
        Assert.Equal(reason, result.Error);
    }

    [Fact]
    public async Task Byte_7_needs_no_certificates_of_the_dialer()
    {
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Server();
        using TlsFiles files = TlsFiles.With(authority, certificate);
        await using var port = new TestPort(files.Load(static s => s with { VerifyIncoming = true }));
        DialResult result = await new TcpDialer().DialAsync(port.EndPoint, "dc1", ProtocolMode.TlsInsecure);
        Assert.True(result.Succeeded, result.Error);
        Assert.Equal(ProtocolMode.TlsInsecure, (await port.Handlers.NextAsync()).Mode);
        await result.Connection.DisposeAsync();
    }
}
