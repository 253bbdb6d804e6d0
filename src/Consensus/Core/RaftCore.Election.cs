namespace Consul.Fast.Consensus.Core;

/// <summary>Followers' time-outs, candidacies and votes.</summary>
internal sealed partial class RaftCore
{
    private readonly HashSet<string> _votes = [];
    private bool _transferCandidacy;

    /// <summary>Another server asks for this one's vote.</summary>
    /// <param name="token">Comes back with the answer.</param>
    public void OnVoteRequest(TimeSpan now, VoteRequest request, object token)
    {
        HearFromLost(now, request.Candidate);
        bool leaderKnown = !request.LeadershipTransfer && HearsLeader(now, request.Candidate);
        if (leaderKnown || request.Term < Term)
        {
            // With a leader the term is not raised, whatever the candidate's is: a lost server must not disturb the rest.
            Reply(token, new VoteResponse(Term, Granted: false));
            return;
        }

        if (request.Term > Term) BecomeFollower(now, request.Term);
        Reply(token, new VoteResponse(Term, TryVote(now, request)));
    }

    public void OnVoteResponse(TimeSpan now, string peerId, VoteRequest request, VoteResponse response)
    {
        if (Role == RaftRole.Shutdown) return;
        if (response.Term > Term)
        {
            BecomeFollower(now, response.Term);
            return;
        }

        if (Role != RaftRole.Candidate || request.Term != Term || !response.Granted || !IsVoter(peerId)) return;
        if (_votes.Add(peerId)) CountVotes(now);
    }

    private bool TryVote(TimeSpan now, VoteRequest request)
    {
        HardState state = _log.HardState;
        if (state.VoteTerm == request.Term && state.VotedFor.Length > 0) return state.VotedFor == request.Candidate;
        if (!IsUpToDate(request.LastLogIndex, request.LastLogTerm)) return false;
        _log.SetHardState(new HardState(Term, request.Term, request.Candidate));
        LastContact = now;
        return true;
    }

    /// <summary>The leader is in doubt one to two time-outs after it was last heard.</summary>
    private void ArmFollowerTimer(TimeSpan now)
    {
        TimeSpan since = LastContact is { } contact && now - contact < _settings.Timings.Heartbeat ? contact : now;
        _timer = IsSoleVoter ? now + WriteRetryPause : since + _random.Spread(_settings.Timings.Heartbeat);
    }

    private void OnFollowerTimeout(TimeSpan now)
    {
        ArmFollowerTimer(now);
        bool heard = LastContact is { } contact && now - contact < _settings.Timings.Heartbeat;
        if (heard && !IsSoleVoter) return;
        if (Leader.Length > 0) _lastLeader = Leader;
        Leader = "";
        // What is being received ends soon without its leader; until then the state is not this log's.
        if (_install is not null) _output.CancelInstall = true;
        else StandUnlessStalled(now);
    }

    /// <summary>Begins what may lead to a candidacy. A server whose disk hangs could not even vote for itself.</summary>
    private void StandUnlessStalled(TimeSpan now)
    {
        if (!IsVoter(_settings.ServerId)) return;
        if (IsSoleVoter) Campaign(now, transfer: false);
        else if (!IsDiskStalled(now)) BeginPreVote(now);
    }

    private void OnCandidateTimeout(TimeSpan now)
    {
        _timer = now + _random.Spread(_settings.Timings.Election);
        if (_preVoteTerm == 0) Notice(RaftNoticeKind.ElectionTimeout);
        StandUnlessStalled(now);
    }

    /// <param name="transfer">On behalf of the present leader.</param>
    private void Campaign(TimeSpan now, bool transfer)
    {
        EndPreVote();
        ChangeRole(RaftRole.Candidate);
        _votes.Clear();
        _transferCandidacy = transfer;
        ulong term = Term + 1;
        _log.SetHardState(new HardState(term, term, _settings.ServerAddress));
        _timer = now + _random.Spread(_settings.Timings.Election);
        _stateGates.Enqueue(CandidacyGate());
    }

    private Gate CandidacyGate() => new(_log.HardStateWrite, GateKind.Candidacy, Term, 0, null, null);

    private void RequestVotes(TimeSpan now)
    {
        VoteRequest request = new(Term, _settings.ServerAddress, LastIndex, LastTerm, _transferCandidacy);
        foreach (RaftServer server in Latest.Configuration.Servers)
        {
            if (server.Suffrage != Suffrage.Voter) continue;
            if (server.Id == _settings.ServerId) _votes.Add(server.Id);
            else _output.Requests.Add(new PeerRequest(server, request));
        }

        CountVotes(now);
    }

    private void CountVotes(TimeSpan now)
    {
        if (!IsQuorum(_votes.Count)) return;
        Notice(RaftNoticeKind.ElectionWon, number: (ulong)_votes.Count);
        BecomeLeader(now);
    }

    private bool IsQuorum(int votes) => votes >= (ConfigurationRules.CountVoters(Latest.Configuration) / 2) + 1;
}
