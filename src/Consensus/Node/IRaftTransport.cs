using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Node;

/// <summary>Carries requests to the other servers. Called by the Raft loop: it must not block.</summary>
/// <remarks>
/// Heartbeats and votes travel apart from entries and snapshots, so that they never wait behind a large message.
/// </remarks>
internal interface IRaftTransport
{
    /// <summary>Begins to deliver what arrives to <paramref name="inbox"/>.</summary>
    void Start(IRaftInbox inbox);

    /// <summary>
    /// Sends a request; exactly one of <see cref="IRaftInbox.OnResponse"/> and <see cref="IRaftInbox.OnFailed"/> follows.
    /// An AppendRequest without its entries is completed from the log before it is sent, a SnapshotRequest is followed by the
    /// state of that snapshot from the snapshot store.
    /// </summary>
    void Send(PeerRequest request);
}

/// <summary>Where a transport delivers. Thread safe; never blocks.</summary>
internal interface IRaftInbox
{
    /// <summary>The present term, or one shortly before it.</summary>
    ulong Term => 0;

    /// <summary>Any request but a snapshot from another server; the answer goes to <paramref name="reply"/>, once.</summary>
    void OnRequest(RaftRequest request, IRaftReply reply);

    /// <summary>
    /// A snapshot from the leader. The state may be read until the answer; what is left of it then, the transport skips.
    /// Reading past a broken connection throws <see cref="IOException"/>.
    /// </summary>
    void OnSnapshot(SnapshotRequest request, Stream state, IRaftReply reply);

    void OnResponse(string peerId, RaftRequest request, RaftResponse response);

    void OnFailed(string peerId, RaftRequest request);
}

/// <summary>Takes the answer to one request. Called by the Raft loop: it must not block.</summary>
internal interface IRaftReply
{
    /// <param name="error">Text that makes the call count as failed at the caller, or null.</param>
    void Reply(RaftResponse response, string? error = null);
}

/// <summary>Reaches nobody: for a server that is alone in its cluster.</summary>
internal sealed class NoPeerTransport : IRaftTransport
{
    private IRaftInbox? _inbox;

    public void Start(IRaftInbox inbox) => _inbox = inbox;

    public void Send(PeerRequest request) => _inbox?.OnFailed(request.Peer.Id, request.Request);
}
