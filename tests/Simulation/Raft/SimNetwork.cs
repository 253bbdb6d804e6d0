using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>A request under way, and the place its answer goes.</summary>
internal sealed class SimCall(SimServer sender, int senderLife, RaftRequest request, byte[]? snapshotState)
{
    public SimServer Sender => sender;

    public int SenderLife => senderLife;

    public RaftRequest Request => request;

    public byte[]? SnapshotState => snapshotState;

    public bool Answered { get; set; }
}

/// <summary>Loses, delays, duplicates and reorders messages; every call ends, by its answer or by a time-out.</summary>
internal sealed class SimNetwork(SimCluster cluster)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Chance in a thousand that a message gets lost.</summary>
    public ulong LossPerMille { get; set; }

    public ulong DuplicatePerMille { get; set; }

    /// <summary>Chance in a thousand that a message takes about a second.</summary>
    public ulong SlowPerMille { get; set; }

    /// <summary>Servers in different groups do not reach each other.</summary>
    public Dictionary<string, int> Groups { get; } = [];

    public void Send(SimServer sender, PeerRequest peerRequest)
    {
        SimServer? target = cluster.Servers.FirstOrDefault(s => s.Id == peerRequest.Peer.Id);
        RaftRequest? request = Complete(sender, peerRequest.Request, out byte[]? state);
        SimCall call = new(sender, sender.Life, peerRequest.Request, state);
        cluster.Time.After(CallTimeout, () => Finish(call, peerRequest.Peer.Id, null));
        if (target is null || request is null) return;
        int copies = Chance(DuplicatePerMille) ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            if (Chance(LossPerMille)) continue;
            cluster.Time.After(Delay(), () =>
            {
                if (Reaches(sender, target)) Deliver(target, call, request);
            });
        }
    }

    public void Reply(SimServer responder, SimCall call, RaftResponse response)
    {
        if (Chance(LossPerMille)) return;
        cluster.Time.After(Delay(), () =>
        {
            if (Reaches(responder, call.Sender)) Finish(call, responder.Id, response);
        });
    }

    private static void Deliver(SimServer target, SimCall call, RaftRequest request) => target.Step((core, now) =>
    {
        switch (request)
        {
            case AppendRequest append:
                core.OnAppendRequest(now, append, call);
                break;
            case VoteRequest vote:
                core.OnVoteRequest(now, vote, call);
                break;
            case PreVoteRequest vote:
                core.OnPreVoteRequest(now, vote, call);
                break;
            case TimeoutNowRequest handOver:
                core.OnTimeoutNow(now, handOver, call);
                break;
            case SnapshotRequest snapshot:
                core.OnSnapshotRequest(now, snapshot, call);
                break;
        }
    });

    private static void Finish(SimCall call, string peerId, RaftResponse? response)
    {
        if (call.Answered || call.SenderLife != call.Sender.Life) return;
        call.Answered = true;
        call.Sender.Step((core, now) =>
        {
            switch (call.Request, response)
            {
                case (AppendRequest request, AppendResponse answer):
                    core.OnAppendResponse(now, peerId, request, answer);
                    break;
                case (VoteRequest request, VoteResponse answer):
                    core.OnVoteResponse(now, peerId, request, answer);
                    break;
                case (PreVoteRequest request, PreVoteResponse answer):
                    core.OnPreVoteResponse(now, peerId, request, answer);
                    break;
                case (TimeoutNowRequest, TimeoutNowResponse):
                    break;
                case (SnapshotRequest request, SnapshotResponse answer):
                    core.OnSnapshotResponse(now, peerId, request, answer);
                    break;
                default:
                    core.OnRequestFailed(now, peerId, call.Request);
                    break;
            }
        });
    }

    /// <summary>Adds what the core leaves to its driver: entries from the log, the snapshot's state. Null when they are gone.</summary>
    private static RaftRequest? Complete(SimServer sender, RaftRequest request, out byte[]? state)
    {
        state = null;
        switch (request)
        {
            case AppendRequest { Entries: null, Count: > 0 } append:
                LogEntry[] entries = new LogEntry[append.Count];
                for (int i = 0; i < entries.Length; i++)
                {
                    if (!sender.Disk.TryRead(append.PrevIndex + 1 + (ulong)i, out entries[i])) return null;
                }

                return append with { Entries = entries };
            case SnapshotRequest snapshot:
                state = sender.Disk.SnapshotAt(snapshot.LastLogIndex);
                return state is null ? null : snapshot;
            default:
                return request;
        }
    }

    private bool Reaches(SimServer a, SimServer b) => Groups.GetValueOrDefault(a.Id) == Groups.GetValueOrDefault(b.Id);

    private bool Chance(ulong perMille) => cluster.Random.Below(1000) < perMille;

    private TimeSpan Delay() => Chance(SlowPerMille)
        ? cluster.Random.Spread(TimeSpan.FromMilliseconds(700))
        : cluster.Random.Spread(TimeSpan.FromMilliseconds(2));
}
