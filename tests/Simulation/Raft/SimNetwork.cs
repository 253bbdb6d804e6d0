using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>A request under way, and the place its answer goes.</summary>
/// <param name="request">As the core made it.</param>
/// <param name="delivered">With everything in it that the core left to its driver; null when that is gone.</param>
internal sealed class SimCall(SimServer sender, int senderLife, RaftRequest request, RaftRequest? delivered, byte[]? snapshotState)
{
    public SimServer Sender => sender;

    public int SenderLife => senderLife;

    public RaftRequest Request => request;

    public RaftRequest? Delivered => delivered;

    public byte[]? SnapshotState => snapshotState;

    public bool Answered { get; set; }
}

/// <summary>
/// Loses, delays, duplicates and reorders messages and cuts links in one direction; every call ends, by its answer or by a
/// time-out.
/// </summary>
internal sealed class SimNetwork(SimCluster cluster, SeededRandom random)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);

    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly HashSet<(int From, int To)> _slow = [];

    /// <summary>Chance in a thousand that a message gets lost.</summary>
    public ulong LossPerMille { get; set; }

    public ulong DuplicatePerMille { get; set; }

    /// <summary>Chance in a thousand that a message takes about a second.</summary>
    public ulong SlowPerMille { get; set; }

    public void Cut(SimServer from, SimServer to) => _cut.Add((from.Number, to.Number));

    /// <summary>Every message of the link takes long.</summary>
    public void Slow(SimServer from, SimServer to) => _slow.Add((from.Number, to.Number));

    /// <summary>Servers of different groups do not reach each other.</summary>
    public void Split(IReadOnlyList<SimServer> servers, Func<SimServer, int> group)
    {
        foreach (SimServer from in servers)
        {
            foreach (SimServer to in servers)
            {
                if (group(from) != group(to)) Cut(from, to);
            }
        }
    }

    /// <summary>All links are whole and quick again.</summary>
    public void Join()
    {
        _cut.Clear();
        _slow.Clear();
    }

    public void Send(SimServer sender, PeerRequest peerRequest)
    {
        RaftRequest? request = Complete(sender, peerRequest.Request, out byte[]? state);
        SimCall call = new(sender, sender.Life, peerRequest.Request, request, state);
        string peerId = peerRequest.Peer.Id;
        SimServer? target = cluster.Find(peerId);
        if (request is PreVoteRequest && target is not null && (sender.IsStranger || target.IsStranger))
        {
            // One that does not ask stands at once; of one that cannot be asked, the transport says that it would vote.
            cluster.Time.After(Delay(), () => Finish(call, peerId, new PreVoteResponse(0, Granted: true)));
            return;
        }

        if (target is null || request is null || (!target.IsUp && target.RefusesQuickly))
        {
            cluster.Time.After(Delay(), () => Finish(call, peerId, null));
            return;
        }

        cluster.Time.After(CallTimeout, () => Finish(call, peerId, null));
        int copies = Chance(DuplicatePerMille) ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            Carry(sender, target, () => Deliver(target, call, request));
        }
    }

    public void Reply(SimServer responder, SimCall call, RaftResponse response) =>
        Carry(responder, call.Sender, () => Finish(call, responder.Id, response));

    /// <summary>Carries a message of a client or to it: it may get lost or late, but meets no cut link.</summary>
    public void CarryForClient(Action arrive)
    {
        // Each loss costs the client its patience, and the cluster that much load.
        if (!Chance(LossPerMille / 4)) cluster.Time.After(Delay(), arrive);
    }

    private void Carry(SimServer from, SimServer to, Action arrive)
    {
        if (Chance(LossPerMille) || IsCut(from, to)) return;
        TimeSpan delay = _slow.Contains((from.Number, to.Number)) ? random.Spread(TimeSpan.FromMilliseconds(350)) : Delay();
        cluster.Time.After(delay, () =>
        {
            if (!IsCut(from, to)) arrive();
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

    private bool IsCut(SimServer from, SimServer to) => _cut.Count > 0 && _cut.Contains((from.Number, to.Number));

    private bool Chance(ulong perMille) => perMille > 0 && random.Below(1000) < perMille;

    private TimeSpan Delay() => random.Spread(TimeSpan.FromMilliseconds(Chance(SlowPerMille) ? 700 : 2));
}
