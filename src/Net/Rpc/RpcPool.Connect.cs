namespace Consul.Fast.Net.Rpc;

/// <summary>One dial per server at a time, and the end of connections that nobody uses.</summary>
public sealed partial class RpcPool
{
    /// <summary>Multiplexing came with this version of the protocol.</summary>
    private const int ProtocolVersionMin = 2;

    private static readonly TimeSpan s_reapInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<RpcPoolKey, TaskCompletionSource<Dialed>> _dials = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly Reaper _reaper;
    private bool _disposed;

    /// <summary>
    /// Gives the connection to a server, dialling if there is none. Only the caller that dialled learns the cause of a
    /// failure. A caller that gives up leaves the dial to the others.
    /// </summary>
    private async ValueTask<Dialed> ConnectAsync(RpcServerAddress server, CancellationToken cancellation)
    {
        if (server.ProtocolVersion < ProtocolVersionMin) return new Dialed(null, RpcErrors.UnsupportedVersion(server.ProtocolVersion));
        var key = new RpcPoolKey(server.Node, server.EndPoint);
        TaskCompletionSource<Dialed>? dial;
        bool lead;
        lock (_gate)
        {
            if (_disposed) return new Dialed(null, RpcErrors.PoolShutdown);
            if (_connections.TryGetValue(key, out RpcPoolConnection? connection)) return new Dialed(connection, null);
            lead = !_dials.TryGetValue(key, out dial);
            if (lead) _dials[key] = dial = new TaskCompletionSource<Dialed>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (lead) _ = DialAsync(key, server, dial!);
        Dialed dialed = await dial!.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return lead || dialed.Connection is not null || _closing.IsCancellationRequested
            ? dialed
            : new Dialed(null, RpcErrors.LeadFailed);
    }

    private async Task DialAsync(RpcPoolKey key, RpcServerAddress server, TaskCompletionSource<Dialed> dial)
    {
        RpcConnected connected;
        try
        {
            connected = await _connector.ConnectAsync(server, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (exception is not OperationCanceledException) RpcLog.ClientDefect(Logger, server.Node, exception);
            connected = new RpcConnected(null, exception.Message);
        }

        RpcPoolConnection? connection = null;
        bool disposed;
        lock (_gate)
        {
            _dials.Remove(key);
            disposed = _disposed;
            if (connected.Session is not null && !disposed)
            {
                connection = new RpcPoolConnection(this, key, server, connected.Session);
                _connections[key] = connection;
            }
        }

        if (disposed)
        {
            dial.SetResult(new Dialed(null, RpcErrors.PoolShutdown));
            if (connected.Session is not null) await connected.Session.CloseAsync().ConfigureAwait(false);
            return;
        }

        if (connection is null) RpcLog.ConnectFailed(Logger, server.Node, server.EndPoint, connected.Error!);
        else connection.Start();
        if (connection is not null && Settings.IdleTime > TimeSpan.Zero) _timers.Schedule(_reaper, s_reapInterval);
        dial.SetResult(new Dialed(connection, connected.Error));
    }

    private void Reap()
    {
        foreach (KeyValuePair<RpcPoolKey, RpcPoolConnection> pair in _connections) pair.Value.Reap(_timers.Time);
        if (!_connections.IsEmpty && !Volatile.Read(ref _disposed)) _timers.Schedule(_reaper, s_reapInterval);
    }

    /// <summary>A connection or why there is none.</summary>
    private readonly record struct Dialed(RpcPoolConnection? Connection, string? Error);

    /// <summary>Closing a connection runs the ends of its streams, which is nothing for the thread of the timers.</summary>
    private sealed class Reaper(RpcPool pool) : Timers.TimerEntry, IThreadPoolWorkItem
    {
        public void Execute() => pool.Reap();

        protected internal override void OnTimer() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
