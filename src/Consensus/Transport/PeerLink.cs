using System.Diagnostics;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;

namespace Consul.Fast.Consensus.Transport;

/// <summary>
/// The way to one peer. Each kind of request has connections of its own, so that a heartbeat never waits behind entries and
/// entries never behind a snapshot.
/// </summary>
internal sealed class PeerLink
{
    private readonly string _peerId;
    private readonly RaftTransportSettings _settings;
    private readonly PeerDialer _dialer;
    private readonly IRaftInbox _inbox;
    private readonly PeerReports _reports;
    private readonly IdleConnections _idle = new();
    private readonly PeerCalls _calls;
    private readonly SnapshotSender _snapshots;
    private readonly AppendPipeline _pipeline;
    private PeerAddress _address = new("");

    public PeerLink(string peerId, RaftTransportSettings settings, PeerDialer dialer, IRaftInbox inbox)
    {
        _peerId = peerId;
        _settings = settings;
        _dialer = dialer;
        _inbox = inbox;
        _reports = new PeerReports(peerId, settings.Logger, settings.Metrics);
        _calls = new PeerCalls(dialer, _idle, settings.Timeout);
        _snapshots = new SnapshotSender(settings, dialer);
        _pipeline = new AppendPipeline(peerId, settings, dialer, inbox, _reports);
    }

    /// <summary>Takes a request over. Called by the Raft loop; does nothing here that could take time.</summary>
    public void Send(RaftServer server, RaftRequest request)
    {
        string address = _settings.AddressOf(_peerId) ?? server.Address;
        if (address != _address.Text) Move(address);
        if (request is AppendRequest { Heartbeat: false } append) _pipeline.Enqueue(append, _address);
        else ThreadPool.UnsafeQueueUserWorkItem(new Call(this, request, _address), preferLocal: false);
    }

    /// <summary>Closes what has been without use since <paramref name="ticks"/>.</summary>
    public void CloseIdle(long ticks)
    {
        _pipeline.CloseIfIdle(ticks);
        Close(_idle.RemoveAll(connection => connection.IsBroken || connection.IdleSince <= ticks));
    }

    /// <summary>What goes to the old address has no future; calls that are connected end by themselves.</summary>
    private void Move(string address)
    {
        _address.Leave();
        _address = new PeerAddress(address);
        _reports.Address = address;
        _calls.Forget();
        _pipeline.Leave(address);
        Close(_idle.RemoveAll(connection => connection.Address != address));
    }

    private void Close(List<PeerConnection> connections)
    {
        foreach (PeerConnection connection in connections)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static close => _ = close.Dialer.CloseAsync(close.Connection).AsTask(),
                (Dialer: _dialer, Connection: connection),
                preferLocal: false);
        }
    }

    private async Task RunAsync(RaftRequest request, PeerAddress address)
    {
        long begun = Stopwatch.GetTimestamp();
        CallResult result;
        try
        {
            result = request is SnapshotRequest snapshot
                ? await _snapshots.RunAsync(snapshot, address).ConfigureAwait(false)
                : await _calls.RunAsync(request, address).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever happened, Raft has to hear of its request.
            _reports.Fault(exception);
            result = CallResult.Failed(exception.Message);
        }

        if (result.Response is { } response)
        {
            _reports.Answered(request, begun);
            _inbox.OnResponse(_peerId, request, response);
            return;
        }

        _reports.Failed(request, result.Error);
        _inbox.OnFailed(_peerId, request);
    }

    private sealed class Call(PeerLink link, RaftRequest request, PeerAddress address) : IThreadPoolWorkItem
    {
        public void Execute() => _ = link.RunAsync(request, address);
    }
}
