namespace Consul.Fast.Simulation.Tests.Raft.Mutations;

/// <summary>
/// The defects that the simulator has to find. A text that is no longer there means that the core has changed: the defect is to
/// be put into what took its place.
/// </summary>
internal static class Defects
{
    private const string Core = "RaftCore.cs";
    private const string Election = "RaftCore.Election.cs";
    private const string Follower = "RaftCore.Follower.cs";
    private const string Leader = "RaftCore.Leader.cs";
    private const string PreVote = "RaftCore.PreVote.cs";
    private const string Replication = "RaftCore.Replication.cs";
    private const string Transfer = "RaftCore.Transfer.cs";
    private const string Log = "RaftLog.cs";

    public static readonly Mutation[] All =
    [
        new("A vote is given before it is on the disk", Core,
            "if (_log.HardStateWrite <= _log.SettledWrite) _output",
            "if (response is VoteResponse || _log.HardStateWrite <= _log.SettledWrite) _output"),
        new("Votes are asked for before the own one is on the disk", Election,
            "_stateGates.Enqueue(CandidacyGate());",
            "RequestVotes(now);"),
        new("A vote is not remembered over a restart", Log,
            "_hardState = state.HardState;\n        _durableHardState",
            "_hardState = state.HardState with { VoteTerm = 0, VotedFor = \"\" };\n        _durableHardState",
            "3+0x"),
        new("A second candidate of a term gets a vote as well", Election,
            "if (state.VoteTerm == request.Term && state.VotedFor.Length > 0) return state.VotedFor == request.Candidate;",
            ""),
        new("A vote is given whatever the candidate's log", Election,
            "if (!IsUpToDate(request.LastLogIndex, request.LastLogTerm)) return false;",
            "",
            "3+0x"),
        new("Half of the votes are enough", Election,
            "votes >= (ConfigurationRules.CountVoters(Latest.Configuration) / 2) + 1;",
            "votes >= (ConfigurationRules.CountVoters(Latest.Configuration) + 1) / 2;",
            "4+0"),
        new("A question before a candidacy raises the term", PreVote,
            "Reply(token, new PreVoteResponse(Term, WouldVote(now, request)));",
            "if (request.Term > Term) BecomeFollower(now, request.Term);\n        Reply(token, new PreVoteResponse(Term, WouldVote(now, request)));"),
        new("An entry of an earlier term is committed by counting", Leader,
            "if (index > CommitIndex && index >= _termStart) CommitUpTo(now, index);",
            "if (index > CommitIndex) CommitUpTo(now, index);"),
        new("The leader counts entries that are not on its own disk", Leader,
            "Math.Min(QuorumPosition(_log.DurableIndex, static peer => peer.MatchIndex), _log.DurableIndex);",
            "QuorumPosition(LastIndex, static peer => peer.MatchIndex);"),
        new("Servers without a vote count for commits", Leader,
            "if (peer.IsVoter) _positions[count++] = position(peer);",
            "if (count < voters) _positions[count++] = position(peer);",
            "3+2m"),
        new("Entries are acknowledged before they are on the disk", Follower,
            "long write = request.LastIndex <= DurableIndex ? _log.HardStateWrite : _log.CurrentWrite;",
            "long write = _log.HardStateWrite;"),
        new("Entries that differ from the leader's stay", Follower,
            "_log.TruncateFrom(entry.Index, Committed);",
            "continue;"),
        new("Entries are taken whatever is before them", Follower,
            "if (!AgreesAt(request.PrevIndex, request.PrevTerm))",
            "if (request.PrevIndex > LastIndex)"),
        new("A leader of the past is obeyed", Follower,
            "if (Role == RaftRole.Shutdown || term < Term) return false;",
            "if (Role == RaftRole.Shutdown) return false;"),
        new("More is committed than the request has proven equal", Follower,
            "Math.Min(request.LeaderCommit, request.LastIndex);",
            "Math.Min(request.LeaderCommit, DurableIndex);"),
        new("A snapshot of the past is taken over", Follower,
            "if (request.LastLogIndex <= CommitIndex && !_estranged)",
            "if (request.LastLogIndex == 0)"),
        new("Entries are applied while a snapshot replaces the state", Core,
            "if (_held || _install is not null) return;",
            "",
            "3+0r"),
        new("A read is confirmed by nobody", Replication,
            "if (IsSoleVoter)\n        {\n            VerifiedRound",
            "if (Role == RaftRole.Leader)\n        {\n            VerifiedRound"),
        new("A read is confirmed by a round that began before it", Replication,
            "Math.Max(peer.ConfirmedRound, request.Round);",
            "Math.Max(peer.ConfirmedRound, _verifyRound);"),
        new("A change of the servers does not wait for the one before", Leader,
            "Role == RaftRole.Leader && Latest.Index == Committed.Index && CommitIndex >= _termStart;",
            "Role == RaftRole.Leader && CommitIndex >= _termStart;",
            "3+2m"),
        new("A new leader changes the servers before it has committed anything", Leader,
            "Role == RaftRole.Leader && Latest.Index == Committed.Index && CommitIndex >= _termStart;",
            "Role == RaftRole.Leader && Latest.Index == Committed.Index;",
            "3+2m"),
        new("A change of the servers leaves before it is on the leader's disk", Replication,
            "Latest.Index > DurableIndex ? Math.Min(LastIndex, Latest.Index - 1) : LastIndex;",
            "LastIndex;",
            "2+0m,2+1m"),
        new("Leadership is handed to a server that lacks entries", Transfer,
            "|| target.MatchIndex < LastIndex) return;",
            ") return;"),
    ];
}
