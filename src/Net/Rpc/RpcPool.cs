using System.Buffers;
using System.Collections.Concurrent;
using Consul.Fast.Net.Buffers;
using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Net.Rpc;

/// <summary>
/// Calls methods of servers over one multiplexed connection each, kept for the next calls. Thread safe.
/// </summary>
/// <remarks>
/// A call has no time-out of its own: a peer that is dead is noticed by the connection's keep-alive. Errors are results with
/// the texts of the reference; nothing a peer does throws.
/// </remarks>
public sealed partial class RpcPool : IAsyncDisposable
{
    private readonly ConcurrentDictionary<RpcPoolKey, RpcPoolConnection> _connections = new();
    private readonly IRpcConnector _connector;
    private readonly IRpcDialer? _dialer;
    private readonly TimerWheel _timers;

    /// <param name="timers">Serves the deadlines of the sessions and finds idle connections.</param>
    /// <param name="blocks">Blocks for bytes that wait in the sessions; null for those of the process.</param>
    public RpcPool(IRpcDialer dialer, RpcPoolSettings settings, TimerWheel timers, ILogger logger, MemoryPool<byte>? blocks = null)
        : this(new YamuxConnector(dialer, settings.Yamux, timers, blocks ?? PinnedBlockPool.Small, logger), settings, timers, logger) =>
        _dialer = dialer;

    internal RpcPool(IRpcConnector connector, RpcPoolSettings settings, TimerWheel timers, ILogger logger)
    {
        _connector = connector;
        _timers = timers;
        _reaper = new Reaper(this);
        Settings = settings;
        Logger = logger;
    }

    /// <summary>Connections that are open now.</summary>
    public int Connections => _connections.Count;

    internal RpcPoolSettings Settings { get; }

    internal ILogger Logger { get; }

    /// <summary>
    /// Calls a method. The result must be awaited once; the code behind the await may run on the connection's read loop and
    /// must not block (<see cref="RpcPoolSettings.InlineResponseBytesMax"/>).
    /// </summary>
    /// <param name="cancellation">Gives the call up: its stream is reset, the server is not told otherwise.</param>
    public ValueTask<RpcResponse<TReply>> CallAsync<TRequest, TReply>(
        RpcServerAddress server, RpcMethodCall<TRequest, TReply> method, TRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(method);
        RpcPendingCall<TRequest, TReply> call = method.Rent(request);
        ValueTask<RpcResponse<TReply>> task = call.Task;
        if (cancellation.IsCancellationRequested)
            call.NeverSent(RpcOutcome.Canceled, RpcErrors.MakingCallPrefix + RpcErrors.Canceled);
        else if (!TrySend(server, call, cancellation)) _ = SendLaterAsync(server, call, cancellation);
        return task;
    }

    /// <summary>Closes all connections; calls that run end with an error.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
        }

        _timers.Cancel(_reaper);
        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (RpcPoolConnection connection in _connections.Values) await connection.CloseAsync("shutdown").ConfigureAwait(false);
        _closing.Dispose();
    }

    internal void Remove(RpcPoolKey key, RpcPoolConnection connection) =>
        _connections.TryRemove(new KeyValuePair<RpcPoolKey, RpcPoolConnection>(key, connection));

    private bool TrySend(RpcServerAddress server, RpcPendingCall call, CancellationToken cancellation) =>
        _connections.TryGetValue(new RpcPoolKey(server.Node, server.EndPoint), out RpcPoolConnection? connection)
        && connection.TrySend(call, cancellation);

    private async Task SendLaterAsync(RpcServerAddress server, RpcPendingCall call, CancellationToken cancellation)
    {
        try
        {
            string? cause = null;
            // A connection that has died unnoticed is replaced once.
            for (int attempt = 0; attempt < 2; attempt++)
            {
                Dialed dialed = await ConnectAsync(server, cancellation).ConfigureAwait(false);
                if (dialed.Connection is null)
                {
                    call.NeverSent(RpcOutcome.NotSent, RpcErrors.GetConnectionPrefix + dialed.Error);
                    return;
                }

                cause = await dialed.Connection.SendAsync(call, cancellation).ConfigureAwait(false);
                if (cause is null) return;
                dialed.Connection.Drop(cause);
            }

            call.NeverSent(RpcOutcome.NotSent, RpcErrors.StartStreamPrefix + cause);
        }
        catch (OperationCanceledException)
        {
            call.NeverSent(RpcOutcome.Canceled, RpcErrors.GettingClientPrefix + RpcErrors.Canceled);
        }
    }
}
