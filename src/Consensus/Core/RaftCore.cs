using Consul.Fast.Consensus.Wire;

namespace Consul.Fast.Consensus.Core;

/// <summary>
/// One Raft server as a pure state machine: inputs are the <c>On…</c> methods with the present monotonic time, effects are
/// collected in a <see cref="RaftOutput"/>. Log writes are asynchronous: everything goes on while they run, and what must
/// not happen before one is durable is held back here. Not thread safe; deterministic for a seed.
/// </summary>
/// <remarks>After one or more inputs the driver calls <see cref="Flush"/> and carries out the output.</remarks>
internal sealed partial class RaftCore
{
    /// <summary>Pause before something that a failed write lost is written again.</summary>
    public static readonly TimeSpan WriteRetryPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Entries kept in memory for peers that are behind by what a slow disk makes of some seconds.</summary>
    private const int MaxCachedEntries = 16384;

    private const long MaxCachedBytes = 32 << 20;

    private readonly CoreSettings _settings;
    private readonly RaftOutput _output;
    private readonly SeededRandom _random;
    private readonly RaftLog _log;
    private readonly Queue<Gate> _entryGates = new();
    private readonly Queue<Gate> _stateGates = new();
    private TimeSpan _timer;
    private TimeSpan? _retryAt;
    private ulong _handedOut;

    public RaftCore(CoreSettings settings, RecoveredState state, RaftOutput output)
    {
        _settings = settings;
        _output = output;
        _random = new SeededRandom(settings.Seed);
        _log = new RaftLog(state, output);
        Committed = state.Committed;
        SnapshotConfiguration = state.SnapshotConfiguration;
        // What the snapshot holds was committed; nothing above it is known to be.
        CommitIndex = state.SnapshotIndex;
        _handedOut = state.SnapshotIndex;
    }

    public string ServerId => _settings.ServerId;

    public RaftRole Role { get; private set; } = RaftRole.Follower;

    public ulong Term => _log.HardState.Term;

    /// <summary>Address of the known leader, empty for none.</summary>
    public string Leader { get; private set; } = "";

    public ulong CommitIndex { get; private set; }

    public ulong LastIndex => _log.LastIndex;

    public ulong LastTerm => _log.LastTerm;

    public ulong DurableIndex => _log.DurableIndex;

    public ulong FirstIndex => _log.FirstIndex;

    public ulong SnapshotIndex => _log.SnapshotIndex;

    public ulong SnapshotTerm => _log.SnapshotTerm;

    public HardState HardState => _log.HardState;

    /// <summary>Newest configuration, in force whether committed or not.</summary>
    public ConfigurationPoint Latest => _log.Latest;

    public ConfigurationPoint Committed { get; private set; }

    public ConfigurationPoint SnapshotConfiguration { get; private set; }

    /// <summary>When a leader was last heard; null when never.</summary>
    public TimeSpan? LastContact { get; private set; }

    /// <summary>When this server last stopped leading: until then it knew all there was to know. Null when it never did.</summary>
    public TimeSpan? LastLed { get; private set; }

    /// <summary>True when no other server has a say: elections and verification need nobody.</summary>
    public bool IsSoleVoter { get; private set; }

    /// <summary>True while a write is not settled.</summary>
    public bool HasWriteUnderWay => _log.SettledWrite < _log.CurrentWrite;

    /// <summary>When <see cref="OnTick"/> has something to do; null for never.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            TimeSpan? next = Role switch
            {
                RaftRole.Leader => NextLeaderDeadline(),
                RaftRole.Shutdown => null,
                _ => _timer,
            };
            return _retryAt is { } retry && (next is null || retry < next) ? retry : next;
        }
    }

    /// <summary>Term of an entry; false when the log does not hold it and the snapshot does not end there.</summary>
    public bool TryTermAt(ulong index, out ulong term) => _log.TryTermAt(index, out term);

    /// <summary>Begins as follower; the only voter stands for election at once.</summary>
    public void Start(TimeSpan now)
    {
        OnConfigurationChanged();
        ArmFollowerTimer(now);
        if (IsSoleVoter) Campaign(now, transfer: false);
    }

    public void OnTick(TimeSpan now)
    {
        if (_retryAt is { } retry && now >= retry) RetryWrites(now);
        switch (Role)
        {
            case RaftRole.Follower when now >= _timer:
                OnFollowerTimeout(now);
                break;
            case RaftRole.Candidate when now >= _timer && _retryAt is null:
                OnCandidateTimeout(now);
                break;
            case RaftRole.Leader:
                TickLeader(now);
                break;
        }
    }

    /// <summary>
    /// Makes a new server the member of a first cluster: term 1 and the configuration as entry 1. False when it has any
    /// state already.
    /// </summary>
    public bool TryBootstrap(TimeSpan now, ClusterConfiguration configuration)
    {
        if (LastIndex != 0 || Term != 0) return false;
        _log.SetHardState(new HardState(1, 0, ""));
        LogEntry entry = new(1, 1, EntryType.Configuration, ConfigurationCodec.Encode(configuration));
        _log.Append(entry, new ConfigurationPoint(configuration, 1));
        OnConfigurationChanged();
        if (IsSoleVoter) Campaign(now, transfer: false);
        return true;
    }

    /// <summary>Every write up to <paramref name="id"/> is durable.</summary>
    public void OnWritten(TimeSpan now, long id)
    {
        _log.Complete(id);
        OpenGates(now);
        if (Role == RaftRole.Leader) AdvanceCommit(now);
    }

    /// <summary>
    /// A write failed, and all writes of its generation after it were dropped. Entries that were not durable are gone; a
    /// leader with peers steps down, for others may hold them. A lone leader goes on: nobody else knew of them.
    /// </summary>
    public void OnWriteFailed(TimeSpan now, int generation)
    {
        if (generation != _log.Generation) return;
        bool hasPeers = _peers.Count > 0;
        _log.Rewind();
        FailGates(_stateGates);
        FailGates(_entryGates);
        OnConfigurationChanged();
        _retryAt = now + WriteRetryPause;
        if (Role == RaftRole.Leader && hasPeers) BecomeFollower(now, Term);
        else if (Role == RaftRole.Leader) SyncPeers(now);
    }

    /// <summary>A local snapshot is durable; entries below <paramref name="firstKept"/> are about to leave the log.</summary>
    public void OnSnapshotTaken(ulong index, ulong term, ConfigurationPoint configuration, ulong firstKept)
    {
        if (index < SnapshotIndex) return;
        SnapshotConfiguration = configuration;
        _log.Compact(index, term, firstKept);
    }

    /// <summary>
    /// A user's snapshot was stored and restored on the leader, under an index above everything here. The log starts anew after
    /// it; whoever restores appends an entry, whose commit tells that a quorum has the snapshot.
    /// </summary>
    public void OnSnapshotRestored(ulong index, ulong term)
    {
        SnapshotConfiguration = Latest;
        ReplaceLog(index, term, Latest);
        // Nobody else has it yet: the servers may change only when something after it is committed.
        _termStart = index + 1;
    }

    /// <summary>No input is taken after this.</summary>
    public void Stop() => ChangeRole(RaftRole.Shutdown);

    /// <summary>Completes the output after inputs: requests to peers, the write, the entries to apply.</summary>
    public void Flush(TimeSpan now)
    {
        if (Role == RaftRole.Leader)
        {
            Replicate(now);
            AdvanceTransfer();
        }

        _log.TakeWrite(now);
        HandOutCommitted();
    }

    private void HandOutCommitted()
    {
        if (_held || _install is not null) return;
        ulong limit = Math.Min(CommitIndex, _log.DurableIndex);
        if (_handedOut < limit && _output.Committed.Count == 0) _output.FirstCommitted = _handedOut + 1;
        while (_handedOut < limit) _output.Committed.Add(_log.Cached(++_handedOut));
        _log.Release(_handedOut, _peers.Count == 0 ? 0 : MaxCachedEntries, MaxCachedBytes);
    }

    private void CommitUpTo(TimeSpan now, ulong index)
    {
        CommitIndex = index;
        if (Role == RaftRole.Leader) _output.LedUpTo = index;
        if (Latest.Index > index || Committed.Index == Latest.Index) return;
        Committed = Latest;
        if (Role == RaftRole.Leader && !IsVoter(_settings.ServerId)) BecomeFollower(now, Term);
    }

    private void ReplaceLog(ulong index, ulong term, ConfigurationPoint configuration)
    {
        // Entries under way are dropped with the log: nobody may be told that they are stored.
        FailGates(_entryGates);
        _log.ResetTo(index, term, configuration);
        CommitIndex = index;
        StartFrom(index, configuration);
    }

    private void StartFrom(ulong index, ConfigurationPoint configuration)
    {
        Committed = configuration;
        _handedOut = index;
        OnConfigurationChanged();
    }

    private void RetryWrites(TimeSpan now)
    {
        _retryAt = null;
        _log.RetryHardState();
        if (Role == RaftRole.Candidate) _stateGates.Enqueue(CandidacyGate());
        else if (Role == RaftRole.Leader && LastIndex < _termStart) AppendOwn(now, EntryType.Noop, default, default, null);
        OpenGates(now);
    }

    private void OpenGates(TimeSpan now)
    {
        while (_stateGates.TryPeek(out Gate gate) && gate.Write <= _log.SettledWrite) Open(now, _stateGates.Dequeue());
        while (_entryGates.TryPeek(out Gate gate) && gate.Write <= _log.SettledWrite) Open(now, _entryGates.Dequeue());
    }

    private void Open(TimeSpan now, Gate gate)
    {
        switch (gate.Kind)
        {
            case GateKind.Candidacy:
                if (Role == RaftRole.Candidate && Term == gate.Term) RequestVotes(now);
                return;
            case GateKind.Stored when gate.Commit > CommitIndex && Term == gate.Term:
                CommitUpTo(now, gate.Commit);
                break;
        }

        _output.Replies.Add(new PeerReply(gate.Token!, gate.Response!));
    }

    private void FailGates(Queue<Gate> gates)
    {
        while (gates.TryDequeue(out Gate gate))
        {
            RaftResponse? refusal = gate.Response switch
            {
                AppendResponse append => append with { Success = false },
                VoteResponse vote => vote with { Granted = false },
                PreVoteResponse vote => vote with { Granted = false },
                SnapshotResponse snapshot => snapshot with { Success = false },
                _ => null,
            };
            if (refusal is not null) _output.Replies.Add(new PeerReply(gate.Token!, refusal));
        }
    }

    /// <summary>Answers as soon as term and vote are durable; entries under way do not delay it.</summary>
    private void Reply(object token, RaftResponse response)
    {
        if (_log.HardStateWrite <= _log.SettledWrite) _output.Replies.Add(new PeerReply(token, response));
        else _stateGates.Enqueue(new Gate(_log.HardStateWrite, GateKind.Reply, Term, 0, token, response));
    }

    private void BecomeFollower(TimeSpan now, ulong term)
    {
        if (term > Term) _log.SetHardState(_log.HardState with { Term = term });
        if (Role == RaftRole.Leader) LastLed = now;
        ChangeRole(RaftRole.Follower);
        ArmFollowerTimer(now);
    }

    private void ChangeRole(RaftRole role)
    {
        Leader = "";
        EndPreVote();
        if (role == Role) return;
        EndTransfer();
        Role = role;
        _peers.Clear();
        _departing.Clear();
        _votes.Clear();
        _output.Roles.Add(role);
    }

    private void OnConfigurationChanged()
    {
        IsSoleVoter = IsVoter(_settings.ServerId) && ConfigurationRules.CountVoters(Latest.Configuration) == 1;
    }

    private void Notice(RaftNoticeKind kind, string subject = "", ulong number = 0) =>
        _output.Notices.Add(new RaftNotice(kind, subject, number));

    private bool IsVoter(string id)
    {
        IReadOnlyList<RaftServer> servers = Latest.Configuration.Servers;
        for (int i = 0; i < servers.Count; i++)
        {
            if (servers[i].Id == id) return servers[i].Suffrage == Suffrage.Voter;
        }

        return false;
    }
}
