using System.Collections.Concurrent;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;

namespace Consul.Fast.Consensus.Tests.Transport;

/// <summary>Keeps what a transport delivers; requests are answered by <see cref="Answer"/>, or never.</summary>
internal sealed class CollectingInbox : IRaftInbox
{
    public ConcurrentQueue<(string Peer, RaftRequest Request, RaftResponse Response)> Responses { get; } = new();

    public ConcurrentQueue<(string Peer, RaftRequest Request)> Failures { get; } = new();

    public ConcurrentQueue<(RaftRequest Request, IRaftReply Reply)> Requests { get; } = new();

    public Func<RaftRequest, RaftResponse?> Answer { get; set; } = static _ => null;

    /// <summary>Takes over what follows a snapshot request.</summary>
    public Func<SnapshotRequest, Stream, Task<RaftResponse>>? Receive { get; set; }

    public void OnRequest(RaftRequest request, IRaftReply reply)
    {
        Requests.Enqueue((request, reply));
        if (Answer(request) is { } response) reply.Reply(response);
    }

    public void OnSnapshot(SnapshotRequest request, Stream state, IRaftReply reply)
    {
        Requests.Enqueue((request, reply));
        if (Receive is { } receive) _ = ReceiveAsync(receive(request, state), reply);
    }

    public void OnResponse(string peerId, RaftRequest request, RaftResponse response) => Responses.Enqueue((peerId, request, response));

    public void OnFailed(string peerId, RaftRequest request) => Failures.Enqueue((peerId, request));

    private static async Task ReceiveAsync(Task<RaftResponse> receiving, IRaftReply reply)
    {
        try
        {
            reply.Reply(await receiving);
        }
        catch (IOException broken)
        {
            reply.Reply(new SnapshotResponse(0, Success: false), broken.Message);
        }
    }
}
