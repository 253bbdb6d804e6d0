using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Consul.Fast.Net.Tls;

namespace Consul.Fast.Net.Transport;

/// <summary>
/// One TCP connection, plain or inside TLS. Idle, it holds no buffer.
/// </summary>
/// <remarks>
/// One reader of <see cref="Input"/> and one writer (of <see cref="Output"/>, or of <see cref="Stream"/> itself) at a
/// time. <see cref="Abort"/> may be called from any thread; everything else belongs to the owner. A broken connection shows as an
/// exception of reading or writing that <see cref="Transport.CloseReason.IsLoss"/> knows.
/// </remarks>
public sealed class TcpConnection : IDuplexPipe, IAsyncDisposable
{
    /// <summary>Tells the writer to drop what it has instead of writing it to a connection that is gone.</summary>
    private static readonly IOException Gone = new("connection closed");

    private readonly Socket _socket;
    private readonly MemoryPool<byte> _pool;
    private CloseReason? _closeReason;
    private PipeWriter? _output;
    private bool _sendShut;
    private int _disposed;

    /// <summary>Takes over a connected socket and the stream above it; both are closed with the connection.</summary>
    /// <param name="stream">A network stream that owns the socket, or an authenticated TLS stream over one.</param>
    /// <param name="tls">What the TLS handshake found; null in the clear.</param>
    /// <param name="pool">Blocks for reading and writing; the block size is what one system call moves.</param>
    public TcpConnection(Stream stream, Socket socket, TlsFacts? tls, MemoryPool<byte> pool)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(pool);
        Stream = stream;
        _socket = socket;
        _pool = pool;
        Tls = tls;
        RemoteEndPoint = SocketTuning.Plain(socket.RemoteEndPoint);
        LocalEndPoint = SocketTuning.Plain(socket.LocalEndPoint);
        bool plain = stream is NetworkStream;
        if (plain) socket.Blocking = false;
        Input = new ConnectionReader(stream, plain ? socket : null, pool);
    }

    public Stream Stream { get; }

    public IPEndPoint RemoteEndPoint { get; }

    public IPEndPoint LocalEndPoint { get; }

    public TlsFacts? Tls { get; }

    public PipeReader Input { get; }

    /// <summary>For protocols with one writer; made on first use. Not to be mixed with writes to <see cref="Stream"/>.</summary>
    public PipeWriter Output => _output ??= PipeWriter.Create(Stream, new StreamPipeWriterOptions(_pool, BlockSize, leaveOpen: true));

    /// <summary>Why the connection ended; null while it is open.</summary>
    public CloseReason? CloseReason => Volatile.Read(ref _closeReason);

    /// <summary>How long a close waits for a peer that takes no data.</summary>
    internal TimeSpan CloseLimit { get; set; } = TimeSpan.FromSeconds(5);

    private int BlockSize => Math.Min(_pool.MaxBufferSize, Buffers.PinnedBlockPool.LargeBlock);

    /// <summary>
    /// Half close: after what was written the peer reads the end, while we go on reading. A connection that breaks here is
    /// aborted with the reason.
    /// </summary>
    public async ValueTask ShutdownSendAsync()
    {
        if (_sendShut || CloseReason is not null) return;
        _sendShut = true;
        try
        {
            if (_output is not null) await _output.FlushAsync();
            if (Stream is SslStream tls) await tls.ShutdownAsync();
            else _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (Transport.CloseReason.IsLoss(exception))
        {
            Abort(Transport.CloseReason.FromException(exception));
        }
    }

    /// <summary>
    /// Ends the connection at once: what was not sent is dropped, pending reads and writes end, the peer sees a reset. The
    /// first reason is kept. The owner still disposes.
    /// </summary>
    public void Abort(CloseReason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is null) _socket.Close(0);
    }

    /// <summary>
    /// Orderly close: sends what is written, says farewell in TLS, frees everything. Waits a bounded time for a peer that takes
    /// no data. The loops over <see cref="Input"/> and <see cref="Output"/> must have ended.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (CloseReason is null) await FinishAsync();
        Interlocked.CompareExchange(ref _closeReason, Transport.CloseReason.LocalClose, null);
        if (_output is not null) await _output.CompleteAsync(Gone);
        await Input.CompleteAsync();
        await Stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task FinishAsync()
    {
        // In the clear the close itself is the farewell.
        Task farewell = Stream is SslStream ? ShutdownSendAsync().AsTask() : FlushAsync();
        try
        {
            await farewell.WaitAsync(CloseLimit);
        }
        catch (TimeoutException)
        {
            Abort(Transport.CloseReason.CloseTimeout);
            await farewell;
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            if (_output is not null) await _output.FlushAsync();
        }
        catch (Exception exception) when (Transport.CloseReason.IsLoss(exception))
        {
            Abort(Transport.CloseReason.FromException(exception));
        }
    }
}
