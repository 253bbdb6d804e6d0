using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Server.Leader;
using Consul.Fast.Daemon.Tests.Agent.Pools;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Leader;

/// <summary>Beginning and end of leadership, at every point of the leader's work.</summary>
public sealed class LeaderLoopTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TimerWheel _timers = new();
    private readonly StubConsensus _raft = new();
    private readonly FakePool _pool = new() { Members = [TestMembers.ServerMember("n1"), TestMembers.ServerMember("n2")] };
    private readonly RecordingMembership _membership = new();
    private readonly Duty _first = new();
    private readonly Duty _second = new();
    private readonly ServerLookup _servers = new("dc1");
    private readonly StateStore _store;
    private readonly LeaderLoop _loop;

    public LeaderLoopTests()
    {
        _store = new StateStore(new WatchHub(_timers), TimeProvider.System);
        var commands = new CommandProposer(_raft);
        _loop = new LeaderLoop(
            _raft,
            new SessionTimers(_store, commands, _timers, NullLogger.Instance),
            new TombstoneReaper(_store, commands, TimeProvider.System, NullLogger.Instance),
            new MemberReconciler(_pool, _store, commands, "dc1", NullLogger.Instance, raft: _membership, servers: _servers),
            new HurriedTime(),
            NullLogger.Instance,
            duties: [_first, _second]);
        _loop.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _timers.Dispose();
    }

    [Fact]
    public async Task Duties_begin_after_the_barrier_and_end_in_reverse_with_leadership()
    {
        var barrier = new TaskCompletionSource();
        _raft.Barrier = barrier.Task;
        _raft.Lead(true);
        await UntilAsync(() => _raft.Barriers == 1);
        Assert.False(_first.Runs);
        barrier.SetResult();
        await UntilAsync(() => _loop.ConsistentReadReady);
        Assert.True(_first.Runs && _second.Runs);
        _raft.Lead(false);
        await UntilAsync(() => !_first.Runs);
        Assert.False(_second.Runs);
        Assert.False(_loop.ConsistentReadReady);
        Assert.True(_first.Leadership.IsCancellationRequested);
    }

    [Fact]
    public async Task Leadership_lost_while_the_barrier_waits_ends_the_work_and_the_next_one_begins()
    {
        _raft.Barrier = new TaskCompletionSource().Task;
        _raft.Lead(true);
        await UntilAsync(() => _raft.Barriers == 1);
        _raft.Lead(false);
        _raft.Barrier = Task.CompletedTask;
        _raft.Lead(true);
        await UntilAsync(() => _loop.ConsistentReadReady);
        Assert.Equal(2, _raft.Barriers);
        Assert.Equal(1, _first.Starts);
    }

    [Fact]
    public async Task Leadership_lost_while_a_duty_begins_ends_the_work()
    {
        _second.Start = static async leadership =>
        {
            await Task.Delay(Timeout.Infinite, leadership);
            return null;
        };
        _raft.Lead(true);
        await UntilAsync(() => _second.Starts == 1);
        _raft.Lead(false);
        await UntilAsync(() => !_first.Runs && !_second.Runs);
        Assert.Equal(0, _raft.Transfers);
        Assert.False(_loop.ConsistentReadReady);
    }

    [Fact]
    public async Task Leadership_lost_while_members_are_reconciled_leaves_the_rest_alone()
    {
        _membership.OnAdd = _ =>
        {
            _raft.Lead(false);
            return null;
        };
        _raft.Lead(true);
        await UntilAsync(() => _membership.Calls.Count == 1 && !_first.Runs);
        Assert.Equal(["add n1"], _membership.Calls);
    }

    [Fact]
    public async Task Server_that_cannot_begin_hands_leadership_over()
    {
        _second.Start = static _ => Task.FromResult<string?>("no luck");
        _raft.Lead(true);
        await UntilAsync(() => _raft.Transfers == 1 && !_first.Runs);
        Assert.False(_loop.ConsistentReadReady);
        Assert.Empty(_membership.Calls);
        _second.Start = static _ => Task.FromResult<string?>(null);
        _raft.Lead(true);
        await UntilAsync(() => _loop.ConsistentReadReady);
    }

    [Fact]
    public async Task Server_that_cannot_hand_over_tries_three_times_and_begins_again_later()
    {
        _raft.TransferError = "cannot find peer";
        _first.Start = _ => Task.FromResult(_raft.Transfers == 0 ? "no luck" : null);
        _raft.Lead(true);
        await UntilAsync(() => _loop.ConsistentReadReady);
        Assert.Equal(3, _raft.Transfers);
        Assert.Equal(2, _first.Starts);
    }

    [Fact]
    public async Task Fault_that_nobody_expected_is_survived()
    {
        _first.Start = _ => _first.Starts == 1 ? throw new InvalidOperationException("oops") : Task.FromResult<string?>(null);
        _raft.Lead(true);
        await UntilAsync(() => _loop.ConsistentReadReady);
        Assert.Equal(2, _first.Starts);
    }

    [Fact]
    public async Task Servers_are_added_when_alive_and_removed_when_gone_but_never_the_leader()
    {
        _raft.Lead(true);
        await UntilAsync(() => _membership.Calls.Count == 2);
        Assert.Equal(["add n1", "add n2"], _membership.Calls);
        _loop.OnMemberChanged(TestMembers.ServerMember("n2") with { Status = MemberStatus.Left }, isReap: false);
        _loop.OnMemberChanged(TestMembers.ServerMember("n3") with { Status = MemberStatus.Failed }, isReap: true);
        _loop.OnMemberChanged(TestMembers.ServerMember("n1") with { Status = MemberStatus.Left }, isReap: false);
        _loop.OnMemberChanged(TestMembers.ClientMember("c1") with { Status = MemberStatus.Left }, isReap: false);
        _loop.OnMemberChanged(TestMembers.ServerMember("n4"), isReap: false);
        await UntilAsync(() => _membership.Calls.Count == 5);
        Assert.Equal(["remove n2", "remove n3", "add n4"], _membership.Calls[2..]);
    }

    [Fact]
    public async Task Server_that_got_another_name_stays_in_raft()
    {
        _servers.OnMemberEvent(new MemberEvent(MemberEventKind.Join, TestMembers.ServerMember("new", ("id", "same"))));
        _raft.Lead(true);
        await UntilAsync(() => _membership.Calls.Count == 2);
        _loop.OnMemberChanged(TestMembers.ServerMember("old", ("id", "same")) with { Status = MemberStatus.Failed }, isReap: true);
        _loop.OnMemberChanged(TestMembers.ServerMember("n2"), isReap: false);
        await UntilAsync(() => _membership.Calls.Count == 3);
        Assert.Equal("add n2", _membership.Calls[2]);
    }

    [Fact]
    public async Task All_members_are_reconciled_every_minute()
    {
        _raft.Lead(true);
        await UntilAsync(() => _membership.Calls.Count >= 4);
        Assert.True(_raft.Barriers >= 2);
        Assert.Equal(1, _first.Starts);
    }

    [Fact]
    public async Task Retaking_fails_when_leadership_is_lost_meanwhile()
    {
        _raft.Lead(true);
        await UntilAsync(() => _loop.ConsistentReadReady);
        _raft.Barrier = new TaskCompletionSource().Task;
        Task<string?> retaking = _loop.RetakeAsync(CancellationToken.None).AsTask();
        await UntilAsync(() => !_loop.ConsistentReadReady);
        _raft.Lead(false);
        Assert.Equal(RaftErrors.NotLeader, await retaking.WaitAsync(Deadline));
        Assert.Equal(RaftErrors.NotLeader, await _loop.RetakeAsync(CancellationToken.None).AsTask().WaitAsync(Deadline));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition()) await Task.Delay(5, deadline.Token);
    }

    private sealed class Duty : ILeaderDuty
    {
        private int _starts;

        public int Starts => Volatile.Read(ref _starts);

        public volatile bool Runs;

        public Func<CancellationToken, Task<string?>> Start { get; set; } = static _ => Task.FromResult<string?>(null);

        public CancellationToken Leadership { get; private set; }

        public async ValueTask<string?> StartAsync(CancellationToken leadership)
        {
            Leadership = leadership;
            Runs = true;
            Interlocked.Increment(ref _starts);
            return await Start(leadership);
        }

        public ValueTask StopAsync()
        {
            Runs = false;
            return default;
        }
    }

    private sealed class RecordingMembership : IServerMembership
    {
        public List<string> Calls { get; } = [];

        public Func<string, string?> OnAdd { get; set; } = static _ => null;

        public ValueTask<string?> AddAsync(Member member, ServerTags server)
        {
            Calls.Add($"add {member.Name}");
            return new(OnAdd(member.Name));
        }

        public ValueTask<string?> RemoveAsync(string name, ServerTags server)
        {
            Calls.Add($"remove {name}");
            return default;
        }
    }
}
