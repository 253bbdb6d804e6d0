using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Core;

public class TransferTests
{
    private static readonly ClusterConfiguration Three = CoreBed.Cluster("a", "b", "c");

    [Fact]
    public void The_voter_that_is_most_up_to_date_stands_when_it_has_everything()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("c");
        bed.Step((core, now) => core.Propose(now, EntryType.Command, new byte[1]));
        Assert.Null(Begin(bed));
        Assert.True(bed.Core.IsTransferring);
        Assert.DoesNotContain(bed.Sent, s => s.Request is TimeoutNowRequest);
        bed.Accept("c");
        Assert.Equal(("c", new TimeoutNowRequest(2)), Assert.Single(bed.Sent, s => s.Request is TimeoutNowRequest));
        // The answer of anybody in the next term ends it.
        bed.Answer("c", r => new AppendResponse(3, 3, Success: false));
        bed.Elapse(TimeSpan.FromMilliseconds(200));
        bed.Answer("c", r => new AppendResponse(3, 3, Success: false));
        Assert.Equal((RaftRole.Follower, false), (bed.Core.Role, bed.Core.IsTransferring));
    }

    [Fact]
    public void Meanwhile_nothing_is_appended_and_after_a_failure_everything_is_as_before()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("b");
        Assert.Null(Begin(bed, "b"));
        ulong last = bed.Core.LastIndex;
        bed.Step((core, now) =>
        {
            Assert.Equal(0ul, core.Propose(now, EntryType.Command, new byte[1]));
            ConfigurationChange change = new(ConfigurationChangeKind.Remove, "c");
            Assert.Equal(ChangeOutcome.Refused, core.ChangeConfiguration(now, change, out _, out string? error));
            Assert.Equal(RaftErrors.TransferInProgress, error);
            Assert.Equal(RaftErrors.TransferInProgress, core.CanRestore());
            Assert.Equal(RaftErrors.TransferInProgress, core.TransferLeadership(now, "c"));
        });
        Assert.Equal(last, bed.Core.LastIndex);
        for (int i = 0; i < 11; i++)
        {
            bed.Elapse(TimeSpan.FromMilliseconds(100));
            bed.Accept("b");
        }

        Assert.Equal((RaftRole.Leader, false), (bed.Core.Role, bed.Core.IsTransferring));
        Assert.Equal("leadership transfer timeout", bed.Core.TransferError);
        bed.Step((core, now) => Assert.NotEqual(0ul, core.Propose(now, EntryType.Command, new byte[1])));
    }

    [Fact]
    public void A_target_that_cannot_be_reached_ends_the_attempt()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("b");
        Assert.Null(Begin(bed, "b"));
        bed.Step((core, now) => core.OnRequestFailed(now, "b", new TimeoutNowRequest(2)));
        Assert.Equal((false, "failed to make TimeoutNow RPC to b"), (bed.Core.IsTransferring, bed.Core.TransferError));
    }

    [Fact]
    public void Impossible_targets_are_refused()
    {
        ClusterConfiguration servers = new([.. Three.Servers, new RaftServer(Suffrage.NonVoter, "n", "n:8300")]);
        CoreBed bed = new(CoreBed.Holding(servers, 1));
        Assert.Equal(RaftErrors.NotLeader, Begin(bed));
        bed.Stand();
        bed.CompleteWrites();
        bed.Vote("b");
        Assert.Equal("cannot transfer leadership to itself", Begin(bed, "a"));
        Assert.Equal("cannot find replication state for x", Begin(bed, "x"));
        Assert.Equal(RaftErrors.NotVoter, Begin(bed, "n"));
        CoreBed alone = new(CoreBed.Holding(CoreBed.Cluster("a"), 1));
        alone.CompleteWrites();
        Assert.Equal("cannot find peer", Begin(alone));
    }

    [Fact]
    public void Who_is_told_to_stands_at_once_although_it_hears_the_leader()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Append(CoreBed.Heartbeat(1));
        bed.Step((core, now) => core.OnTimeoutNow(now, new TimeoutNowRequest(0), bed));
        Assert.IsType<TimeoutNowResponse>(bed.Replies[^1]);
        bed.CompleteWrites();
        Assert.Contains(("c", new VoteRequest(2, "a:8300", 1, 1, LeadershipTransfer: true)), bed.Sent);
        bed.Vote("b", granted: false);
        // The next candidacy is an ordinary one.
        bed.Stand();
        bed.CompleteWrites();
        Assert.Equal(new VoteRequest(3, "a:8300", 1, 1), bed.Sent.Last(s => s.Request is VoteRequest).Request);
    }

    [Fact]
    public void Who_may_not_vote_or_receives_a_snapshot_does_not_stand()
    {
        ClusterConfiguration servers = new([new RaftServer(Suffrage.NonVoter, "a", "a:8300"), .. CoreBed.Cluster("b", "c").Servers]);
        CoreBed bed = new(CoreBed.Holding(servers, 1));
        bed.Step((core, now) => core.OnTimeoutNow(now, new TimeoutNowRequest(0), bed));
        Assert.Equal(RaftRole.Follower, bed.Core.Role);
        CoreBed receiving = new(CoreBed.Holding(Three, 1));
        SnapshotRequest snapshot = new(1, "b:8300", 10, 1, new ConfigurationPoint(Three, 1));
        receiving.Step((core, now) => core.OnSnapshotRequest(now, snapshot, receiving));
        receiving.Step((core, now) => core.OnTimeoutNow(now, new TimeoutNowRequest(0), receiving));
        Assert.Equal(RaftRole.Follower, receiving.Core.Role);
        // Nor when its leader goes: what it receives is called off first.
        receiving.Elapse(TimeSpan.FromSeconds(5));
        Assert.True(receiving.InstallCancelled);
        Assert.DoesNotContain(receiving.Sent, s => s.Request is PreVoteRequest);
        receiving.Step((core, now) => core.OnSnapshotInstalled(now, receiving.Install!, success: false));
        receiving.Elapse(TimeSpan.FromSeconds(2));
        Assert.Contains(receiving.Sent, s => s.Request is PreVoteRequest);
    }

    [Fact]
    public void A_leader_whose_disk_hangs_hands_over()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("b");
        bed.Step((core, now) => core.Propose(now, EntryType.Command, new byte[1]));
        Hear(bed, 900, "b", "c");
        Assert.DoesNotContain(bed.Sent, s => s.Request is TimeoutNowRequest);
        Hear(bed, 200, "b", "c");
        Assert.Contains(bed.Sent, s => s.Request is TimeoutNowRequest);
        // Nobody took over: it steps down, and does not stand while the write is under way.
        Hear(bed, 1100, "b", "c");
        Assert.Equal(RaftRole.Follower, bed.Core.Role);
        int sent = bed.Sent.Count;
        bed.Elapse(TimeSpan.FromSeconds(30));
        Assert.Equal(sent, bed.Sent.Count);
        Assert.False(bed.AskFirstWithoutDisk(new PreVoteRequest(3, "b:8300", 9, 2)).Granted);
        bed.Step((core, now) => core.OnTimeoutNow(now, new TimeoutNowRequest(0), bed));
        Assert.Equal(RaftRole.Follower, bed.Core.Role);
        bed.CompleteWrites();
        bed.Elapse(TimeSpan.FromSeconds(2));
        Assert.Contains(bed.Sent, s => s.Request is PreVoteRequest);
    }

    [Fact]
    public void The_only_voter_has_nobody_to_hand_over_to()
    {
        CoreBed bed = new(CoreBed.Holding(CoreBed.Cluster("a"), 1));
        bed.CompleteWrites();
        bed.Step((core, now) => core.Propose(now, EntryType.Command, new byte[1]));
        bed.Elapse(TimeSpan.FromSeconds(30));
        Assert.Equal(RaftRole.Leader, bed.Core.Role);
    }

    private static void Hear(CoreBed bed, int milliseconds, params string[] peers)
    {
        for (int i = 0; i < milliseconds; i += 50)
        {
            bed.Elapse(TimeSpan.FromMilliseconds(50));
            foreach (string peer in peers) bed.Accept(peer);
        }
    }

    private static string? Begin(CoreBed bed, string? id = null)
    {
        string? error = null;
        bed.Step((core, now) => error = core.TransferLeadership(now, id));
        return error;
    }
}
