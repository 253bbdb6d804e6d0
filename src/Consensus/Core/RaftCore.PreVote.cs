namespace Consul.Fast.Consensus.Core;

/// <summary>
/// The question before a candidacy: would a majority vote? Only then a server raises its term, so that one that was cut off, or
/// starts again, does not unseat a leader that the others hear.
/// </summary>
internal sealed partial class RaftCore
{
    private readonly HashSet<string> _preVotes = [];
    private ulong _preVoteTerm;
    private bool _firstPreVote;
    private string _lastLeader = "";

    public void OnPreVoteRequest(TimeSpan now, PreVoteRequest request, object token)
    {
        HearFromLost(now, request.Candidate);
        Reply(token, new PreVoteResponse(Term, WouldVote(now, request)));
    }

    public void OnPreVoteResponse(TimeSpan now, string peerId, PreVoteRequest request, PreVoteResponse response)
    {
        if (Role is RaftRole.Shutdown or RaftRole.Leader) return;
        if (!response.Granted && response.Term > Term)
        {
            // The term exists already; a candidacy has to be above it.
            BecomeFollower(now, response.Term);
            return;
        }

        if (_preVoteTerm == 0 || request.Term != _preVoteTerm || !response.Granted || !IsVoter(peerId)) return;
        if (_preVotes.Add(peerId) && IsQuorum(_preVotes.Count)) Campaign(now, transfer: false);
    }

    /// <summary>Asks the other voters; asks again soon while nobody leads, for it harms nobody.</summary>
    private void BeginPreVote(TimeSpan now)
    {
        _firstPreVote = _preVoteTerm == 0;
        if (_firstPreVote && Role == RaftRole.Follower) Notice(RaftNoticeKind.HeartbeatTimeout, _lastLeader);
        _preVoteTerm = Term + 1;
        _preVotes.Clear();
        _preVotes.Add(_settings.ServerId);
        _timer = now + _random.Spread(_settings.Timings.Heartbeat / 4);
        PreVoteRequest request = new(_preVoteTerm, _settings.ServerAddress, LastIndex, LastTerm);
        foreach (RaftServer server in Latest.Configuration.Servers)
        {
            if (server.Suffrage != Suffrage.Voter || server.Id == _settings.ServerId) continue;
            _output.Requests.Add(new PeerRequest(server, request));
        }
    }

    private void EndPreVote() => _preVoteTerm = 0;

    /// <summary>Whether the candidate would get this server's vote. Changes nothing.</summary>
    private bool WouldVote(TimeSpan now, PreVoteRequest request)
    {
        if (Role == RaftRole.Shutdown || HearsLeader(now, request.Candidate) || request.Term < Term) return false;
        // A vote that cannot be written would not help.
        if (IsDiskStalled(now)) return false;
        HardState state = _log.HardState;
        bool voted = state.VoteTerm == request.Term && state.VotedFor.Length > 0 && state.VotedFor != request.Candidate;
        if (voted || !IsUpToDate(request.LastLogIndex, request.LastLogTerm)) return false;
        // Of two that ask each other at once only one shall stand: otherwise both vote for themselves.
        bool tie = _firstPreVote && _preVoteTerm == request.Term && LastIndex == request.LastLogIndex && LastTerm == request.LastLogTerm;
        return !tie || string.CompareOrdinal(request.Candidate, _settings.ServerAddress) < 0;
    }

    /// <summary>
    /// A leader is known, is not the candidate itself, and was heard within the time that makes a follower doubt. A leader hears
    /// itself: that it still has a quorum, its lease tells.
    /// </summary>
    private bool HearsLeader(TimeSpan now, string candidate)
    {
        if (Leader.Length == 0 || Leader == candidate) return false;
        return Role == RaftRole.Leader || (LastContact is { } contact && now - contact < _settings.Timings.Heartbeat);
    }

    /// <summary>True when a log that ends there holds everything that may be committed, as far as this server knows.</summary>
    private bool IsUpToDate(ulong lastIndex, ulong lastTerm)
    {
        (ulong Term, ulong Index) own = (LastTerm, LastIndex);
        if (_forgotten.CompareTo(own) > 0) own = _forgotten;
        return (lastTerm, lastIndex).CompareTo(own) >= 0;
    }

    /// <summary>A server that asks its leader for a vote does not hear it: no pause after failures is due any more.</summary>
    private void HearFromLost(TimeSpan now, string candidate)
    {
        if (Role != RaftRole.Leader) return;
        foreach (Peer peer in _peers)
        {
            if (peer.Server.Address == candidate) peer.Wake(now);
        }
    }
}
