using System.Collections.Concurrent;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;

namespace Consul.Fast.Consensus.Tests.Fakes;

/// <summary>Connects nodes of one process; servers can be cut off, and what travels can be watched and changed.</summary>
internal sealed class MemoryNetwork
{
    private readonly ConcurrentDictionary<string, IRaftInbox> _inboxes = new();
    private readonly ConcurrentDictionary<string, bool> _cutOff = new();
    private readonly ConcurrentQueue<(string From, string To, RaftRequest Request)> _sent = new();

    /// <summary>Everything that was sent, in order.</summary>
    public IReadOnlyCollection<(string From, string To, RaftRequest Request)> Sent => _sent;

    /// <summary>Stands between a snapshot and who receives it.</summary>
    public Func<Stream, Stream>? WrapSnapshot { get; set; }

    /// <summary>Requests for which it is true get no answer; decides on delivery.</summary>
    public Func<string, RaftRequest, bool>? Lose { get; set; }

    /// <summary>Gets the error text of every answer that has one.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    public IRaftTransport Connect(string id, ILogStore log, ISnapshotStore snapshots) => new Transport(this, id, log, snapshots);

    public void CutOff(string id) => _cutOff[id] = true;

    public void Rejoin(string id) => _cutOff.TryRemove(id, out _);

    public void Remove(string id) => _inboxes.TryRemove(id, out _);

    private bool Reaches(string from, string to) => !_cutOff.ContainsKey(from) && !_cutOff.ContainsKey(to);

    private sealed class Transport(MemoryNetwork network, string id, ILogStore log, ISnapshotStore snapshots) : IRaftTransport
    {
        private IRaftInbox? _inbox;

        public void Start(IRaftInbox inbox)
        {
            _inbox = inbox;
            network._inboxes[id] = inbox;
        }

        public void Send(PeerRequest request)
        {
            network._sent.Enqueue((id, request.Peer.Id, request.Request));
            ThreadPool.QueueUserWorkItem(_ => Deliver(request.Peer.Id, request.Request));
        }

        private void Deliver(string peer, RaftRequest request)
        {
            bool lost = !network.Reaches(id, peer) || network.Lose?.Invoke(peer, request) == true;
            if (lost || !network._inboxes.TryGetValue(peer, out IRaftInbox? target) || Complete(request) is not { } complete)
            {
                _inbox!.OnFailed(peer, request);
                return;
            }

            ReplyPath reply = new(network, _inbox!, id, peer, request);
            if (complete is SnapshotRequest snapshot) SendSnapshot(target, snapshot, reply);
            else target.OnRequest(complete, reply);
        }

        private void SendSnapshot(IRaftInbox target, SnapshotRequest request, ReplyPath reply)
        {
            Stream state = snapshots.Open(snapshots.List().Single(s => s.Index == request.LastLogIndex));
            target.OnSnapshot(request, network.WrapSnapshot?.Invoke(state) ?? state, reply);
        }

        private RaftRequest? Complete(RaftRequest request)
        {
            if (request is not AppendRequest { Entries: null, Count: > 0 } append) return request;
            LogEntry[] entries = new LogEntry[append.Count];
            for (int i = 0; i < entries.Length; i++)
            {
                if (!log.TryRead(append.PrevIndex + 1 + (ulong)i, out entries[i])) return null;
            }

            return append with { Entries = entries };
        }
    }

    private sealed class ReplyPath(MemoryNetwork network, IRaftInbox inbox, string to, string from, RaftRequest request) : IRaftReply
    {
        public void Reply(RaftResponse response, string? error = null) => ThreadPool.QueueUserWorkItem(_ =>
        {
            if (error is not null) network.Errors.Enqueue(error);
            if (network.Reaches(from, to) && error is null) inbox.OnResponse(from, request, response);
            else inbox.OnFailed(from, request);
        });
    }
}
