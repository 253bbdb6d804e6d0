using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using static Consul.Fast.Daemon.Tests.Leader.AutopilotBed;

namespace Consul.Fast.Daemon.Tests.Leader;

public sealed class AutopilotLoopTests
{
    [Fact]
    public async Task First_leader_stores_what_its_configuration_says()
    {
        await using var bed = new AutopilotBed(new AutopilotConfig { MaxTrailingLogs = 77, MinQuorum = 3, RedundancyZoneTag = "zone" });
        await bed.StartAsync();
        AutopilotConfiguration stored = bed.Store.Current.Autopilot!;
        Assert.Equal((77ul, 3ul, "zone", 200_000_000L, true), Facts(stored));
        await bed.Loop.StopAsync();
        await bed.StartAsync();
        Assert.Same(stored, bed.Store.Current.Autopilot);

        static (ulong Trailing, ulong Quorum, string Zone, long ContactNs, bool Cleanup) Facts(AutopilotConfiguration c) =>
            (c.MaxTrailingLogs, c.MinQuorum, c.RedundancyZoneTag, c.LastContactThresholdNs, c.CleanupDeadServers);
    }

    [Fact]
    public async Task Leader_knows_itself_and_asks_the_others()
    {
        await using var bed = new AutopilotBed();
        await bed.Commands.ProposeAsync(new RegisterRequest
        {
            Node = "s2",
            Id = IdOf(2),
            Address = "10.0.0.2",
            NodeMeta = SortedMap<string>.Create([new("rack", "7")]),
        });
        bed.AddVoters(2, 3);
        await bed.StartAsync();
        await bed.LookAsync();
        AutopilotState state = bed.Loop.State;
        Assert.True(state.Healthy);
        Assert.Equal((1, IdOf(1)), (state.FailureTolerance, state.Leader));
        Assert.Equal(new ServerProgress(0, 3, bed.Raft.Status.LastLogIndex), state.Find(IdOf(1))!.Stats);
        Assert.Equal(new ServerProgress(10_000_000, 3, 1), state.Find(IdOf(2))!.Stats);
        Assert.Equal("7", Assert.Single(state.Find(IdOf(2))!.Server.Meta!).Value);
        Assert.Null(state.Find(IdOf(3))!.Server.Meta);
        Assert.DoesNotContain("s1", bed.Asked);
        Assert.Equal(1, Gauge(bed, "autopilot.failure_tolerance"));
        Assert.Equal(1, Gauge(bed, "autopilot.healthy"));
    }

    [Fact]
    public async Task Server_that_stays_silent_keeps_what_it_told_last()
    {
        await using var bed = new AutopilotBed();
        bed.AddVoters(2);
        bed.Answer = static _ => new RaftStats("5ms", 1, 3);
        await bed.StartAsync();
        await bed.LookAsync();
        bed.Answer = static _ => null;
        await bed.LookAsync();
        Assert.Equal(5_000_000, bed.Loop.State.Find(IdOf(2))!.Stats.LastContactNs);
        bed.Answer = static _ => RpcResult<RaftStats>.Fail("rpc error making call: EOF");
        await bed.LookAsync();
        Assert.Equal(5_000_000, bed.Loop.State.Find(IdOf(2))!.Stats.LastContactNs);
        bed.Answer = static _ => new RaftStats("never", 1, 3);
        await bed.LookAsync();
        Assert.Equal(0, bed.Loop.State.Find(IdOf(2))!.Stats.LastContactNs);
    }

    [Fact]
    public async Task Unhealthy_server_shows_in_the_metrics()
    {
        await using var bed = new AutopilotBed();
        bed.AddVoters(2, 3);
        bed.Answer = static server => new RaftStats(server.Name == "s2" ? "300ms" : "1ms", 1, 3);
        await bed.StartAsync();
        await bed.LookAsync();
        Assert.False(bed.Loop.State.Healthy);
        Assert.Equal(0, Gauge(bed, "autopilot.failure_tolerance"));
        Assert.Equal(0, Gauge(bed, "autopilot.healthy"));
    }

    [Fact]
    public async Task New_server_gets_a_vote_at_once_from_a_young_leader()
    {
        await using var bed = new AutopilotBed();
        await bed.StartAsync();
        Assert.Null(await bed.AddAsync(bed.Join(2)));
        await UntilAsync(() => bed.Raft.SuffrageOf(IdOf(2)) == Suffrage.Voter);
        Assert.Equal([$"AddNonVoter {IdOf(2)} {AddressOf(2)}", $"AddVoter {IdOf(2)} {AddressOf(2)}"], bed.Raft.ChangesSoFar);
    }

    [Fact]
    public async Task New_server_waits_for_its_vote_until_it_has_been_stable()
    {
        await using var bed = new AutopilotBed();
        await bed.StartAsync();
        await bed.LookAsync();
        bed.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await bed.AddAsync(bed.Join(2)));
        await bed.LookAsync();
        bed.Time.Advance(TimeSpan.FromSeconds(9.9));
        await bed.LookAsync();
        await bed.LookAsync();
        Assert.Equal(Suffrage.NonVoter, bed.Raft.SuffrageOf(IdOf(2)));
        bed.Time.Advance(TimeSpan.FromSeconds(0.1));
        await UntilAsync(() => bed.Raft.SuffrageOf(IdOf(2)) == Suffrage.Voter);
    }

    [Fact]
    public async Task Failed_server_is_made_to_leave_and_a_stale_one_is_removed()
    {
        await using var bed = new AutopilotBed();
        bed.AddVoters(2, 3, 4, 5);
        await bed.StartAsync();
        bed.Forget(4);
        bed.Join(5, MemberStatus.Failed);
        await UntilAsync(() => bed.Raft.SuffrageOf(IdOf(4)) is null && bed.Forced.Length > 0);
        Assert.Equal(["s5"], bed.Forced.Distinct());
        Assert.Equal([$"Remove {IdOf(4)}"], bed.Raft.ChangesSoFar);
    }

    [Fact]
    public async Task Dead_servers_are_kept_below_the_stored_quorum()
    {
        await using var bed = new AutopilotBed(new AutopilotConfig { MinQuorum = 5 });
        bed.AddVoters(2, 3, 4, 5);
        await bed.StartAsync();
        bed.Forget(4);
        bed.Join(5, MemberStatus.Failed);
        await bed.LookAsync();
        Assert.Null(await bed.Membership.PruneAsync(CancellationToken.None));
        Assert.Empty(bed.Forced);
        Assert.Empty(bed.Raft.ChangesSoFar);
        var lower = new AutopilotRequest { Configuration = bed.Store.Current.Autopilot! with { MinQuorum = 3 } };
        Assert.Null((await bed.Commands.ProposeAsync(lower)).Error);
        await UntilAsync(() => bed.Raft.SuffrageOf(IdOf(4)) is null && bed.Forced.Length > 0);
    }

    [Fact]
    public async Task Stopped_autopilot_knows_nothing_and_does_nothing()
    {
        await using var bed = new AutopilotBed();
        bed.AddVoters(2);
        await bed.StartAsync();
        await bed.LookAsync();
        await bed.Loop.StopAsync();
        Assert.Same(AutopilotState.None, bed.Loop.State);
        Assert.True(double.IsNaN(Gauge(bed, "autopilot.healthy")));
        int asked = bed.Asked.Count;
        Assert.Null(await bed.AddAsync(bed.Join(3)));
        await Task.Yield();
        Assert.Equal(asked, bed.Asked.Count);
        await bed.StartAsync();
        await UntilAsync(() => bed.Raft.SuffrageOf(IdOf(3)) == Suffrage.Voter);
    }

    [Fact]
    public async Task End_of_leadership_ends_it_without_waiting_for_silent_servers()
    {
        await using var bed = new AutopilotBed();
        bed.AddVoters(2);
        bed.Answer = static _ => null;
        using var leadership = new CancellationTokenSource();
        Assert.Null(await bed.Loop.StartAsync(leadership.Token));
        await UntilAsync(() => bed.Asked.Count > 0);
        await leadership.CancelAsync();
        await bed.Loop.StopAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static double Gauge(AutopilotBed bed, string name) =>
        bed.Metrics.All().Single(series => series.Name.EndsWith(name, StringComparison.Ordinal)).ReadTotals().Gauge;
}
