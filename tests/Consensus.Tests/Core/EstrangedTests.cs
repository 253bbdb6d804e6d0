using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Core;

/// <summary>A server whose snapshot was never part of the leader's log: an operator's recovery, or a restore that got lost.</summary>
public class EstrangedTests
{
    private static readonly ClusterConfiguration Three = CoreBed.Cluster("a", "b", "c");

    private static readonly RecoveredState State = CoreBed.Holding(Three, 1) with
    {
        SnapshotIndex = 50,
        SnapshotTerm = 3,
        HardState = new HardState(3, 0, ""),
        LastIndex = 50,
        FirstIndex = 51,
        Terms = TermSpans.Empty,
    };

    [Theory]
    [InlineData(40, 4)] // an entry of a later term below the end of the snapshot
    [InlineData(50, 2)] // another term at its very end
    [InlineData(50, 4)]
    public void What_comes_before_tells(ulong prev, ulong prevTerm)
    {
        CoreBed bed = new(State);
        Assert.False(bed.Append(CoreBed.Entries(5, prev, prevTerm, 0)).Success);
        Assert.False(bed.Append(CoreBed.Entries(5, 10, 1, 0, 1)).Success);
        Assert.False(bed.Append(CoreBed.Entries(5, 0, 0, 0, 1)).Success);
        Assert.Empty(bed.Written);
    }

    [Fact]
    public void An_entry_that_follows_tells_and_the_leaders_snapshot_helps_although_it_goes_back()
    {
        CoreBed bed = new(State);
        AppendResponse refusal = bed.Append(CoreBed.Entries(5, 30, 2, 0, 2, 5));
        Assert.Equal((false, true, 50ul), (refusal.Success, refusal.NoRetryBackoff, refusal.LastLog));
        SnapshotRequest snapshot = new(5, "b:8300", 20, 2, new ConfigurationPoint(Three, 1));
        bed.Step((core, now) => core.OnSnapshotRequest(now, snapshot, bed));
        Assert.NotNull(bed.Install);
        bed.Step((core, now) => core.OnSnapshotInstalled(now, bed.Install!, success: true));
        bed.CompleteWrites();
        Assert.Equal((20ul, 20ul, 20ul, 2ul), (bed.Core.LastIndex, bed.Core.CommitIndex, bed.Core.SnapshotIndex, bed.Core.SnapshotTerm));
        Assert.True(bed.Append(CoreBed.Entries(5, 20, 2, 22, 2, 5)).Success);
        Assert.Equal([21ul, 22ul], bed.Applied);
    }

    [Fact]
    public void A_leader_that_has_the_snapshots_past_is_believed()
    {
        CoreBed bed = new(State);
        Assert.True(bed.Append(CoreBed.Entries(5, 40, 2, 0, 2, 3)).Success);
        Assert.True(bed.Append(CoreBed.Entries(5, 50, 3, 51, 5)).Success);
        SnapshotRequest snapshot = new(5, "b:8300", 20, 2, new ConfigurationPoint(Three, 1));
        bed.Step((core, now) => core.OnSnapshotRequest(now, snapshot, bed));
        Assert.Null(bed.Install);
        Assert.Equal(new SnapshotResponse(5, Success: true), bed.Replies[^1]);
    }

    [Fact]
    public void A_leader_without_a_snapshot_has_one_taken_for_a_peer_that_nothing_else_helps()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("c");
        AppendResponse refusal = new(2, 50, Success: false, NoRetryBackoff: true);
        for (int i = 0; i < 3; i++) bed.Answer("b", r => r.Heartbeat ? null : refusal);
        Assert.True(bed.WantsSnapshot);
        bed.Step((core, _) => core.OnSnapshotTaken(2, 2, core.Latest, 1));
        bed.Elapse(TimeSpan.FromMilliseconds(20));
        Assert.Contains(bed.Sent, s => s.Peer == "b" && s.Request is SnapshotRequest { LastLogIndex: 2 });
    }
}
