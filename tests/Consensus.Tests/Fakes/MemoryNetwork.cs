using System.Collections.Concurrent;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Node;

namespace Consul.Fast.Consensus.Tests.Fakes;

/// <summary>Connects nodes of one process; servers can be cut off.</summary>
internal sealed class MemoryNetwork
{
    private readonly ConcurrentDictionary<string, IRaftInbox> _inboxes = new();
    private readonly ConcurrentDictionary<string, bool> _cutOff = new();

    public IRaftTransport Connect(string id, ILogStore log) => new Transport(this, id, log);

    public void CutOff(string id) => _cutOff[id] = true;

    private bool Reaches(string from, string to) => !_cutOff.ContainsKey(from) && !_cutOff.ContainsKey(to);

    private sealed class Transport(MemoryNetwork network, string id, ILogStore log) : IRaftTransport
    {
        private IRaftInbox? _inbox;

        public void Start(IRaftInbox inbox)
        {
            _inbox = inbox;
            network._inboxes[id] = inbox;
        }

        public void Send(PeerRequest request) => ThreadPool.QueueUserWorkItem(_ =>
        {
            string peer = request.Peer.Id;
            bool reached = network.Reaches(id, peer) && network._inboxes.ContainsKey(peer);
            if (reached && Complete(request.Request) is { } complete)
            {
                network._inboxes[peer].OnRequest(complete, new ReplyPath(network, _inbox!, id, peer, request.Request));
            }
            else
            {
                _inbox!.OnFailed(peer, request.Request);
            }
        });

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
            if (network.Reaches(from, to)) inbox.OnResponse(from, request, response);
            else inbox.OnFailed(from, request);
        });
    }
}
