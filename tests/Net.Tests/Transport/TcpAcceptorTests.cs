using System.Net;
using System.Net.Sockets;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Transport;

public sealed class TcpAcceptorTests
{
    [Fact]
    public async Task A_connection_over_the_limit_is_closed_without_data_and_the_others_stay()
    {
        await using var port = new TestPort(limit: 2);
        using Socket first = await port.ConnectAsync(0);
        using Socket second = await port.ConnectAsync(0);
        await port.Handlers.NextAsync();
        await port.Handlers.NextAsync();
        using (Socket third = await port.ConnectAsync()) await TestPort.ClosedAsync(third);
        Assert.Contains(port.Logger.Lines, static line => line.Contains("has too many"));

        port.Limiter.Limit = 3;
        using Socket fourth = await port.ConnectAsync(0);
        await port.Handlers.NextAsync();
        port.Limiter.Limit = 1;
        Assert.Equal(3, port.Acceptor.Connections);
        first.Close();
        second.Close();
        fourth.Close();
        await Eventually.TrueAsync(() => port.Limiter.Sources == 0, "counted down");
        using Socket fifth = await port.ConnectAsync(0);
        await port.Handlers.NextAsync();
    }

    [Fact]
    public async Task An_address_in_use_is_named()
    {
        await using var port = new TestPort();
        IOException error = Assert.Throws<IOException>(() => TcpAcceptor.Listen(port.EndPoint, port.Switch, port.Limiter, port.Logger));
        Assert.Equal($"listen tcp {port.EndPoint}: bind: address already in use", error.Message);
        error = Assert.Throws<IOException>(() =>
            TcpAcceptor.Listen(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0), port.Switch, port.Limiter, port.Logger));
        Assert.Equal("listen tcp 192.0.2.1:0: bind: cannot assign requested address", error.Message);
    }

    [Fact]
    public async Task Accepting_goes_on_after_errors()
    {
        await using var port = new TestPort();
        var errors = new Queue<SocketError>(
            [SocketError.TooManyOpenSockets, SocketError.ConnectionAborted, SocketError.NoBufferSpaceAvailable]);
        using var real = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        real.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        real.Listen();
        await using TcpAcceptor acceptor = TcpAcceptor.Listen(
            new IPEndPoint(IPAddress.Loopback, 0), port.Switch, port.Limiter, port.Logger,
            stop => errors.TryDequeue(out SocketError error) ? throw new SocketException((int)error) : real.AcceptAsync(stop));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(real.LocalEndPoint!);
        await socket.SendAsync(new byte[] { 0 });
        await port.Handlers.NextAsync();
        Assert.Equal(2, port.Logger.Lines.Count(static line => line.StartsWith("Warning: Failed to accept", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_drain_waits_for_connections_and_takes_no_new_ones()
    {
        await using var port = new TestPort();
        using Socket socket = await port.ConnectAsync(0);
        await port.Handlers.NextAsync();
        Task<bool> draining = port.Acceptor.DrainAsync(Eventually.Limit);
        await Assert.ThrowsAnyAsync<SocketException>(() => port.ConnectAsync());
        Assert.False(draining.IsCompleted);
        socket.Close();
        Assert.True(await draining);
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_aborts_the_rest()
    {
        await using var port = new TestPort();
        using Socket serving = await port.ConnectAsync(4);
        using Socket silent = await port.ConnectAsync();
        (_, TcpConnection connection) = await port.Handlers.NextAsync();
        await Eventually.TrueAsync(() => port.Switch.Connections == 2, "both taken");
        Assert.False(await port.Acceptor.DrainAsync(TimeSpan.FromMilliseconds(20)));
        Assert.Same(CloseReason.Shutdown, connection.CloseReason);
        await TestPort.ClosedAsync(serving);
        await TestPort.ClosedAsync(silent);
    }

    [Fact]
    public async Task Sockets_are_tuned()
    {
        await using var port = new TestPort();
        using Socket socket = await port.ConnectAsync();
        SocketTuning.Apply(socket);
        Assert.True(socket.NoDelay);
        Assert.Equal(1, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(15, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        if (!OperatingSystem.IsLinux()) return;
        byte[] lowWater = new byte[4];
        socket.GetRawSocketOption(6, 25, lowWater);
        Assert.Equal(128 * 1024, BitConverter.ToInt32(lowWater));
    }
}
