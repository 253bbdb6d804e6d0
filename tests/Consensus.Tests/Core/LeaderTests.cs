using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Core;

public class LeaderTests
{
    private static readonly AppendResponse Accepted = new(2, 0, Success: true);

    [Fact]
    public void A_leader_begins_with_a_noop_and_beats_at_once()
    {
        CoreBed bed = CoreBed.Leader();
        Assert.Equal((2ul, 2ul, EntryType.Noop), (bed.Written[^1].Index, bed.Written[^1].Term, bed.Written[^1].Type));
        bed.Elapse(TimeSpan.Zero);
        Assert.Contains(bed.Sent, s => s.Peer == "b" && s.Request is AppendRequest { Count: 1, PrevIndex: 1, Heartbeat: false });
        Assert.Contains(bed.Sent, s => s.Peer == "c" && s.Request is AppendRequest { Heartbeat: true, PrevIndex: 0, LeaderCommit: 0 });
    }

    [Fact]
    public void Entries_travel_while_the_own_write_runs_and_commit_when_both_are_done()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("b");
        Assert.Equal([1ul, 2ul], bed.Applied);
        bed.Step((core, now) => Assert.Equal(3ul, core.Propose(now, EntryType.Command, new byte[1])));
        // In the pipeline, not durable here.
        bed.Accept("b");
        bed.Accept("c");
        Assert.Equal(2ul, bed.Core.CommitIndex);
        bed.CompleteWrites();
        Assert.Equal(3ul, bed.Core.CommitIndex);
    }

    [Fact]
    public void Entries_of_earlier_terms_commit_only_together_with_one_of_the_own()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Answer("b", r => r.LastIndex == 1 ? Accepted : null);
        bed.Step((core, now) => core.OnAppendResponse(now, "b", new AppendRequest(2, "a:8300", 0, 0, [], 1, 0), Accepted));
        Assert.Equal(0ul, bed.Core.CommitIndex);
        bed.Accept("b");
        Assert.Equal(2ul, bed.Core.CommitIndex);
    }

    [Fact]
    public void Non_voters_never_count()
    {
        CoreBed bed = CoreBed.Leader("b", "c");
        bed.Accept("b");
        bed.Step((core, now) => core.ChangeConfiguration(
            now, new ConfigurationChange(ConfigurationChangeKind.AddNonVoter, "d", "d:8300"), out _, out _));
        bed.CompleteWrites();
        bed.Accept("d");
        Assert.Equal(2ul, bed.Core.CommitIndex);
        bed.Accept("b");
        Assert.Equal(3ul, bed.Core.CommitIndex);
    }

    [Fact]
    public void A_refusal_goes_back_to_what_the_peer_has()
    {
        CoreBed bed = new(CoreBed.Holding(CoreBed.Cluster("a", "b", "c"), 1, 1, 1, 1, 1, 1));
        bed.Stand();
        bed.CompleteWrites();
        bed.Vote("b");
        bed.Answer("b", r => r.Heartbeat ? null : new AppendResponse(2, LastLog: 2, Success: false, NoRetryBackoff: true));
        AppendRequest retry = Assert.IsType<AppendRequest>(bed.Sent.Last(s => s.Peer == "b").Request);
        Assert.Equal((2ul, 1ul, 4), (retry.PrevIndex, retry.PrevTerm, retry.Count));
    }

    [Fact]
    public void A_failing_peer_is_left_alone_longer_and_longer()
    {
        Assert.Equal(
            [10, 10, 20, 40, 80],
            new[] { 1, 2, 3, 4, 5 }.Select(n => Peer.Backoff(n).TotalMilliseconds));
        Assert.Equal(TimeSpan.FromMilliseconds(10240), Peer.Backoff(12));
        Assert.Equal(TimeSpan.FromMilliseconds(10240), Peer.Backoff(99));
    }

    [Fact]
    public void Before_the_first_success_one_request_is_under_way_after_it_many()
    {
        CoreBed bed = CoreBed.Leader();
        for (int i = 0; i < 3; i++) bed.Step((core, now) => core.Propose(now, EntryType.Command, new byte[1]));
        Assert.Single(bed.Sent, s => s.Peer == "b" && s.Request is AppendRequest { Heartbeat: false });
        bed.Accept("b");
        for (int i = 0; i < 3; i++) bed.Step((core, now) => core.Propose(now, EntryType.Command, new byte[1]));
        Assert.True(bed.Sent.Count(s => s.Peer == "b" && s.Request is AppendRequest { Heartbeat: false }) >= 3);
    }

    [Fact]
    public void A_peer_that_needs_compacted_entries_gets_the_snapshot()
    {
        RecoveredState state = CoreBed.Holding(CoreBed.Cluster("a", "b", "c"), 1, 1, 1, 1) with
        {
            SnapshotIndex = 3,
            SnapshotTerm = 1,
            FirstIndex = 4,
            SnapshotConfiguration = new(CoreBed.Cluster("a", "b", "c"), 1),
        };
        CoreBed bed = new(state);
        bed.Stand();
        bed.CompleteWrites();
        bed.Vote("b");
        bed.Answer("b", r => r.Heartbeat ? null : new AppendResponse(2, LastLog: 0, Success: false, NoRetryBackoff: true));
        SnapshotRequest snapshot = Assert.IsType<SnapshotRequest>(bed.Sent.Last(s => s.Peer == "b").Request);
        Assert.Equal((3ul, 1ul, 1ul), (snapshot.LastLogIndex, snapshot.LastLogTerm, snapshot.Configuration.Index));
        bed.Step((core, now) => core.OnSnapshotResponse(now, "b", snapshot, new SnapshotResponse(2, Success: true)));
        AppendRequest next = Assert.IsType<AppendRequest>(bed.Sent.Last(s => s.Peer == "b").Request);
        Assert.Equal(3ul, next.PrevIndex);
    }

    [Fact]
    public void A_leader_that_reaches_no_quorum_steps_down_when_its_lease_ends()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Elapse(TimeSpan.FromMilliseconds(499));
        Assert.Equal(RaftRole.Leader, bed.Core.Role);
        bed.Elapse(TimeSpan.FromMilliseconds(12));
        Assert.Equal((RaftRole.Follower, 2ul), (bed.Core.Role, bed.Core.Term));
    }

    [Fact]
    public void Contact_with_a_quorum_keeps_the_lease()
    {
        CoreBed bed = CoreBed.Leader();
        for (int i = 0; i < 30; i++)
        {
            bed.Elapse(TimeSpan.FromMilliseconds(100));
            bed.Accept("b");
        }

        Assert.Equal(RaftRole.Leader, bed.Core.Role);
    }

    [Fact]
    public void Verification_needs_answers_to_heartbeats_sent_after_the_question()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Elapse(TimeSpan.Zero);
        ulong round = 0;
        bed.Step((core, now) => round = core.VerifyLeader(now));
        // The heartbeat under way left before the question.
        bed.Accept("b");
        Assert.True(bed.Core.VerifiedRound < round);
        // Its answer let the next one go, which carries the question.
        bed.Accept("b");
        Assert.Equal(round, bed.Core.VerifiedRound);
    }

    [Fact]
    public void One_round_answers_all_questions_before_it()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Elapse(TimeSpan.Zero);
        bed.Accept("b");
        bed.Accept("c");
        ulong last = 0;
        for (int i = 0; i < 5; i++) bed.Step((core, now) => last = core.VerifyLeader(now));
        int beats = bed.Sent.Count(s => s.Request is AppendRequest { Heartbeat: true });
        Assert.Equal(2, beats);
        bed.Accept("b");
        bed.Accept("b");
        Assert.Equal(last, bed.Core.VerifiedRound);
    }

    [Fact]
    public void A_refused_heartbeat_while_verifying_ends_leadership()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Elapse(TimeSpan.Zero);
        bed.Accept("b");
        bed.Step((core, now) => core.VerifyLeader(now));
        bed.Answer("b", r => r.Heartbeat ? new AppendResponse(2, 0, Success: false) : null);
        Assert.Equal(RaftRole.Follower, bed.Core.Role);
    }

    [Fact]
    public void A_leader_with_peers_whose_write_fails_steps_down()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("b");
        bed.Step((core, now) => core.Propose(now, EntryType.Command, new byte[1]));
        bed.FailWrites();
        Assert.Equal((RaftRole.Follower, 2ul), (bed.Core.Role, bed.Core.LastIndex));
    }

    [Fact]
    public void Changes_go_one_at_a_time_and_wait_for_the_first_entry_of_the_term()
    {
        CoreBed bed = CoreBed.Leader();
        Assert.Equal(ChangeOutcome.Wait, Change(bed, ConfigurationChangeKind.Remove, "c"));
        bed.Accept("b");
        Assert.Equal(ChangeOutcome.Appended, Change(bed, ConfigurationChangeKind.Remove, "c"));
        Assert.Equal(ChangeOutcome.Wait, Change(bed, ConfigurationChangeKind.Remove, "b"));
        bed.CompleteWrites();
        // Two voters are left, and both are needed.
        Assert.Equal(2ul, bed.Core.CommitIndex);
        bed.Accept("b");
        Assert.Equal((3ul, 3ul), (bed.Core.CommitIndex, bed.Core.Committed.Index));
        Assert.Equal(ChangeOutcome.Appended, Change(bed, ConfigurationChangeKind.Remove, "b"));
        bed.CompleteWrites();
        Assert.Equal(4ul, bed.Core.CommitIndex);
        Assert.True(bed.Core.IsSoleVoter);
    }

    [Fact]
    public void Impossible_changes_are_refused()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("b");
        bed.Step((core, now) =>
        {
            ConfigurationChange late = new(ConfigurationChangeKind.Remove, "c", PreviousIndex: 7);
            Assert.Equal(ChangeOutcome.Refused, core.ChangeConfiguration(now, late, out _, out string? error));
            Assert.Equal("configuration changed since 7 (latest is 1)", error);
            ConfigurationChange twin = new(ConfigurationChangeKind.AddVoter, "d", "b:8300");
            Assert.Equal(ChangeOutcome.Refused, core.ChangeConfiguration(now, twin, out _, out error));
            Assert.Equal("found duplicate address in configuration: b:8300", error);
        });
    }

    [Fact]
    public void A_leader_that_removes_itself_leads_until_that_commits()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("b");
        bed.Accept("c");
        Assert.Equal(ChangeOutcome.Appended, Change(bed, ConfigurationChangeKind.Remove, "a"));
        bed.CompleteWrites();
        bed.Accept("b");
        Assert.Equal(RaftRole.Leader, bed.Core.Role);
        bed.Accept("c");
        Assert.Equal((RaftRole.Follower, 3ul), (bed.Core.Role, bed.Core.CommitIndex));
        bed.Elapse(TimeSpan.FromSeconds(10));
        Assert.Equal(RaftRole.Follower, bed.Core.Role);
    }

    [Theory]
    [InlineData(ConfigurationChangeKind.AddVoter, "d", "a b c (n) d")]
    [InlineData(ConfigurationChangeKind.AddVoter, "n", "a b c n")]
    [InlineData(ConfigurationChangeKind.AddNonVoter, "d", "a b c (n) (d)")]
    [InlineData(ConfigurationChangeKind.AddNonVoter, "b", "a b c (n)")]
    [InlineData(ConfigurationChangeKind.Demote, "b", "a (b) c (n)")]
    [InlineData(ConfigurationChangeKind.Remove, "b", "a c (n)")]
    [InlineData(ConfigurationChangeKind.Remove, "x", "a b c (n)")]
    public void Changes_give_the_configuration_they_name(ConfigurationChangeKind kind, string id, string expected)
    {
        ClusterConfiguration before = new([.. CoreBed.Cluster("a", "b", "c").Servers, new RaftServer(Suffrage.NonVoter, "n", "n:8300")]);
        ClusterConfiguration after = ConfigurationRules.Apply(before, new ConfigurationChange(kind, id, $"{id}:8300"));
        string[] names = [.. after.Servers.Select(s => s.Suffrage == Suffrage.Voter ? s.Id : $"({s.Id})")];
        Assert.Equal(expected.Split(' ').Order(), names.Order());
    }

    private static ChangeOutcome Change(CoreBed bed, ConfigurationChangeKind kind, string id)
    {
        ChangeOutcome outcome = default;
        bed.Step((core, now) => outcome = core.ChangeConfiguration(now, new ConfigurationChange(kind, id), out _, out _));
        return outcome;
    }
}
