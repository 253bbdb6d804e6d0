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
    /// An AppendRequest without its entries is completed from the log before it is sent.
    /// </summary>
    void Send(PeerRequest request);
}

/// <summary>Where a transport delivers. Thread safe; never blocks.</summary>
internal interface IRaftInbox
{
    /// <summary>AppendEntries or RequestVote from another server; the answer goes to <paramref name="reply"/>, once.</summary>
    void OnRequest(RaftRequest request, IRaftReply reply);

    void OnResponse(string peerId, RaftRequest request, RaftResponse response);

    void OnFailed(string peerId, RaftRequest request);
}

/// <summary>Takes the answer to one request. Called by the Raft loop: it must not block.</summary>
internal interface IRaftReply
{
    void Reply(RaftResponse response);
}

/// <summary>Reaches nobody: for a server that is alone in its cluster.</summary>
internal sealed class NoPeerTransport : IRaftTransport
{
    private IRaftInbox? _inbox;

    public void Start(IRaftInbox inbox) => _inbox = inbox;

    public void Send(PeerRequest request) => _inbox?.OnFailed(request.Peer.Id, request.Request);
}
