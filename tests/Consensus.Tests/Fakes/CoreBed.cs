using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Tests.Fakes;

/// <summary>One core by hand: inputs at chosen times, writes that complete when told, outputs kept for a look.</summary>
internal sealed class CoreBed
{
    public static readonly RaftTimings Timings = new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(50));

    private readonly RaftOutput _output = new();
    private readonly Queue<(long Id, int Generation)> _writes = new();

    public CoreBed(RecoveredState? state = null, string id = "a")
    {
        Core = new RaftCore(
            new CoreSettings(id, Address(id), Timings, MaxAppendEntries: 4, Seed: 1, DateTime.UnixEpoch), state ?? RecoveredState.Empty, _output);
        Step((core, now) => core.Start(now));
    }

    public RaftCore Core { get; }

    public TimeSpan Now { get; private set; }

    public List<(string Peer, RaftRequest Request)> Sent { get; } = [];

    public List<RaftResponse> Replies { get; } = [];

    public List<RaftRole> Roles { get; } = [];

    public List<ulong> Applied { get; } = [];

    public List<LogEntry> Written { get; } = [];

    public List<HardState> HardStates { get; } = [];

    public SnapshotInstall? Install { get; private set; }

    public bool InstallCancelled { get; private set; }

    public bool WantsSnapshot { get; private set; }

    public static string Address(string id) => $"{id}:8300";

    public static ClusterConfiguration Cluster(params string[] ids) =>
        new([.. ids.Select(id => new RaftServer(Suffrage.Voter, id, Address(id)))]);

    /// <summary>A server that holds a configuration and entries of the given terms, the first being the configuration.</summary>
    public static RecoveredState Holding(ClusterConfiguration configuration, params ulong[] terms)
    {
        TermSpans spans = TermSpans.Empty;
        for (int i = 0; i < terms.Length; i++) spans = spans.With((ulong)i + 1, terms[i]);
        ConfigurationPoint point = new(configuration, 1);
        return RecoveredState.Empty with
        {
            HardState = new HardState(terms[^1], 0, ""),
            LastIndex = (ulong)terms.Length,
            Terms = spans,
            Latest = point,
            Committed = point,
        };
    }

    /// <summary>A leader of term 2 among a, b and c, its Noop written at index 2 and sent to both.</summary>
    public static CoreBed Leader(params string[] others)
    {
        string[] peers = others.Length == 0 ? ["b", "c"] : others;
        CoreBed bed = new(Holding(Cluster(["a", .. peers]), 1));
        bed.Stand();
        bed.CompleteWrites();
        for (int i = 0; i < (peers.Length + 1) / 2; i++) bed.Vote(peers[i]);
        Assert.Equal(RaftRole.Leader, bed.Core.Role);
        bed.CompleteWrites();
        return bed;
    }

    public void Step(Action<RaftCore, TimeSpan> input)
    {
        input(Core, Now);
        Core.Flush(Now);
        if (_output.WriteId != 0) _writes.Enqueue((_output.WriteId, _output.WriteGeneration));
        if (_output.HardState is { } state) HardStates.Add(state);
        Written.AddRange(_output.Entries);
        Sent.AddRange(_output.Requests.Select(r => (r.Peer.Id, r.Request)));
        Replies.AddRange(_output.Replies.Select(r => r.Response));
        Roles.AddRange(_output.Roles);
        for (int i = 0; i < _output.Committed.Count; i++) Applied.Add(_output.FirstCommitted + (ulong)i);
        Install = _output.Install ?? Install;
        InstallCancelled |= _output.CancelInstall;
        WantsSnapshot |= _output.WantSnapshot;
        _output.Clear();
    }

    /// <summary>Lets time pass, calling the core at each of its deadlines.</summary>
    public void Elapse(TimeSpan time)
    {
        TimeSpan until = Now + time;
        while (Core.NextDeadline is { } deadline && deadline <= until)
        {
            Now = deadline > Now ? deadline : Now + TimeSpan.FromMilliseconds(1);
            Step((core, now) => core.OnTick(now));
        }

        Now = until;
    }

    /// <summary>Lets the time-out pass and the other voters encourage a candidacy.</summary>
    public void Stand()
    {
        int before = Sent.Count;
        for (int i = 0; i < 100 && Sent.Count == before; i++) Elapse(TimeSpan.FromMilliseconds(40));
        foreach ((string peer, RaftRequest request) in Sent.Skip(before).ToArray())
        {
            if (request is not PreVoteRequest question) continue;
            Sent.Remove((peer, request));
            Step((core, now) => core.OnPreVoteResponse(now, peer, question, new PreVoteResponse(Core.Term, Granted: true)));
        }
    }

    public PreVoteResponse AskFirst(PreVoteRequest request)
    {
        CompleteWrites();
        return AskFirstWithoutDisk(request);
    }

    public PreVoteResponse AskFirstWithoutDisk(PreVoteRequest request)
    {
        Step((core, now) => core.OnPreVoteRequest(now, request, this));
        return Assert.IsType<PreVoteResponse>(Replies[^1]);
    }

    public void CompleteWrites()
    {
        while (_writes.TryDequeue(out (long Id, int Generation) write)) Step((core, now) => core.OnWritten(now, write.Id));
    }

    public void FailWrites()
    {
        int generation = _writes.Peek().Generation;
        _writes.Clear();
        Step((core, now) => core.OnWriteFailed(now, generation));
    }

    public VoteResponse Ask(VoteRequest request)
    {
        Step((core, now) => core.OnVoteRequest(now, request, this));
        CompleteWrites();
        return Assert.IsType<VoteResponse>(Replies[^1]);
    }

    public AppendResponse Append(AppendRequest request)
    {
        int before = Replies.Count;
        Step((core, now) => core.OnAppendRequest(now, request, this));
        CompleteWrites();
        Assert.Equal(before + 1, Replies.Count);
        return Assert.IsType<AppendResponse>(Replies[^1]);
    }

    /// <summary>A leader's request with entries of the given terms after <paramref name="prev"/>.</summary>
    public static AppendRequest Entries(ulong term, ulong prev, ulong prevTerm, ulong commit, params ulong[] terms)
    {
        LogEntry[] entries = [.. terms.Select((t, i) => new LogEntry(prev + 1 + (ulong)i, t, EntryType.Command, new byte[] { 1 }))];
        return new AppendRequest(term, Address("b"), prev, prevTerm, entries, entries.Length, commit);
    }

    public static AppendRequest Heartbeat(ulong term, string leader = "b") =>
        new(term, Address(leader), 0, 0, null, 0, 0, Heartbeat: true);

    public void Vote(string peer, bool granted = true)
    {
        VoteRequest request = (VoteRequest)Sent.Last(s => s.Request is VoteRequest).Request;
        Step((core, now) => core.OnVoteResponse(now, peer, request, new VoteResponse(request.Term, granted)));
    }

    /// <summary>Answers everything sent to a peer so far that <paramref name="answer"/> wants to.</summary>
    public void Answer(string peer, Func<AppendRequest, AppendResponse?> answer)
    {
        foreach ((string to, RaftRequest request) in Sent.ToArray())
        {
            if (to != peer || request is not AppendRequest append || answer(append) is not { } response) continue;
            Sent.Remove((to, request));
            Step((core, now) => core.OnAppendResponse(now, peer, append, response));
        }
    }

    public void Accept(string peer) => Answer(peer, r => new AppendResponse(r.Term, 0, Success: true));
}
