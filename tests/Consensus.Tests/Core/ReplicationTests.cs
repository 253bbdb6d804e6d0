using Consul.Fast.Consensus.Core;
using Consul.Fast.Consensus.Tests.Fakes;

namespace Consul.Fast.Consensus.Tests.Core;

/// <summary>How much is under way to a peer, and how a log that went astray is led back.</summary>
public class ReplicationTests
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public void Peers_that_are_equally_far_share_one_request()
    {
        CoreBed bed = CoreBed.Leader();
        AppendRequest[] first = [.. bed.Sent.Select(s => s.Request).OfType<AppendRequest>().Where(r => r.Count == 1)];
        Assert.Equal(2, first.Length);
        Assert.Same(first[0], first[1]);
    }

    [Fact]
    public void A_request_carries_a_megabyte_and_at_least_one_entry()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("b");
        bed.Step((core, now) =>
        {
            core.Propose(now, EntryType.Command, new byte[Megabyte / 2]);
            core.Propose(now, EntryType.Command, new byte[Megabyte / 4]);
            core.Propose(now, EntryType.Command, new byte[3 * Megabyte]);
            core.Propose(now, EntryType.Command, new byte[1]);
        });
        Assert.Equal([2, 1, 1], Requests(bed, "b").Select(r => r.Entries!.Count));
    }

    [Fact]
    public void Entries_gather_while_three_requests_with_room_are_under_way()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("b");
        for (int i = 0; i < 6; i++) bed.Step((core, now) => core.Propose(now, EntryType.Command, new byte[1]));
        Assert.Equal([1, 1, 1], Requests(bed, "b").Select(r => r.Count));
        AppendRequest oldest = Requests(bed, "b")[0];
        bed.Answer("b", r => r == oldest ? new AppendResponse(2, 0, Success: true) : null);
        Assert.Equal([1, 1, 3], Requests(bed, "b").Select(r => r.Count));
        // A full one (of four here) goes at once.
        for (int i = 0; i < 4; i++) bed.Step((core, now) => core.Propose(now, EntryType.Command, new byte[1]));
        Assert.Equal([1, 1, 3, 4], Requests(bed, "b").Select(r => r.Count));
    }

    [Fact]
    public void The_bytes_under_way_to_a_peer_are_bounded()
    {
        CoreBed bed = CoreBed.Leader();
        bed.Accept("b");
        for (int i = 0; i < 20; i++) bed.Step((core, now) => core.Propose(now, EntryType.Command, new byte[Megabyte]));
        Assert.Equal(8, Requests(bed, "b").Count);
        // One answer makes room for one more.
        AppendRequest oldest = Requests(bed, "b")[0];
        bed.Answer("b", r => r == oldest ? new AppendResponse(2, 0, Success: true) : null);
        Assert.Equal(8, Requests(bed, "b").Count);
        for (int i = 0; i < 20; i++) bed.Accept("b");
        bed.CompleteWrites();
        Assert.Equal(22ul, bed.Core.CommitIndex);
    }

    [Fact]
    public void Of_entries_that_have_to_be_read_few_requests_are_under_way()
    {
        CoreBed bed = new(CoreBed.Holding(CoreBed.Cluster("a", "b", "c"), [.. Enumerable.Repeat(1ul, 100)]));
        bed.Stand();
        bed.CompleteWrites();
        bed.Vote("b");
        bed.Answer("b", r => r.Heartbeat ? null : new AppendResponse(2, LastLog: 1, Success: false, NoRetryBackoff: true));
        Assert.Null(Assert.Single(Requests(bed, "b")).Entries);
        bed.Accept("b");
        Assert.Equal(4, Requests(bed, "b").Count);
        Assert.All(Requests(bed, "b"), r => Assert.Equal((4, null), (r.Count, r.Entries)));
    }

    [Theory]
    [InlineData(5000, 1, 14)] // the whole of its stray tail is beside one span of the leader's
    [InlineData(5000, 5000, 14)] // the common entry is in the midst of a span
    [InlineData(3, 5000, 3)]
    public void A_log_that_went_astray_for_thousands_of_entries_is_led_back_in_few_steps(int stray, int common, int maxRounds)
    {
        // The leader's log: configuration, a span of term 2 up to the end. The peer's: equal up to `common`, then of term 3.
        int length = common + stray;
        List<ulong> terms = [1, .. Enumerable.Repeat(common == 1 ? 5ul : 2ul, length - 1)];
        CoreBed bed = new(CoreBed.Holding(CoreBed.Cluster("a", "b", "c"), [.. terms]));
        bed.Stand();
        bed.CompleteWrites();
        bed.Vote("c");
        int rounds = 0;
        for (AppendRequest request = Take(bed); request.PrevIndex > (ulong)common; request = Take(bed))
        {
            Assert.True(++rounds <= maxRounds, $"still at {request.PrevIndex} after {rounds} rounds");
            AppendResponse refusal = new(request.Term, (ulong)length, Success: false, NoRetryBackoff: true);
            bed.Step((core, now) => core.OnAppendResponse(now, "b", request, refusal));
        }

        static AppendRequest Take(CoreBed bed)
        {
            AppendRequest request = Requests(bed, "b").Single();
            bed.Sent.RemoveAll(s => ReferenceEquals(s.Request, request));
            return request;
        }
    }

    [Fact]
    public void The_oldest_entry_is_tried_before_a_snapshot_is_sent()
    {
        RecoveredState state = CoreBed.Holding(CoreBed.Cluster("a", "b", "c"), [.. Enumerable.Repeat(1ul, 200)]) with
        {
            SnapshotIndex = 150,
            SnapshotTerm = 1,
            FirstIndex = 101,
            SnapshotConfiguration = new(CoreBed.Cluster("a", "b", "c"), 1),
        };
        CoreBed bed = new(state);
        bed.Stand();
        bed.CompleteWrites();
        bed.Vote("c");
        List<ulong> tried = [];
        while (!bed.Sent.Any(s => s.Peer == "b" && s.Request is SnapshotRequest))
        {
            AppendRequest request = Requests(bed, "b").Single();
            tried.Add(request.PrevIndex);
            bed.Answer("b", r => r == request ? new AppendResponse(r.Term, 500, Success: false, NoRetryBackoff: true) : null);
        }

        Assert.Equal(101ul, tried[^1]);
    }

    private static List<AppendRequest> Requests(CoreBed bed, string peer) =>
        [.. bed.Sent.Where(s => s.Peer == peer).Select(s => s.Request).OfType<AppendRequest>().Where(r => !r.Heartbeat)];
}
