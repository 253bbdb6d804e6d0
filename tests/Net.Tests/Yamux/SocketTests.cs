using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Yamux;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Net.Tests.Yamux;

/// <summary>Sessions over real connections, in the clear and inside TLS.</summary>
public sealed class SocketTests : IYamuxAcceptor, IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly PinnedBlockPool _pool = new();
    private readonly TimerWheel _timers = new();

    void IYamuxAcceptor.OnStream(YamuxStream stream) => _ = Task.Run(() => EchoAsync(stream));

    public void Dispose() => _timers.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Large_and_small_streams_share_a_connection(bool tls)
    {
        (Stream near, Stream far) = await ConnectAsync(tls);
        (YamuxSession client, Task clientRun) = Start(near, YamuxRole.Client);
        (YamuxSession _, Task serverRun) = Start(far, YamuxRole.Server);
        int[] sizes = [8_000_000, 3_000_000, .. Enumerable.Repeat(100, 40)];
        await Task.WhenAll(sizes.Select(size => Task.Run(() => ExchangeAsync(client, size)))).WaitAsync(s_limit);
        await client.CloseAsync();
        await clientRun.WaitAsync(s_limit);
        await near.DisposeAsync();
        await serverRun.WaitAsync(s_limit);
        await far.DisposeAsync();
        Assert.Equal("session shutdown", client.CloseText);
        Assert.True(SpinWait.SpinUntil(() => _pool.Outstanding == 0, s_limit), $"{_pool.Outstanding} blocks are left");
    }

    [Fact]
    public async Task Connection_that_is_cut_ends_both_sessions_and_hanging_writes()
    {
        (Stream near, Stream far) = await ConnectAsync(tls: false);
        (YamuxSession client, Task clientRun) = Start(near, YamuxRole.Client);

        // Nobody reads at the other end, so the writes of many streams fill the connection and one of them hangs.
        var flushes = new List<Task<FlushResult>>();
        for (int i = 0; i < 100; i++) flushes.Add((await client.OpenStreamAsync(default))!.Output.WriteAsync(new byte[400_000]).AsTask());
        await client.CloseAsync();
        await clientRun.WaitAsync(s_limit);
        await Task.WhenAll(flushes).WaitAsync(s_limit);
        Assert.Contains(flushes, flush => flush.Result.IsCompleted);
        await near.DisposeAsync();
        await far.DisposeAsync();
        Assert.Equal(0, _pool.Outstanding);
    }

    private static async Task ExchangeAsync(YamuxSession session, int size)
    {
        YamuxStream stream = (await session.OpenStreamAsync(default))!;
        byte[] sent = new byte[size];
        new Random(size).NextBytes(sent);
        Task write = Task.Run(async () =>
        {
            await stream.Output.WriteAsync(sent);
            await stream.Output.CompleteAsync();
        });
        Assert.Equal(sent, await stream.ReceiveAsync(size));
        Assert.True(await stream.IsAtEndAsync());
        await write;
        Assert.Null(stream.Failure);
        stream.Release();
    }

    private static async Task EchoAsync(YamuxStream stream)
    {
        while (true)
        {
            ReadResult result = await stream.Input.ReadAsync();
            foreach (ReadOnlyMemory<byte> part in result.Buffer) stream.Output.Write(part.Span);
            stream.Input.AdvanceTo(result.Buffer.End);
            if ((await stream.Output.FlushAsync()).IsCompleted || result.IsCompleted) break;
        }

        await stream.Output.CompleteAsync();
        stream.Release();
    }

    private (YamuxSession Session, Task Run) Start(Stream stream, YamuxRole role)
    {
        var options = new StreamPipeReaderOptions(_pool, bufferSize: 4096, leaveOpen: true, useZeroByteReads: true);
        var session = new YamuxSession(
            stream, PipeReader.Create(stream, options), role, new YamuxSettings(), _timers, _pool, this, NullLogger.Instance);
        return (session, session.RunAsync());
    }

    private static async Task<(Stream Near, Stream Far)> ConnectAsync(bool tls)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(listener.LocalEndpoint);
        var near = new NetworkStream(socket, ownsSocket: true);
        var far = new NetworkStream(await listener.AcceptSocketAsync(), ownsSocket: true);
        if (!tls) return (near, far);

        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=server.dc1.consul", key, HashAlgorithmName.SHA256);
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        var client = new SslStream(near, leaveInnerStreamOpen: false, (_, shown, _, _) => shown?.Subject == certificate.Subject);
        var server = new SslStream(far, leaveInnerStreamOpen: false);
        await Task.WhenAll(client.AuthenticateAsClientAsync("server.dc1.consul"), server.AuthenticateAsServerAsync(certificate));
        return (client, server);
    }
}
