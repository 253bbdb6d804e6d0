using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Core;

public class PreVoteTests
{
    private static readonly ClusterConfiguration Three = CoreBed.Cluster("a", "b", "c");

    [Fact]
    public void Without_a_majority_the_term_stays_and_nothing_is_written()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Elapse(TimeSpan.FromSeconds(60));
        Assert.Equal((RaftRole.Follower, 1ul), (bed.Core.Role, bed.Core.Term));
        Assert.Empty(bed.HardStates);
        Assert.All(bed.Sent, s => Assert.Equal(new PreVoteRequest(2, "a:8300", 1, 1), s.Request));
        Assert.InRange(bed.Sent.Count, 2 * 60, 2 * 60 * 4);
    }

    [Fact]
    public void Denials_and_answers_to_older_questions_do_not_count()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Elapse(TimeSpan.FromSeconds(2));
        PreVoteRequest question = Assert.IsType<PreVoteRequest>(bed.Sent[0].Request);
        bed.Step((core, now) => core.OnPreVoteResponse(now, "b", question, new PreVoteResponse(1, Granted: false)));
        bed.Step((core, now) => core.OnPreVoteResponse(now, "b", question with { Term = 1 }, new PreVoteResponse(1, Granted: true)));
        bed.Step((core, now) => core.OnPreVoteResponse(now, "x", question, new PreVoteResponse(1, Granted: true)));
        Assert.Equal(RaftRole.Follower, bed.Core.Role);
        // A leader that appears ends the question.
        bed.Append(CoreBed.Heartbeat(1));
        bed.Step((core, now) => core.OnPreVoteResponse(now, "b", question, new PreVoteResponse(1, Granted: true)));
        Assert.Equal((RaftRole.Follower, "b:8300"), (bed.Core.Role, bed.Core.Leader));
    }

    [Fact]
    public void A_peer_that_does_not_know_the_question_counts_as_granting()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 5));
        bed.Elapse(TimeSpan.FromSeconds(2));
        PreVoteRequest question = Assert.IsType<PreVoteRequest>(bed.Sent[0].Request);
        bed.Step((core, now) => core.OnPreVoteResponse(now, "b", question, new PreVoteResponse(0, Granted: true)));
        Assert.Equal((RaftRole.Candidate, 6ul), (bed.Core.Role, bed.Core.Term));
    }

    [Fact]
    public void The_next_question_is_above_a_term_that_exists_already()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Elapse(TimeSpan.FromSeconds(2));
        PreVoteRequest question = Assert.IsType<PreVoteRequest>(bed.Sent[0].Request);
        bed.Step((core, now) => core.OnPreVoteResponse(now, "b", question, new PreVoteResponse(7, Granted: false)));
        Assert.Equal((RaftRole.Follower, 7ul), (bed.Core.Role, bed.Core.Term));
        bed.CompleteWrites();
        bed.Elapse(TimeSpan.FromSeconds(2));
        Assert.Equal(8ul, bed.Sent[^1].Request.Term);
    }

    [Theory]
    [InlineData(3, 3, 2, true)] // equal log
    [InlineData(3, 9, 2, true)]
    [InlineData(3, 2, 2, false)] // shorter log
    [InlineData(3, 9, 1, false)] // lower last term
    [InlineData(1, 9, 9, false)] // a term of the past
    public void The_answer_is_what_a_vote_would_be_and_changes_nothing(ulong term, ulong lastIndex, ulong lastTerm, bool granted)
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 1, 2));
        Assert.Equal(new PreVoteResponse(2, granted), bed.AskFirst(new PreVoteRequest(term, "b:8300", lastIndex, lastTerm)));
        Assert.Empty(bed.HardStates);
        Assert.Equal(2ul, bed.Core.Term);
        // Nor does it bind.
        Assert.Equal(granted, bed.AskFirst(new PreVoteRequest(term, "c:8300", lastIndex, lastTerm)).Granted);
    }

    [Fact]
    public void Who_hears_a_leader_denies_until_it_has_been_silent_for_a_timeout()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Append(CoreBed.Heartbeat(1));
        bed.Elapse(TimeSpan.FromMilliseconds(900));
        Assert.False(bed.AskFirst(new PreVoteRequest(2, "c:8300", 1, 1)).Granted);
        Assert.False(bed.Ask(new VoteRequest(2, "c:8300", 1, 1)).Granted);
        Assert.Equal(1ul, bed.Core.Term);
        bed.Elapse(TimeSpan.FromMilliseconds(100));
        Assert.True(bed.AskFirst(new PreVoteRequest(2, "c:8300", 1, 1)).Granted);
        // The vote itself follows the same rule, or the question would be worth nothing.
        Assert.True(bed.Ask(new VoteRequest(2, "c:8300", 1, 1)).Granted);
    }

    [Fact]
    public void A_leader_denies_and_beats_at_once_for_the_server_that_did_not_hear_it()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Elapse(TimeSpan.Zero);
        bed.Accept("c");
        for (int i = 0; i < 8; i++) FailHeartbeats(bed, "b");
        Assert.DoesNotContain(bed.Sent, s => s.Peer == "b" && s.Request is AppendRequest { Heartbeat: true });
        Assert.False(bed.AskFirst(new PreVoteRequest(3, "b:8300", 9, 2)).Granted);
        bed.Elapse(TimeSpan.Zero);
        Assert.Contains(bed.Sent, s => s.Peer == "b" && s.Request is AppendRequest { Heartbeat: true });
        Assert.Equal(RaftRole.Leader, bed.Core.Role);
    }

    [Fact]
    public void Heartbeats_to_a_silent_peer_pause_for_less_than_its_timeout()
    {
        CoreBed bed = CoreBed.Leader();
        for (int i = 0; i < 100; i++)
        {
            bed.Elapse(TimeSpan.FromMilliseconds(100));
            bed.Accept("c");
            FailHeartbeats(bed, "b");
        }

        TimeSpan from = bed.Now;
        for (int i = 0; i < 20 && !bed.Sent.Any(s => s.Peer == "b" && s.Request is AppendRequest { Heartbeat: true }); i++)
        {
            bed.Elapse(TimeSpan.FromMilliseconds(50));
            bed.Accept("c");
        }

        Assert.True(bed.Now - from <= TimeSpan.FromMilliseconds(550));
    }

    [Fact]
    public void Of_two_that_ask_each_other_only_one_stands()
    {
        CoreBed a = Asking("a");
        CoreBed b = Asking("b");
        Assert.True(b.AskFirst(new PreVoteRequest(2, "a:8300", 1, 1)).Granted);
        Assert.False(a.AskFirst(new PreVoteRequest(2, "b:8300", 1, 1)).Granted);
        // When nothing came of it, everybody may try.
        a.Elapse(TimeSpan.FromMilliseconds(500));
        Assert.True(a.AskFirst(new PreVoteRequest(2, "b:8300", 1, 1)).Granted);

        static CoreBed Asking(string id)
        {
            CoreBed bed = new(CoreBed.Holding(Three, 1), id);
            while (bed.Sent.Count == 0) bed.Elapse(TimeSpan.FromMilliseconds(10));
            return bed;
        }
    }

    [Fact]
    public void A_candidate_without_result_asks_again_before_it_takes_the_next_term()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Stand();
        bed.CompleteWrites();
        bed.Elapse(TimeSpan.FromSeconds(30));
        Assert.Equal((RaftRole.Candidate, 2ul), (bed.Core.Role, bed.Core.Term));
        Assert.Equal(3ul, bed.Sent[^1].Request.Term);
        bed.Stand();
        Assert.Equal(3ul, bed.Core.Term);
    }

    [Fact]
    public void The_only_voter_asks_nobody()
    {
        ClusterConfiguration one = new([.. CoreBed.Cluster("a").Servers, new RaftServer(Suffrage.NonVoter, "b", "b:8300")]);
        CoreBed bed = new(CoreBed.Holding(one, 1));
        bed.CompleteWrites();
        Assert.Equal(RaftRole.Leader, bed.Core.Role);
    }

    private static void FailHeartbeats(CoreBed bed, string peer)
    {
        foreach ((string to, RaftRequest request) in bed.Sent.Where(s => s.Peer == peer).ToArray())
        {
            bed.Sent.Remove((to, request));
            bed.Step((core, now) => core.OnRequestFailed(now, peer, request));
        }
    }
}
