using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Transport;

/// <summary>A server's port on loopback. Its end proves that nothing leaked: no block, no connection, no count.</summary>
internal sealed class TestPort : IAsyncDisposable
{
    public TestPort(TlsContext? tls = null, int limit = 0, IProtocolHandlers? handlers = null, TimeSpan? handshake = null)
    {
        Limiter = new ConnectionLimiter(limit);
        Switch = new ProtocolSwitch(handlers ?? Handlers, tls, Timers, Logger, Pool) { HandshakeTimeout = handshake ?? Eventually.Limit };
        Acceptor = TcpAcceptor.Listen(new IPEndPoint(IPAddress.Loopback, 0), Switch, Limiter, Logger);
    }

    public PinnedBlockPool Pool { get; } = new(PinnedBlockPool.LargeBlock, 8);

    public TimerWheel Timers { get; } = new();

    public RecordingHandlers Handlers { get; } = new();

    public RecordingLogger Logger { get; } = new();

    public ConnectionLimiter Limiter { get; }

    public ProtocolSwitch Switch { get; }

    public TcpAcceptor Acceptor { get; }

    public IPEndPoint EndPoint => Acceptor.LocalEndPoint;

    public async Task<Socket> ConnectAsync(params byte[] first)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(EndPoint);
        if (first.Length > 0) await socket.SendAsync(first);
        return socket;
    }

    /// <summary>Connects, sends the byte that announces TLS, if any, and shakes hands with whoever answers.</summary>
    public async Task<SslStream> ConnectTlsAsync(byte? first = 3, X509Certificate2? certificate = null, params string[] alpn)
    {
        Socket socket = await ConnectAsync(first is { } announce ? [announce] : []);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "",
            RemoteCertificateValidationCallback = AnyCertificate,
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            ApplicationProtocols = alpn.Length == 0 ? null : [.. alpn.Select(static name => new SslApplicationProtocol(name))],
        }).WaitAsync(Eventually.Limit);
        return tls;
    }

    /// <summary>Here the server's view is tested, not the client's.</summary>
    private static bool AnyCertificate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors != SslPolicyErrors.RemoteCertificateNotAvailable;

    /// <summary>Waits until the server has closed, and proves that it said nothing.</summary>
    public static async Task ClosedAsync(Socket socket)
    {
        try
        {
            byte[] buffer = new byte[1];
            Assert.Equal(0, await socket.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(Eventually.Limit));
        }
        catch (SocketException)
        {
            // Closed while something of ours was unread: a reset.
        }
    }

    /// <summary>The same inside TLS.</summary>
    public static async Task ClosedAsync(Stream stream)
    {
        try
        {
            byte[] buffer = new byte[1];
            Assert.Equal(0, await stream.ReadAsync(buffer).AsTask().WaitAsync(Eventually.Limit));
        }
        catch (IOException)
        {
            // A reset, or the alert that refuses a certificate.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Acceptor.DisposeAsync().AsTask().WaitAsync(Eventually.Limit);
        Assert.Equal(0, Acceptor.Connections);
        Assert.Equal(0, Switch.Connections);
        Assert.Equal(0, Limiter.Sources);
        Assert.Equal(0, Pool.Outstanding);
        Assert.Equal(0, Timers.Scheduled);
        Timers.Dispose();
    }
}
