using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Core;

public class ElectionTests
{
    private static readonly ClusterConfiguration Three = CoreBed.Cluster("a", "b", "c");

    [Fact]
    public void The_only_voter_stands_at_once_and_leads_when_its_vote_is_durable()
    {
        CoreBed bed = new(CoreBed.Holding(CoreBed.Cluster("a"), 1));
        Assert.Equal(RaftRole.Candidate, bed.Core.Role);
        Assert.Equal([new HardState(2, 2, "a:8300")], bed.HardStates);
        bed.CompleteWrites();
        Assert.Equal(RaftRole.Leader, bed.Core.Role);
        Assert.Equal([1ul, 2ul], bed.Applied);
    }

    [Fact]
    public void A_follower_asks_after_one_to_two_heartbeat_timeouts_and_stands_when_it_would_win()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Elapse(TimeSpan.FromMilliseconds(999));
        Assert.Empty(bed.Sent);
        bed.Elapse(TimeSpan.FromMilliseconds(1001));
        Assert.Contains(("b", new PreVoteRequest(2, "a:8300", 1, 1)), bed.Sent);
        Assert.Equal((RaftRole.Follower, 1ul), (bed.Core.Role, bed.Core.Term));
        bed.Stand();
        Assert.Equal((RaftRole.Candidate, 2ul), (bed.Core.Role, bed.Core.Term));
    }

    [Fact]
    public void Votes_are_asked_for_only_when_the_own_one_is_durable()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Stand();
        Assert.Empty(bed.Sent);
        bed.CompleteWrites();
        Assert.Equal(["b", "c"], bed.Sent.Select(s => s.Peer));
        Assert.Equal(new VoteRequest(2, "a:8300", 1, 1), bed.Sent[0].Request);
    }

    [Fact]
    public void Contact_keeps_a_follower_quiet()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        for (int i = 0; i < 10; i++)
        {
            bed.Elapse(TimeSpan.FromMilliseconds(900));
            bed.Append(CoreBed.Heartbeat(1));
        }

        Assert.Equal(RaftRole.Follower, bed.Core.Role);
        Assert.Equal("b:8300", bed.Core.Leader);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Who_is_not_a_voter_never_stands(bool configured, bool nonVoter)
    {
        RaftServer[] self = nonVoter ? [new RaftServer(Suffrage.NonVoter, "a", "a:8300")] : [];
        ClusterConfiguration others = new([.. CoreBed.Cluster("b", "c").Servers, .. self]);
        CoreBed bed = new(configured ? CoreBed.Holding(others, 1) : null);
        bed.Elapse(TimeSpan.FromSeconds(20));
        Assert.Equal(RaftRole.Follower, bed.Core.Role);
        Assert.Empty(bed.HardStates);
    }

    [Fact]
    public void A_candidacy_without_result_is_followed_by_the_next_term()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Stand();
        bed.CompleteWrites();
        bed.Vote("b", granted: false);
        bed.Stand();
        Assert.Equal(3ul, bed.Core.Term);
        Assert.Equal(RaftRole.Candidate, bed.Core.Role);
    }

    [Fact]
    public void A_majority_of_voters_elects_and_votes_of_others_or_other_terms_do_not_count()
    {
        ClusterConfiguration five = new([
            .. CoreBed.Cluster("a", "b", "c").Servers, new RaftServer(Suffrage.NonVoter, "d", "d:8300")]);
        CoreBed bed = new(CoreBed.Holding(five, 1));
        bed.Stand();
        bed.CompleteWrites();
        bed.Vote("d");
        Assert.Equal(RaftRole.Candidate, bed.Core.Role);
        bed.Step((core, now) => core.OnVoteResponse(
            now, "b", new VoteRequest(1, "a:8300", 1, 1), new VoteResponse(1, Granted: true)));
        Assert.Equal(RaftRole.Candidate, bed.Core.Role);
        bed.Vote("b");
        Assert.Equal(RaftRole.Leader, bed.Core.Role);
        Assert.Equal("a:8300", bed.Core.Leader);
    }

    [Fact]
    public void A_higher_term_in_an_answer_ends_the_candidacy()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Stand();
        bed.CompleteWrites();
        VoteRequest request = (VoteRequest)bed.Sent[0].Request;
        bed.Step((core, now) => core.OnVoteResponse(now, "b", request, new VoteResponse(9, Granted: false)));
        Assert.Equal((RaftRole.Follower, 9ul), (bed.Core.Role, bed.Core.Term));
        Assert.Equal(new HardState(9, 2, "a:8300"), bed.HardStates[^1]);
    }

    [Theory]
    [InlineData(5, 2, 3, true)] // higher term, equal log
    [InlineData(5, 2, 9, true)] // longer log
    [InlineData(5, 3, 1, true)] // higher last term
    [InlineData(5, 2, 2, false)] // shorter log
    [InlineData(5, 1, 9, false)] // lower last term
    [InlineData(1, 2, 3, false)] // stale term
    public void A_vote_is_granted_by_term_and_log(ulong term, ulong lastTerm, ulong lastIndex, bool granted)
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 1, 2));
        VoteResponse response = bed.Ask(new VoteRequest(term, "b:8300", lastIndex, lastTerm));
        Assert.Equal(granted, response.Granted);
        Assert.Equal(Math.Max(2, term), response.Term);
        if (granted) Assert.Equal(new HardState(term, term, "b:8300"), bed.HardStates[^1]);
    }

    [Fact]
    public void One_vote_per_term_given_again_to_the_same_candidate_only()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        Assert.True(bed.Ask(new VoteRequest(5, "b:8300", 1, 1)).Granted);
        Assert.False(bed.Ask(new VoteRequest(5, "c:8300", 1, 1)).Granted);
        Assert.True(bed.Ask(new VoteRequest(5, "b:8300", 1, 1)).Granted);
        Assert.True(bed.Ask(new VoteRequest(6, "c:8300", 1, 1)).Granted);
    }

    [Fact]
    public void A_vote_is_told_only_when_it_is_durable_and_withdrawn_when_it_is_not()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Step((core, now) => core.OnVoteRequest(now, new VoteRequest(5, "b:8300", 1, 1), bed));
        Assert.Empty(bed.Replies);
        bed.FailWrites();
        Assert.Equal(new VoteResponse(5, Granted: false), Assert.Single(bed.Replies));
        // The vote stays given: another write may have carried it to the disk.
        Assert.False(bed.Ask(new VoteRequest(5, "c:8300", 1, 1)).Granted);
    }

    [Fact]
    public void With_a_leader_votes_are_denied_and_the_term_stays()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Append(CoreBed.Heartbeat(1));
        Assert.Equal(new VoteResponse(1, Granted: false), bed.Ask(new VoteRequest(9, "c:8300", 5, 5)));
        Assert.Equal(1ul, bed.Core.Term);
        // On behalf of the leader, or of the leader itself, it is another matter.
        Assert.True(bed.Ask(new VoteRequest(9, "c:8300", 5, 5, LeadershipTransfer: true)).Granted);
    }

    [Fact]
    public void A_leader_denies_others_its_vote_without_a_change_of_term()
    {
        CoreBed bed = CoreBed.Leader();
        Assert.Equal(new VoteResponse(2, Granted: false), bed.Ask(new VoteRequest(9, "c:8300", 5, 5)));
        Assert.Equal(RaftRole.Leader, bed.Core.Role);
    }

    [Fact]
    public void Bootstrapping_writes_term_one_and_the_configuration_and_runs_once()
    {
        CoreBed bed = new();
        bed.Step((core, now) => Assert.True(core.TryBootstrap(now, Three)));
        LogEntry entry = Assert.Single(bed.Written);
        Assert.Equal((1ul, 1ul, EntryType.Configuration, default), (entry.Index, entry.Term, entry.Type, entry.AppendedAt));
        Assert.Equal(new HardState(1, 0, ""), bed.HardStates[^1]);
        Assert.Equal((1ul, 0ul), (bed.Core.Latest.Index, bed.Core.Committed.Index));
        bed.Step((core, now) => Assert.False(core.TryBootstrap(now, Three)));
    }
}
