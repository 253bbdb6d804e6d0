using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Tests.Tls;
using Consul.Fast.Net.Tls;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Transport;

public sealed class TcpConnectionTests : IDisposable
{
    private readonly PinnedBlockPool _pool = new(PinnedBlockPool.LargeBlock, 8);
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_idle_connection_holds_no_block(bool tls)
    {
        (TcpConnection near, TcpConnection far) = await PairAsync(tls);
        for (int round = 0; round < 3; round++)
        {
            Task<ReadResult> waiting = far.Input.ReadAsync().AsTask();
            Assert.False(waiting.IsCompleted);
            Assert.Equal(0, _pool.Outstanding);
            near.Output.Write("hello"u8);
            await near.Output.FlushAsync();
            ReadResult read = await waiting.WaitAsync(Eventually.Limit);
            Assert.Equal("hello"u8.ToArray(), read.Buffer.ToArray());
            Assert.Equal(1, _pool.Outstanding);
            far.Input.AdvanceTo(read.Buffer.End);
            Assert.Equal(0, _pool.Outstanding);
        }

        await CloseAsync(near, far);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_half_close_the_other_direction_goes_on(bool tls)
    {
        (TcpConnection near, TcpConnection far) = await PairAsync(tls);
        near.Output.Write("request"u8);
        await near.ShutdownSendAsync();
        await near.ShutdownSendAsync();
        Assert.Equal("request"u8.ToArray(), await ReadToEndAsync(far));

        byte[] answer = new byte[300_000];
        new Random(3).NextBytes(answer);
        Task<byte[]> reading = ReadToEndAsync(near);
        await far.Output.WriteAsync(answer);
        await far.DisposeAsync();
        Assert.Equal(answer, await reading);
        Assert.Equal(CloseReason.LocalClose, far.CloseReason);
        await near.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Closing_sends_what_is_written(bool tls)
    {
        (TcpConnection near, TcpConnection far) = await PairAsync(tls);
        near.Output.Write("last words"u8);
        Task<byte[]> reading = ReadToEndAsync(far);
        await near.DisposeAsync();
        await near.DisposeAsync();
        Assert.Equal("last words"u8.ToArray(), await reading);
        await far.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abort_ends_reading_and_writing_and_keeps_the_first_reason(bool tls)
    {
        (TcpConnection near, TcpConnection far) = await PairAsync(tls);
        Task<ReadResult> reading = near.Input.ReadAsync().AsTask();
        Task writing = WriteUntilStuckAsync(near);
        var reason = new CloseReason(CloseKind.Protocol, "frame too large");
        near.Abort(reason);
        near.Abort(CloseReason.Shutdown);
        Assert.True(CloseReason.IsLoss((await Record.ExceptionAsync(() => reading.WaitAsync(Eventually.Limit)))!));
        Assert.True(CloseReason.IsLoss((await Record.ExceptionAsync(() => writing.WaitAsync(Eventually.Limit)))!));
        await near.ShutdownSendAsync();
        await near.DisposeAsync();
        Assert.Same(reason, near.CloseReason);

        // The peer sees a reset or, inside TLS, a stream cut short: never a clean end.
        Exception? seen = await Record.ExceptionAsync(() => ReadToEndAsync(far));
        Assert.True(seen is not null && CloseReason.IsLoss(seen));
        Assert.Equal(CloseKind.Lost, CloseReason.FromException(seen).Kind);
        await far.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Closing_waits_a_bounded_time_for_a_peer_that_takes_nothing(bool tls)
    {
        (TcpConnection near, TcpConnection far) = await PairAsync(tls, static c => c.CloseLimit = TimeSpan.FromMilliseconds(50));
        near.Output.Write(new byte[32 * 1024 * 1024]);
        await near.DisposeAsync().AsTask().WaitAsync(Eventually.Limit);
        Assert.Equal(CloseReason.CloseTimeout, near.CloseReason);
        await far.DisposeAsync();
    }

    [Fact]
    public async Task A_reset_while_closing_is_the_reason()
    {
        (TcpConnection near, TcpConnection far) = await PairAsync(tls: false);
        far.Abort(CloseReason.Shutdown);
        await Record.ExceptionAsync(() => ReadToEndAsync(near));
        near.Output.Write("too late"u8);
        await near.DisposeAsync();
        Assert.Equal(CloseKind.Lost, near.CloseReason!.Kind);
        await far.DisposeAsync();
    }

    [Fact]
    public async Task Small_and_mapped_addresses_are_plain()
    {
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port);
        Socket accepted = await listener.AcceptAsync();
        await using var connection = new TcpConnection(new NetworkStream(accepted, true), accepted, null, _pool);
        Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(IPAddress.Loopback, connection.LocalEndPoint.Address);
    }

    private static async Task CloseAsync(TcpConnection near, TcpConnection far)
    {
        await near.DisposeAsync();
        await far.DisposeAsync();
    }

    private static async Task<byte[]> ReadToEndAsync(TcpConnection connection)
    {
        var all = new ArrayBufferWriter<byte>();
        while (true)
        {
            ReadResult read = await connection.Input.ReadAsync().AsTask().WaitAsync(Eventually.Limit);
            foreach (ReadOnlyMemory<byte> part in read.Buffer) all.Write(part.Span);
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return all.WrittenSpan.ToArray();
        }
    }

    private static async Task WriteUntilStuckAsync(TcpConnection connection)
    {
        byte[] much = new byte[1024 * 1024];
        while (true) await connection.Output.WriteAsync(much);
    }

    private async Task<(TcpConnection Near, TcpConnection Far)> PairAsync(bool tls, Action<TcpConnection>? change = null)
    {
        (NetworkStream client, NetworkStream server) = await LoopbackStreams.CreateAsync();
        SocketTuning.Apply(client.Socket);
        SocketTuning.Apply(server.Socket);
        TlsOutcome near = default, far = default;
        if (tls)
        {
            using X509Certificate2 certificate = _authority.Server();
            using TlsFiles files = TlsFiles.With(_authority, certificate);
            TlsContext context = files.Load(static s => s with { VerifyServerHostname = true });
            Task<TlsOutcome> accepting = context.ForUpgrade().RunAsync(server, default).AsTask();
            near = await context.ForDatacenter("dc1").RunAsync(client, default);
            far = await accepting;
            Assert.Null(near.Failure);
            Assert.Null(far.Failure);
        }

        var nearEnd = new TcpConnection(near.Stream ?? (Stream)client, client.Socket, near.Facts, _pool);
        var farEnd = new TcpConnection(far.Stream ?? (Stream)server, server.Socket, far.Facts, _pool);
        change?.Invoke(nearEnd);
        return (nearEnd, farEnd);
    }
}
