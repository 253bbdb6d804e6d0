using System.Collections.Concurrent;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;
using Consul.Fast.Net.Timers;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Consensus.Transport;

/// <summary>
/// Raft over TCP as Consul's servers speak it: asks its peers on connections that it dials and answers on those that arrive.
/// Made before the node that uses it, disposed after it. Thread safe.
/// </summary>
public sealed class RaftTransport : IRaftTransport, IAsyncDisposable
{
    private readonly RaftTransportSettings _settings;
    private readonly PeerDialer _dialer;
    private readonly ConcurrentDictionary<string, PeerLink> _links = new();
    private readonly ConcurrentDictionary<RaftConnection, bool> _serving = new();
    private readonly TaskCompletionSource<IRaftInbox?> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Sweep _sweep;
    private volatile bool _stopping;

    public RaftTransport(RaftTransportSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _dialer = new PeerDialer(settings);
        _sweep = new Sweep(this);
    }

    /// <summary>
    /// Serves a connection that has announced Raft, until it ends; one that comes before the node waits for it. The caller closes
    /// the connection afterwards.
    /// </summary>
    public async Task ServeAsync(TcpConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Log.RaftConnectionAccepted(_settings.Logger, connection.RemoteEndPoint);
        if (await _started.Task.ConfigureAwait(false) is not { } inbox) return;
        RaftConnection serving = new(connection, inbox, _settings.Timers, _settings.Logger);
        _serving.TryAdd(serving, true);
        if (_stopping) serving.Abort(CloseReason.Shutdown);
        try
        {
            await serving.ServeAsync().ConfigureAwait(false);
        }
        finally
        {
            _serving.TryRemove(serving, out _);
        }
    }

    /// <summary>Ends every connection; requests that are outstanding fail.</summary>
    public ValueTask DisposeAsync()
    {
        if (_stopping) return ValueTask.CompletedTask;
        _stopping = true;
        _started.TrySetResult(null);
        _settings.Timers.Cancel(_sweep);
        _dialer.Dispose();
        foreach (RaftConnection serving in _serving.Keys) serving.Abort(CloseReason.Shutdown);
        foreach (PeerLink link in _links.Values) link.CloseIdle(long.MaxValue);
        return ValueTask.CompletedTask;
    }

    void IRaftTransport.Start(IRaftInbox inbox)
    {
        _started.TrySetResult(inbox);
        _settings.Timers.Schedule(_sweep, _settings.IdleLimit);
    }

    void IRaftTransport.Send(PeerRequest request)
    {
        if (!_links.TryGetValue(request.Peer.Id, out PeerLink? link)) link = AddLink(request.Peer.Id);
        link.Send(request.Peer, request.Request);
    }

    private PeerLink AddLink(string peerId)
    {
        IRaftInbox inbox = _started.Task.Result ?? throw new InvalidOperationException("The transport was stopped before its node.");
        return _links.GetOrAdd(peerId, new PeerLink(peerId, _settings, _dialer, inbox));
    }

    /// <summary>Looks for connections that nobody uses, at leisure.</summary>
    private sealed class Sweep(RaftTransport transport) : TimerEntry
    {
        protected override void OnTimer()
        {
            long ticks = Environment.TickCount64 - (long)transport._settings.IdleLimit.TotalMilliseconds;
            foreach (PeerLink link in transport._links.Values) link.CloseIdle(ticks);
            if (!transport._stopping) transport._settings.Timers.Schedule(this, transport._settings.IdleLimit);
        }
    }
}
