using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Transport;

/// <summary>Serves accepted connections.</summary>
public interface ITcpServer
{
    /// <summary>Owns the socket and completes when the connection is over. Called on a pool thread; does not throw.</summary>
    Task ServeAsync(Socket socket);

    /// <summary>Aborts every connection, and those that are still to come.</summary>
    void AbortAll(CloseReason reason);
}

/// <summary>
/// Listens on one address, bounds the connections of each source, and hands the others to a server. Accepting outlives
/// errors of single connections and a shortage of file descriptors.
/// </summary>
public sealed class TcpAcceptor : IAsyncDisposable
{
    /// <summary>What waits between two turns of the accept loop; the kernel's own cap (somaxconn) usually lies below.</summary>
    private const int Backlog = 4096;

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);

    private readonly ITcpServer _server;
    private readonly ConnectionLimiter _limiter;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly Func<CancellationToken, ValueTask<Socket>> _accept;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Connections, and one for the accept loop: zero means that nothing will come any more.</summary>
    private int _running = 1;
    private int _connections;

    private TcpAcceptor(
        Socket listener, ITcpServer server, ConnectionLimiter limiter, ILogger logger, Func<CancellationToken, ValueTask<Socket>>? accept)
    {
        _listener = listener;
        _server = server;
        _limiter = limiter;
        _logger = logger;
        _accept = accept ?? listener.AcceptAsync;
        LocalEndPoint = SocketTuning.Plain(listener.LocalEndPoint);
    }

    /// <summary>Where connections are accepted, with the port that port 0 became.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Connections that are served now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Starts to accept.</summary>
    /// <exception cref="IOException">The address cannot be listened on; the message names it and the cause.</exception>
    public static TcpAcceptor Listen(IPEndPoint endPoint, ITcpServer server, ConnectionLimiter limiter, ILogger logger) =>
        Listen(endPoint, server, limiter, logger, accept: null);

    /// <summary>For tests: accepts through <paramref name="accept"/>.</summary>
    internal static TcpAcceptor Listen(
        IPEndPoint endPoint,
        ITcpServer server,
        ConnectionLimiter limiter,
        ILogger logger,
        Func<CancellationToken, ValueTask<Socket>>? accept)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var acceptor = new TcpAcceptor(Bind(endPoint), server, limiter, logger, accept);
        TransportLog.Listening(logger, acceptor.LocalEndPoint);
        _ = Task.Run(acceptor.AcceptAsync);
        return acceptor;
    }

    /// <summary>Accepts no more; connections go on.</summary>
    public void Stop()
    {
        if (_stop.IsCancellationRequested) return;
        _stop.Cancel();
        _listener.Dispose();
    }

    /// <summary>Stops, and waits until all connections have ended. After the limit the rest is aborted; false then.</summary>
    public async Task<bool> DrainAsync(TimeSpan limit)
    {
        Stop();
        try
        {
            await _idle.Task.WaitAsync(limit);
            return true;
        }
        catch (TimeoutException)
        {
            _server.AbortAll(CloseReason.Shutdown);
            await _idle.Task;
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync(TimeSpan.Zero);
        _stop.Dispose();
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        Socket? listener = null;
        try
        {
            listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) listener.DualMode = true;
            listener.Bind(endPoint);
            listener.Listen(Backlog);
            return listener;
        }
        catch (SocketException exception)
        {
            listener?.Dispose();
            throw new IOException($"listen tcp {endPoint}: bind: {SocketErrorText.Of(exception.SocketErrorCode)}", exception);
        }
    }

    private async Task AcceptAsync()
    {
        TimeSpan pause = PauseMin;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Admit(await _accept(_stop.Token));
                pause = PauseMin;
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The peer gave up while it waited; the next one is not concerned.
            }
            catch (Exception exception)
            {
                // Usually no descriptor is left: accepting again at once would only burn a core until one is closed.
                TransportLog.AcceptFailed(_logger, LocalEndPoint, exception.Message, pause.TotalMilliseconds);
                await Task.Delay(pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
            }
        }

        Ended();
    }

    private void Admit(Socket socket)
    {
        IPEndPoint remote = SocketTuning.Plain(socket.RemoteEndPoint);
        if (!_limiter.TryEnter(remote.Address))
        {
            TransportLog.OverLimit(_logger, remote);
            socket.Dispose();
            return;
        }

        Interlocked.Increment(ref _running);
        Interlocked.Increment(ref _connections);
        ThreadPool.UnsafeQueueUserWorkItem(new Work(this, socket, remote.Address), preferLocal: false);
    }

    private void Ended()
    {
        if (Interlocked.Decrement(ref _running) == 0) _idle.SetResult();
    }

    /// <summary>Starts serving away from the accept loop, which must not run what a connection has to say.</summary>
    private sealed class Work(TcpAcceptor acceptor, Socket socket, IPAddress source) : IThreadPoolWorkItem
    {
        public void Execute() => _ = RunAsync();

        private async Task RunAsync()
        {
            try
            {
                SocketTuning.Apply(socket);
                await acceptor._server.ServeAsync(socket);
            }
            catch (Exception exception) when (CloseReason.IsLoss(exception))
            {
                socket.Dispose();
            }
            finally
            {
                acceptor._limiter.Leave(source);
                Interlocked.Decrement(ref acceptor._connections);
                acceptor.Ended();
            }
        }
    }
}
