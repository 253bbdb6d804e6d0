using System.Collections.Concurrent;
using System.Net;
using Consul.Fast.Net.Transport;

namespace Consul.Fast.Consensus.Transport;

/// <summary>Opens connections to peers and knows all that are open, so that they can be ended together. Thread safe.</summary>
internal sealed class PeerDialer : IDisposable
{
    private readonly RaftTransportSettings _settings;
    private readonly ConcurrentDictionary<PeerConnection, bool> _open = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stop;

    public PeerDialer(RaftTransportSettings settings)
    {
        _settings = settings;
        _stop = _stopping.Token;
    }

    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>A new connection, or why there is none. Given up when the peer is known to be elsewhere.</summary>
    public async ValueTask<(PeerConnection? Connection, string Error)> DialAsync(PeerAddress address)
    {
        if (!IPEndPoint.TryParse(address.Text, out IPEndPoint? endPoint)) return (null, $"dial tcp: no port in address {address.Text}");
        if (IsStopping) return (null, "transport shutdown");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        Task<DialResult> dialing = _settings.Dialer
            .DialAsync(endPoint, _settings.Datacenter, ProtocolMode.Raft, limit.Token).AsTask();
        if (await Task.WhenAny(dialing, address.Left).ConfigureAwait(false) != dialing) await limit.CancelAsync().ConfigureAwait(false);
        DialResult dialed = await dialing.ConfigureAwait(false);
        if (!dialed.Succeeded) return (null, dialed.Error);
        PeerConnection connection = new(dialed.Connection, address.Text, _settings.Timers);
        _open.TryAdd(connection, true);
        if (IsStopping) connection.Abort(CloseReason.Shutdown);
        return (connection, "");
    }

    /// <summary>Closes a connection that nobody uses any more.</summary>
    public async ValueTask CloseAsync(PeerConnection connection)
    {
        _open.TryRemove(connection, out _);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends every connection, those under way too; each user finds out and closes its own.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        foreach (PeerConnection connection in _open.Keys) connection.Abort(CloseReason.Shutdown);
        _stopping.Dispose();
    }
}
