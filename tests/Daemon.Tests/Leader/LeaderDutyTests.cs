using System.Net;
using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Server.Leader;
using Consul.Fast.Daemon.Tests.Server;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Commands;
using Consul.Fast.Storage.Records;
using Consul.Fast.Storage.Snapshots;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Leader;

public sealed class LeaderDutyTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TimerWheel _timers = new();
    private readonly ManualTime _time = new();
    private readonly StateStore _store;
    private readonly FakeConsensus _raft;
    private readonly CommandProposer _commands;

    public LeaderDutyTests()
    {
        _store = new StateStore(new WatchHub(_timers), TimeProvider.System);
        _raft = new FakeConsensus(_store, new MemorySnapshotStore(TimeProvider.System));
        _commands = new CommandProposer(_raft);
    }

    public void Dispose() => _timers.Dispose();

    [Fact]
    public async Task Alive_server_is_registered_once_with_its_service_and_check()
    {
        MemberReconciler reconciler = Reconciler(Server("n1", MemberStatus.Alive));
        await reconciler.ReconcileAsync();
        Assert.Equal("10.0.0.1", _store.Current.FindNode("n1")!.Address);
        Assert.Equal(CheckStatus.Passing, _store.Current.NodeCheck("n1", "serfHealth")!.Status);
        Assert.Equal(8300, _store.Current.NodeService("n1", "consul")!.Port);
        int proposals = _raft.Proposals;
        await reconciler.ReconcileAsync();
        Assert.Equal(proposals, _raft.Proposals);
    }

    [Fact]
    public async Task What_an_agent_says_of_its_node_meanwhile_stays()
    {
        Member member = Server("n1", MemberStatus.Alive);
        var own = new RegisterRequest
        {
            Datacenter = "dc1",
            Node = "n1",
            Id = member.Tag("id"),
            Address = "10.0.0.1",
            NodeMeta = SortedMap<string>.Create([new("rack", "7")]),
        };
        _raft.Meanwhile = () => _commands.ProposeAsync(own).AsTask().GetAwaiter().GetResult();
        await Reconciler(member).ReconcileAsync();
        Assert.Equal("7", Assert.Single(_store.Current.FindNode("n1")!.Meta!).Value);
        Assert.Equal(CheckStatus.Passing, _store.Current.NodeCheck("n1", "serfHealth")!.Status);
    }

    [Fact]
    public async Task Failed_member_turns_critical_and_an_unknown_one_is_deregistered()
    {
        await Reconciler(Server("n1", MemberStatus.Alive), Server("n2", MemberStatus.Alive)).ReconcileAsync();
        await Reconciler(Server("n1", MemberStatus.Alive), Server("n2", MemberStatus.Failed)).ReconcileAsync();
        Assert.Equal(CheckStatus.Critical, _store.Current.NodeCheck("n2", "serfHealth")!.Status);
        await Reconciler(Server("n1", MemberStatus.Alive)).ReconcileAsync();
        Assert.Null(_store.Current.FindNode("n2"));
        Assert.NotNull(_store.Current.FindNode("n1"));
    }

    [Theory]
    [InlineData(MemberStatus.Left, false)]
    [InlineData(MemberStatus.Failed, true)]
    public async Task Member_that_left_or_was_forgotten_is_deregistered_but_never_the_leader(MemberStatus status, bool isReap)
    {
        MemberReconciler reconciler = Reconciler(Server("n1", MemberStatus.Alive), Server("n2", MemberStatus.Alive));
        await reconciler.ReconcileAsync();
        await reconciler.ReconcileAsync(Server("n2", MemberStatus.Leaving), isReap: false);
        Assert.NotNull(_store.Current.FindNode("n2"));
        await reconciler.ReconcileAsync(Server("n2", status), isReap);
        await reconciler.ReconcileAsync(Server("n1", status), isReap);
        Assert.Null(_store.Current.FindNode("n2"));
        Assert.NotNull(_store.Current.FindNode("n1"));
    }

    [Fact]
    public async Task Failure_of_a_member_that_is_not_in_the_catalog_is_ignored()
    {
        await Reconciler(Server("n1", MemberStatus.Alive), Server("n2", MemberStatus.Failed)).ReconcileAsync();
        Assert.Null(_store.Current.FindNode("n2"));
    }

    [Fact]
    public async Task Member_without_the_tags_of_a_server_is_left_alone()
    {
        Member odd = Server("odd", MemberStatus.Alive) with { Tags = [new("dc", "dc1"), new("role", "consul"), new("port", "8300")] };
        await Reconciler(Server("n1", MemberStatus.Alive), odd).ReconcileAsync();
        Assert.Null(_store.Current.FindNode("odd"));
    }

    [Fact]
    public async Task Loop_reconciles_a_member_when_it_changes()
    {
        await using LeaderLoop loop = Loop();
        int elected = 0;
        loop.Elected += () => elected++;
        loop.Start();
        await UntilAsync(() => loop.ConsistentReadReady && _store.Current.FindNode("n1") is not null);
        loop.OnMemberChanged(Server("n2", MemberStatus.Alive), isReap: false);
        await UntilAsync(() => _store.Current.FindNode("n2") is not null);
        loop.OnMemberChanged(Server("n2", MemberStatus.Failed), isReap: true);
        await UntilAsync(() => _store.Current.FindNode("n2") is null);
        Assert.Equal(1, elected);
    }

    [Fact]
    public async Task Members_of_other_datacenters_and_external_nodes_are_left_alone()
    {
        await _commands.ProposeAsync(new RegisterRequest { Node = "external", Address = "10.9.9.9" });
        Member foreign = Server("far", MemberStatus.Alive) with { Tags = [new("dc", "dc2"), new("role", "consul")] };
        await Reconciler(Server("n1", MemberStatus.Alive), foreign).ReconcileAsync();
        Assert.Null(_store.Current.FindNode("far"));
        Assert.NotNull(_store.Current.FindNode("external"));
    }

    [Fact]
    public async Task Session_that_is_not_renewed_is_destroyed_after_twice_its_ttl()
    {
        var sessions = new SessionTimers(_store, _commands, _timers, NullLogger.Instance);
        Session renewed = await CreateSessionAsync("00000000-0000-0000-0000-000000000001", "60ms");
        Session kept = await CreateSessionAsync("00000000-0000-0000-0000-000000000002", "1h");
        Session forever = await CreateSessionAsync("00000000-0000-0000-0000-000000000003", "");
        sessions.Start();
        Assert.Equal(2, sessions.Count);
        await UntilAsync(() => _store.Current.Session(renewed.Id, null).Value is null);
        await UntilAsync(() => sessions.Count == 1);
        Assert.NotNull(_store.Current.Session(kept.Id, null).Value);
        Assert.NotNull(_store.Current.Session(forever.Id, null).Value);
        sessions.Stop();
        Assert.Equal(0, sessions.Count);
        Assert.Equal(0, _timers.Scheduled);
    }

    [Fact]
    public async Task Tombstones_are_reaped_fifteen_minutes_after_their_deletion()
    {
        var reaper = new TombstoneReaper(_store, _commands, _time, NullLogger.Instance);
        reaper.Start(0);
        await SetAndDeleteAsync("a");
        await reaper.RunAsync();
        _time.Advance(TimeSpan.FromMinutes(14));
        await reaper.RunAsync();
        ulong marked = _store.Current.KvList("a"u8, null).Index;
        int proposals = _raft.Proposals;
        _time.Advance(TimeSpan.FromMinutes(1));
        await reaper.RunAsync();
        Assert.Equal(proposals + 1, _raft.Proposals);
        Assert.Equal(marked, _store.Current.KvTableIndex);
    }

    [Fact]
    public async Task Loop_takes_over_when_leading_and_lets_go_when_not()
    {
        await using LeaderLoop loop = Loop();
        loop.Start();
        await UntilAsync(() => loop.ConsistentReadReady && _store.Current.FindNode("n1") is not null);
        Assert.Null(await loop.RetakeAsync(default).AsTask().WaitAsync(Deadline));
        Assert.True(loop.ConsistentReadReady);
        _raft.Role = RaftRole.Follower;
        await UntilAsync(() => !loop.ConsistentReadReady);
        Assert.Equal(RaftErrors.NotLeader, await loop.RetakeAsync(default).AsTask().WaitAsync(Deadline));
        _raft.Role = RaftRole.Leader;
        await UntilAsync(() => loop.ConsistentReadReady);
    }

    private LeaderLoop Loop() => new(
        _raft,
        new SessionTimers(_store, _commands, _timers, NullLogger.Instance),
        new TombstoneReaper(_store, _commands, TimeProvider.System, NullLogger.Instance),
        Reconciler(Server("n1", MemberStatus.Alive)),
        TimeProvider.System,
        NullLogger.Instance);

    private static Member Server(string name, MemberStatus status) => new(
        name,
        IPAddress.Parse("10.0.0.1"),
        8301,
        [
            new("build", "1.10.12:"), new("dc", "dc1"), new("id", ""), new("port", "8300"), new("raft_vsn", "3"), new("role", "consul"),
            new("vsn", "2"),
        ],
        status);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition()) await Task.Delay(5, deadline.Token);
    }

    private MemberReconciler Reconciler(params Member[] members) => new(new Pool(members), _store, _commands, "dc1", NullLogger.Instance);

    private async Task<Session> CreateSessionAsync(string id, string ttl)
    {
        await _commands.ProposeAsync(new RegisterRequest { Node = "n1", Address = "10.0.0.1" });
        var session = new Session { Id = id, Node = "n1", Behavior = "release", Ttl = ttl };
        ProposalResult result = await _commands.ProposeAsync(new SessionRequest { Op = SessionRequest.Create, Session = session });
        Assert.Equal(id, result.Value);
        return session;
    }

    private async Task SetAndDeleteAsync(string key)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(key);
        await _commands.ProposeAsync(new KvsRequest { Op = KvsOp.Set, DirEnt = new DirEntry { Key = bytes, Value = [1] } });
        await _commands.ProposeAsync(new KvsRequest { Op = KvsOp.Delete, DirEnt = new DirEntry { Key = bytes } });
    }

    private sealed class Pool(IReadOnlyList<Member> members) : IMembership
    {
        public Member Local => members[0];

        public IReadOnlyList<Member> Members => members;
    }

    private sealed class ManualTime : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
