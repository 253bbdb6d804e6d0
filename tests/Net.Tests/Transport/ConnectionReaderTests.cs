using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Net.Tests.Transport;

/// <summary>What the reader of a connection promises as a pipe, and that it never waits with a block in its hands.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "xunit disposes through IAsyncLifetime.")]
public sealed class ConnectionReaderTests : IAsyncLifetime
{
    private readonly PinnedBlockPool _pool = new(PinnedBlockPool.SmallBlock, 8);
    private Socket _far = null!;
    private Socket _nearSocket = null!;
    private TcpConnection _near = null!;

    private PipeReader Input => _near.Input;

    public async Task InitializeAsync()
    {
        (NetworkStream far, NetworkStream near) = await LoopbackStreams.CreateAsync();
        _far = far.Socket;
        _nearSocket = near.Socket;
        _near = new TcpConnection(near, near.Socket, null, _pool);
    }

    public async Task DisposeAsync()
    {
        _far.Dispose();
        await _near.DisposeAsync();
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task A_signal_with_nothing_behind_it_does_not_make_it_take_a_block()
    {
        var signals = new SignalStream();
        var input = new ConnectionReader(signals, _nearSocket, _pool);
        Task<ReadResult> waiting = input.ReadAsync().AsTask();
        for (int i = 0; i < 3; i++)
        {
            signals.Give();
            Assert.False(waiting.IsCompleted);
            Assert.Equal(0, _pool.Outstanding);
        }

        await _far.SendAsync("abc"u8.ToArray());
        signals.Give();
        ReadResult read = await waiting.WaitAsync(Eventually.Limit);
        Assert.Equal("abc"u8.ToArray(), read.Buffer.ToArray());
        input.AdvanceTo(read.Buffer.End);
        await input.CompleteAsync();
    }

    [Fact]
    public async Task Bytes_that_were_examined_and_left_come_again_with_the_next_ones()
    {
        await _far.SendAsync("head"u8.ToArray());
        ReadResult read = await Input.ReadAsync();
        Input.AdvanceTo(read.Buffer.GetPosition(1), read.Buffer.End);
        Assert.False(Input.TryRead(out _));
        Task<ReadResult> waiting = Input.ReadAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        await _far.SendAsync("tail"u8.ToArray());
        read = await waiting.WaitAsync(Eventually.Limit);
        Assert.Equal("eadtail"u8.ToArray(), read.Buffer.ToArray());
        Input.AdvanceTo(read.Buffer.GetPosition(3), read.Buffer.GetPosition(3));
        Assert.True(Input.TryRead(out read));
        Assert.Equal("tail"u8.ToArray(), read.Buffer.ToArray());
        Input.AdvanceTo(read.Buffer.End);
    }

    [Fact]
    public async Task A_message_of_many_blocks_is_gathered_and_its_blocks_go_back()
    {
        byte[] sent = new byte[1_000_000];
        new Random(7).NextBytes(sent);
        Task sending = _far.SendAsync(sent).ContinueWith(_ => _far.Shutdown(SocketShutdown.Send), TaskScheduler.Default);
        ReadResult read;
        do
        {
            read = await Input.ReadAsync().AsTask().WaitAsync(Eventually.Limit);
            if (!read.IsCompleted) Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
        while (!read.IsCompleted);
        await sending;
        Assert.Equal(sent, read.Buffer.ToArray());
        Input.AdvanceTo(read.Buffer.End);
        Assert.Equal(0, _pool.Outstanding);
        Assert.True((await Input.ReadAsync()).IsCompleted);
    }

    [Fact]
    public async Task A_wait_that_is_given_up_takes_nothing()
    {
        for (int round = 0; round < 50; round++)
        {
            using var cancel = new CancellationTokenSource();
            Task<ReadResult> waiting = Input.ReadAsync(cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            await _far.SendAsync(new byte[] { (byte)round });
            ReadResult read = await Input.ReadAsync().AsTask().WaitAsync(Eventually.Limit);
            Assert.Equal(round, read.Buffer.FirstSpan[0]);
            Input.AdvanceTo(read.Buffer.End);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Input.ReadAsync(new CancellationToken(true)).AsTask());
    }

    [Fact]
    public async Task Only_one_may_read_and_nobody_after_the_end()
    {
        Task<ReadResult> waiting = Input.ReadAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => Input.ReadAsync().AsTask());
        Input.CancelPendingRead();
        await waiting;
        await Input.CompleteAsync();
        Assert.Throws<InvalidOperationException>(() => Input.TryRead(out _));
    }
}
