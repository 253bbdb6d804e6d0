using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Tests.Fakes;
using Consul.Fast.Consensus.Wire;

namespace Consul.Fast.Consensus.Tests.Core;

public class FollowerTests
{
    private static readonly ClusterConfiguration Three = CoreBed.Cluster("a", "b", "c");

    [Fact]
    public void An_answer_tells_the_last_index_from_before_the_request()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 1));
        Assert.Equal(new AppendResponse(1, LastLog: 2, Success: true), bed.Append(CoreBed.Entries(1, 2, 1, 0, 1, 1)));
        Assert.Equal(4ul, bed.Core.LastIndex);
    }

    [Fact]
    public void A_stale_leader_is_refused_and_not_followed()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 3));
        Assert.Equal(new AppendResponse(3, 2, Success: false), bed.Append(CoreBed.Entries(2, 2, 3, 0, 2)));
        Assert.Equal("", bed.Core.Leader);
    }

    [Theory]
    [InlineData(4, 1)] // beyond the end
    [InlineData(2, 9)] // another term
    public void A_mismatch_before_the_entries_asks_for_earlier_ones_at_once(ulong prev, ulong prevTerm)
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 1));
        Assert.Equal(
            new AppendResponse(9, 2, Success: false, NoRetryBackoff: true), bed.Append(CoreBed.Entries(9, prev, prevTerm, 0, 9)));
        Assert.Equal("b:8300", bed.Core.Leader);
    }

    [Fact]
    public void Entries_that_are_there_are_skipped_and_those_that_differ_replace_the_tail()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 1, 1, 1));
        bed.Append(CoreBed.Entries(1, 1, 1, 0, 1, 1));
        Assert.Empty(bed.Written);
        bed.Append(CoreBed.Entries(2, 2, 1, 0, 2));
        Assert.Equal([(3ul, 2ul)], bed.Written.Select(e => (e.Index, e.Term)));
        Assert.Equal((3ul, 2ul), (bed.Core.LastIndex, bed.Core.LastTerm));
    }

    [Fact]
    public void Stored_entries_are_acknowledged_and_committed_only_when_durable()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Step((core, now) => core.OnAppendRequest(now, CoreBed.Entries(1, 1, 1, 2, 1), bed));
        Assert.Empty(bed.Replies);
        Assert.Equal(0ul, bed.Core.CommitIndex);
        bed.CompleteWrites();
        Assert.True(Assert.IsType<AppendResponse>(Assert.Single(bed.Replies)).Success);
        Assert.Equal([1ul, 2ul], bed.Applied);
    }

    [Fact]
    public void A_heartbeat_is_answered_while_entries_are_being_written()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Step((core, now) => core.OnAppendRequest(now, CoreBed.Entries(1, 1, 1, 2, 1), bed));
        bed.Step((core, now) => core.OnAppendRequest(now, CoreBed.Heartbeat(1), bed));
        Assert.Equal(new AppendResponse(1, 2, Success: true), Assert.Single(bed.Replies));
    }

    [Fact]
    public void The_answer_in_a_new_term_waits_until_the_term_is_durable()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        bed.Step((core, now) => core.OnAppendRequest(now, CoreBed.Heartbeat(7), bed));
        Assert.Empty(bed.Replies);
        bed.CompleteWrites();
        Assert.Equal(new AppendResponse(7, 1, Success: true), Assert.Single(bed.Replies));
    }

    [Fact]
    public void A_failed_write_is_a_plain_refusal_and_brings_the_old_tail_back()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 1, 1));
        bed.Step((core, now) => core.OnAppendRequest(now, CoreBed.Entries(2, 1, 1, 0, 2), bed));
        Assert.Equal((2ul, 2ul), (bed.Core.LastIndex, bed.Core.LastTerm));
        bed.FailWrites();
        Assert.Equal(new AppendResponse(2, 3, Success: false), Assert.Single(bed.Replies));
        Assert.Equal((3ul, 1ul), (bed.Core.LastIndex, bed.Core.LastTerm));
        // The term was lost with the entries; the next write carries it.
        Assert.True(bed.Append(CoreBed.Entries(2, 1, 1, 0, 2)).Success);
        Assert.Equal(2ul, bed.HardStates[^1].Term);
    }

    [Fact]
    public void The_commit_index_stays_within_what_the_request_has_proven()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 1, 1, 1));
        bed.Append(CoreBed.Entries(1, 2, 1, 4));
        Assert.Equal([1ul, 2ul], bed.Applied);
    }

    [Fact]
    public void Committed_entries_are_never_replaced()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 1));
        bed.Append(CoreBed.Entries(1, 2, 1, 2));
        Assert.False(bed.Append(CoreBed.Entries(5, 1, 1, 2, 5)).Success);
        Assert.Equal(1ul, bed.Core.LastTerm);
    }

    [Fact]
    public void Entries_that_do_not_follow_one_another_are_refused()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        AppendRequest request = new(1, "b:8300", 1, 1, [new LogEntry(3, 1, EntryType.Command, new byte[1])], 1, 0);
        Assert.Equal(new AppendResponse(1, 1, Success: false), bed.Append(request));
        Assert.Empty(bed.Written);
    }

    [Fact]
    public void A_configuration_counts_when_stored_and_falls_back_when_replaced()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1));
        ClusterConfiguration two = CoreBed.Cluster("a", "b");
        LogEntry entry = new(2, 1, EntryType.Configuration, ConfigurationCodec.Encode(two));
        bed.Append(new AppendRequest(1, "b:8300", 1, 1, [entry], 1, 0));
        Assert.Equal((2ul, 1ul), (bed.Core.Latest.Index, bed.Core.Committed.Index));
        Assert.Equal(two.Servers, bed.Core.Latest.Configuration.Servers);
        bed.Append(CoreBed.Entries(2, 1, 1, 0, 2));
        Assert.Equal((1ul, 1ul), (bed.Core.Latest.Index, bed.Core.Committed.Index));
    }

    [Fact]
    public void A_leader_or_candidate_follows_a_leader_of_a_higher_term()
    {
        CoreBed bed = CoreBed.Leader();
        Assert.True(bed.Append(CoreBed.Heartbeat(3, "c")).Success);
        Assert.Equal((RaftRole.Follower, "c:8300", 3ul), (bed.Core.Role, bed.Core.Leader, bed.Core.Term));
    }

    [Fact]
    public void What_a_snapshot_covers_agrees_with_every_leader()
    {
        RecoveredState state = CoreBed.Holding(Three, 1, 1, 1, 1) with { SnapshotIndex = 3, SnapshotTerm = 1, FirstIndex = 4 };
        CoreBed bed = new(state);
        Assert.True(bed.Append(CoreBed.Entries(1, 1, 1, 5, 1, 1, 1, 1)).Success);
        Assert.Equal([4ul, 5ul], bed.Applied);
    }

    [Fact]
    public void A_snapshot_replaces_a_log_that_does_not_reach_it()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 1));
        ConfigurationPoint configuration = new(CoreBed.Cluster("a", "b"), 8);
        bed.Step((core, now) => core.OnSnapshotRequest(now, new SnapshotRequest(2, "b:8300", 10, 2, configuration), bed));
        Assert.NotNull(bed.Install);
        // Until it is there, entries are refused and heartbeats are not.
        bed.CompleteWrites();
        Assert.False(bed.Append(CoreBed.Entries(2, 2, 1, 0, 2)).Success);
        Assert.True(bed.Append(CoreBed.Heartbeat(2)).Success);
        bed.Step((core, now) => core.OnSnapshotInstalled(now, bed.Install!, success: true));
        bed.CompleteWrites();
        Assert.Equal(new SnapshotResponse(2, Success: true), bed.Replies[^1]);
        Assert.Equal((10ul, 2ul, 10ul, 11ul), (bed.Core.LastIndex, bed.Core.LastTerm, bed.Core.CommitIndex, bed.Core.FirstIndex));
        Assert.Equal((8ul, 8ul), (bed.Core.Latest.Index, bed.Core.Committed.Index));
        Assert.True(bed.Append(CoreBed.Entries(2, 10, 2, 11, 2)).Success);
        Assert.Equal([11ul], bed.Applied);
    }

    [Fact]
    public void A_snapshot_keeps_the_entries_after_it_that_agree()
    {
        CoreBed bed = new(CoreBed.Holding(Three, 1, 1, 1, 1));
        SnapshotRequest request = new(1, "b:8300", 2, 1, new ConfigurationPoint(Three, 1));
        bed.Step((core, now) => core.OnSnapshotRequest(now, request, bed));
        bed.Step((core, now) => core.OnSnapshotInstalled(now, bed.Install!, success: true));
        Assert.Equal((4ul, 2ul, 2ul), (bed.Core.LastIndex, bed.Core.CommitIndex, bed.Core.SnapshotIndex));
    }
}
