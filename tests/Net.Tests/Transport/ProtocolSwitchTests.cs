using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Transport;

/// <summary>The first byte in the clear, without TLS.</summary>
public sealed class ProtocolSwitchTests
{
    [Theory]
    [InlineData(ProtocolMode.Rpc)]
    [InlineData(ProtocolMode.Raft)]
    [InlineData(ProtocolMode.Multiplexed)]
    [InlineData(ProtocolMode.Snapshot)]
    [InlineData(ProtocolMode.Grpc)]
    public async Task Each_mode_goes_to_its_handler_with_every_byte_after_the_first(ProtocolMode mode)
    {
        await using var port = new TestPort();
        var received = new TaskCompletionSource<byte[]>();
        port.Handlers.Serve = async connection =>
        {
            ReadResult read = await connection.Input.ReadAtLeastAsync(3);
            received.SetResult(read.Buffer.ToArray());
            connection.Input.AdvanceTo(read.Buffer.End);
        };
        using Socket socket = await port.ConnectAsync((byte)mode, 7, 8, 9);
        (ProtocolMode seen, TcpConnection connection) = await port.Handlers.NextAsync();
        Assert.Equal(mode, seen);
        Assert.Null(connection.Tls);
        Assert.Equal(socket.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(port.EndPoint, connection.LocalEndPoint);
        Assert.Equal([7, 8, 9], await received.Task.WaitAsync(Eventually.Limit));
        await TestPort.ClosedAsync(socket);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(0x16)]
    [InlineData(0xff)]
    public async Task Other_bytes_are_closed_without_an_answer(byte first)
    {
        await using var port = new TestPort();
        using Socket socket = await port.ConnectAsync(first);
        await TestPort.ClosedAsync(socket);
        Assert.Equal(0, port.Handlers.Count);
        Assert.Contains(port.Logger.Lines, line => line.StartsWith("Warning: Refused", StringComparison.Ordinal) && line.Contains($"byte={first}"));
    }

    [Fact]
    public async Task A_mode_without_handler_is_closed()
    {
        await using var port = new TestPort(handlers: new FewHandlers());
        using Socket socket = await port.ConnectAsync(8);
        await TestPort.ClosedAsync(socket);
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_closed_at_the_deadline()
    {
        await using var port = new TestPort(handshake: TimeSpan.FromMilliseconds(60));
        using Socket socket = await port.ConnectAsync();
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(10)));
        await Eventually.TrueAsync(() => port.Logger.Lines.Any(static l => l.Contains("reason=handshake timeout")), "logged");
    }

    [Fact]
    public async Task After_the_mode_byte_there_is_no_deadline_and_no_buffer()
    {
        await using var port = new TestPort();
        using Socket quiet = await port.ConnectAsync();
        await Eventually.TrueAsync(() => port.Timers.Scheduled == 1, "the deadline runs");
        await quiet.SendAsync(new byte[] { 4 });
        (_, TcpConnection connection) = await port.Handlers.NextAsync();
        Assert.Null(connection.CloseReason);
        Assert.Equal(0, port.Timers.Scheduled);
        Assert.Equal(0, port.Pool.Outstanding);
        Assert.Equal(1, port.Acceptor.Connections);
    }

    [Fact]
    public async Task Without_a_limit_a_peer_may_wait_for_ever()
    {
        await using var port = new TestPort(handshake: TimeSpan.Zero);
        using Socket socket = await port.ConnectAsync();
        await Eventually.TrueAsync(() => port.Switch.Connections == 1, "taken");
        await socket.SendAsync(new byte[] { 0 });
        Assert.Equal(ProtocolMode.Rpc, (await port.Handlers.NextAsync()).Mode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_that_leaves_before_its_byte_is_forgotten_without_a_warning(bool reset)
    {
        await using var port = new TestPort();
        using Socket socket = await port.ConnectAsync();
        await Eventually.TrueAsync(() => port.Switch.Connections == 1, "taken");
        if (reset) socket.Close(0);
        else socket.Close();
        await Eventually.TrueAsync(() => port.Acceptor.Connections == 0, "forgotten");
        Assert.DoesNotContain(port.Logger.Lines, static line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reset_in_the_middle_of_a_message_ends_the_handler_and_returns_its_block()
    {
        await using var port = new TestPort();
        port.Handlers.Serve = static async connection =>
        {
            while (true)
            {
                // Waits for more than ever comes, so the block stays taken.
                ReadResult read = await connection.Input.ReadAsync();
                connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (read.IsCompleted) return;
            }
        };
        using Socket socket = await port.ConnectAsync(0, 1, 2);
        await port.Handlers.NextAsync();
        await Eventually.TrueAsync(() => port.Pool.Outstanding == 1, "half a message is held");
        socket.Close(0);
        await Eventually.TrueAsync(() => port.Acceptor.Connections == 0 && port.Pool.Outstanding == 0, "ended");
        Assert.Contains(port.Logger.Lines, static line => line.StartsWith("Debug: Connection ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_that_fails_harms_nobody_else()
    {
        await using var port = new TestPort();
        port.Handlers.Serve = static _ => throw new InvalidDataException("a bug");
        using Socket first = await port.ConnectAsync(0);
        await TestPort.ClosedAsync(first);
        port.Handlers.Serve = static _ => Task.FromException(new InvalidDataException("another bug"));
        using Socket second = await port.ConnectAsync(0);
        await TestPort.ClosedAsync(second);
        await Eventually.TrueAsync(() => port.Logger.Lines.Count(static l => l.StartsWith("Error: Connection handler", StringComparison.Ordinal)) == 2, "logged");
    }

    [Fact]
    public async Task Random_first_bytes_and_garbage_never_hang()
    {
        await using var port = new TestPort(handshake: TimeSpan.FromSeconds(2));
        await SwitchFuzz.RunAsync(port, seed: 1, rounds: 300);
    }

    private sealed class FewHandlers : IProtocolHandlers
    {
        public Task OnRpcAsync(TcpConnection connection) => Task.CompletedTask;

        public Task OnRaftAsync(TcpConnection connection) => Task.CompletedTask;

        public Task OnMultiplexedAsync(TcpConnection connection) => Task.CompletedTask;

        public Task OnSnapshotAsync(TcpConnection connection) => Task.CompletedTask;
    }
}
