namespace Consul.Fast.Net.Rpc;

/// <summary>What makes two calls share a connection.</summary>
internal readonly record struct RpcPoolKey(string Node, System.Net.IPEndPoint EndPoint);

/// <summary>
/// One connection of the pool: its free streams, last in first out, and the number of calls that use it. Once dropped it
/// takes no more calls, and it closes when its last one ends.
/// </summary>
internal sealed class RpcPoolConnection
{
    private readonly Lock _gate = new();
    private readonly List<RpcClientStream> _idle = [];
    private readonly IRpcSession _session;
    private readonly RpcPoolKey _key;
    private long _lastUsed;
    private int _calls;
    private bool _used = true;
    private bool _dropped;
    private bool _closing;

    public RpcPoolConnection(RpcPool pool, RpcPoolKey key, RpcServerAddress server, IRpcSession session)
    {
        Pool = pool;
        Server = server;
        _key = key;
        _session = session;
    }

    public RpcPool Pool { get; }

    public RpcServerAddress Server { get; }

    /// <summary>Free streams.</summary>
    public int IdleStreams
    {
        get
        {
            lock (_gate) return _idle.Count;
        }
    }

    /// <summary>Watches the session from here on.</summary>
    public void Start()
    {
        RpcLog.ConnectionOpened(Pool.Logger, Server.Node, Server.EndPoint);
        _ = WatchAsync();
    }

    /// <summary>Sends on a free or a new stream; false when that is not possible without waiting, and nothing was sent.</summary>
    public bool TrySend(RpcPendingCall call, CancellationToken cancellation)
    {
        if (!TryAcquire(out RpcClientStream? stream)) return false;
        for (; stream is not null; stream = TakeIdle())
        {
            if (stream.TrySend(call, cancellation)) return true;
        }

        if (_session.TryOpenStream(out IRpcStream? opened) && Adopt(opened!).TrySend(call, cancellation)) return true;
        Leave();
        return false;
    }

    /// <summary>As <see cref="TrySend"/>, but waits for a stream. Gives null when the call was sent, else why not.</summary>
    public async ValueTask<string?> SendAsync(RpcPendingCall call, CancellationToken cancellation)
    {
        if (TrySend(call, cancellation)) return null;
        if (!TryAcquire(out RpcClientStream? stream)) return OpenFailure;
        bool sent = stream is not null && stream.TrySend(call, cancellation);
        try
        {
            if (!sent)
            {
                IRpcStream? opened = await _session.OpenStreamAsync(cancellation).ConfigureAwait(false);
                sent = opened is not null && Adopt(opened).TrySend(call, cancellation);
            }
        }
        finally
        {
            if (!sent) Leave();
        }

        return sent ? null : OpenFailure;
    }

    /// <summary>
    /// A call has ended; its stream goes to the free list if it may. False when the stream is not kept and has to close.
    /// </summary>
    public bool Return(RpcClientStream stream, bool keep)
    {
        bool close;
        bool kept;
        lock (_gate)
        {
            kept = keep && !_dropped && _idle.Count < Pool.Settings.IdleStreamsMax;
            if (kept) _idle.Add(stream);
            close = LeaveLocked();
        }

        if (close) Close();
        return kept;
    }

    /// <summary>The stream has ended.</summary>
    public void Forget(RpcClientStream stream)
    {
        lock (_gate) _idle.Remove(stream);
    }

    /// <summary>Takes the connection out of the pool; it closes now or with its last call.</summary>
    public void Drop(string reason)
    {
        bool close;
        lock (_gate)
        {
            if (_dropped) return;
            _dropped = true;
            _idle.Clear();
            close = _calls == 0 && !_closing;
            _closing |= close;
        }

        RpcLog.ConnectionClosed(Pool.Logger, Server.Node, Server.EndPoint, reason);
        Pool.Remove(_key, this);
        if (close) Close();
    }

    /// <summary>Drops the connection if no call has used it for the pool's idle time. Called about once a second.</summary>
    public void Reap(TimeProvider time)
    {
        long now = time.GetTimestamp();
        lock (_gate)
        {
            if (_used || _calls > 0)
            {
                // Calls only set a flag, so that none has to read the clock.
                _used = false;
                _lastUsed = now;
                return;
            }

            if (time.GetElapsedTime(_lastUsed, now) < Pool.Settings.IdleTime) return;
        }

        Drop("idle");
    }

    /// <summary>Closes it with whatever runs on it.</summary>
    public async ValueTask CloseAsync(string reason)
    {
        Drop(reason);
        await _session.CloseAsync().ConfigureAwait(false);
        await _session.Completion.ConfigureAwait(false);
    }

    private string OpenFailure => _session.OpenFailure ?? RpcErrors.SessionShutdown;

    private bool TryAcquire(out RpcClientStream? stream)
    {
        stream = null;
        lock (_gate)
        {
            if (_dropped) return false;
            _calls++;
            _used = true;
            stream = PopIdle();
        }

        return true;
    }

    private RpcClientStream? TakeIdle()
    {
        lock (_gate) return PopIdle();
    }

    private RpcClientStream? PopIdle()
    {
        int last = _idle.Count - 1;
        if (last < 0) return null;
        RpcClientStream stream = _idle[last];
        _idle.RemoveAt(last);
        return stream;
    }

    private RpcClientStream Adopt(IRpcStream opened)
    {
        var stream = new RpcClientStream(this, opened);
        stream.Start();
        return stream;
    }

    private void Leave()
    {
        bool close;
        lock (_gate) close = LeaveLocked();
        if (close) Close();
    }

    /// <summary>True for the one caller that has to close the session.</summary>
    private bool LeaveLocked()
    {
        if (--_calls > 0 || !_dropped || _closing) return false;
        return _closing = true;
    }

    private void Close() => _ = CloseSessionAsync();

    private async Task CloseSessionAsync()
    {
        try
        {
            await _session.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            RpcLog.ClientDefect(Pool.Logger, Server.Node, exception);
        }
    }

    private async Task WatchAsync()
    {
        await _session.Completion.ConfigureAwait(false);
        Drop(_session.CloseText ?? RpcErrors.EndOfFile);
    }
}
