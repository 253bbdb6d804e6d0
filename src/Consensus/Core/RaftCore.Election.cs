namespace Consul.Fast.Consensus.Core;

/// <summary>Followers' time-outs, candidacies and votes.</summary>
internal sealed partial class RaftCore
{
    private readonly HashSet<string> _votes = [];

    /// <summary>Another server asks for this one's vote.</summary>
    /// <param name="token">Comes back with the answer.</param>
    public void OnVoteRequest(TimeSpan now, VoteRequest request, object token)
    {
        bool leaderKnown = Leader.Length > 0 && Leader != request.Candidate && !request.LeadershipTransfer;
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
        if (LastTerm > request.LastLogTerm) return false;
        if (LastTerm == request.LastLogTerm && LastIndex > request.LastLogIndex) return false;
        _log.SetHardState(new HardState(Term, request.Term, request.Candidate));
        LastContact = now;
        return true;
    }

    private void ArmFollowerTimer(TimeSpan now) =>
        _timer = now + (IsSoleVoter ? WriteRetryPause : _random.Spread(_settings.Timings.Heartbeat));

    private void OnFollowerTimeout(TimeSpan now)
    {
        ArmFollowerTimer(now);
        bool heard = LastContact is { } contact && now - contact < _settings.Timings.Heartbeat;
        if (heard && !IsSoleVoter) return;
        Leader = "";
        // What is being received ends soon without its leader; until then the state is not this log's.
        if (_install is not null) _output.CancelInstall = true;
        else if (IsVoter(_settings.ServerId)) Campaign(now);
    }

    private void Campaign(TimeSpan now)
    {
        ChangeRole(RaftRole.Candidate);
        _votes.Clear();
        ulong term = Term + 1;
        _log.SetHardState(new HardState(term, term, _settings.ServerAddress));
        _timer = now + _random.Spread(_settings.Timings.Election);
        _stateGates.Enqueue(CandidacyGate());
    }

    private Gate CandidacyGate() => new(_log.HardStateWrite, GateKind.Candidacy, Term, 0, null, null);

    private void RequestVotes(TimeSpan now)
    {
        VoteRequest request = new(Term, _settings.ServerAddress, LastIndex, LastTerm);
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
        if (_votes.Count >= (ConfigurationRules.CountVoters(Latest.Configuration) / 2) + 1) BecomeLeader(now);
    }
}
