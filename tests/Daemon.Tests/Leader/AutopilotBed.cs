using System.Net;
using Consul.Fast.Consensus;
using Consul.Fast.Consensus.Autopilot;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Daemon.Rpc;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Server.Leader;
using Consul.Fast.Daemon.Telemetry.Metrics;
using Consul.Fast.Daemon.Tests.Agent;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.State;
using Consul.Fast.Storage.Watches;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consul.Fast.Daemon.Tests.Leader;

/// <summary>
/// An autopilot with short intervals in a cluster of servers that a test makes up: server <c>1</c> leads, server <c>n</c> has
/// the address <c>10.0.0.n:8300</c>. Time stands until it is moved.
/// </summary>
internal sealed class AutopilotBed : IMembership, IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TimerWheel _timers = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Member> _members = [];
    private readonly List<string> _forced = [];

    public AutopilotBed(AutopilotConfig? config = null)
    {
        Store = new StateStore(new WatchHub(_timers), TimeProvider.System);
        Raft = new ClusterConsensus(Store, IdOf(1));
        Pool = new PoolServers(this, Store);
        var commands = new CommandProposer(Raft);
        Policies = new AutopilotPolicies(Store, commands, AutopilotPolicies.Initial(config ?? new AutopilotConfig()), NullLogger.Instance);
        Membership = new ServerMembership(Raft, Pool, Policies, ForceLeaveAsync, NullLogger.Instance, NullLogger.Instance);
        Loop = new AutopilotLoop(
            Raft, Pool, Policies, new ServerStatsFetcher(AskAsync, TimeProvider.System, NullLogger.Instance), Membership,
            new AutopilotIntervals(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(30)), Time, Metrics, NullLogger.Instance);
        Commands = commands;
        Join(1);
        Raft.Put(Suffrage.Voter, IdOf(1), AddressOf(1));
    }

    public ManualTime Time { get; } = new();

    public MetricsRegistry Metrics { get; } = new(new TelemetryConfig(), "host");

    public StateStore Store { get; }

    public CommandProposer Commands { get; }

    public ClusterConsensus Raft { get; }

    public PoolServers Pool { get; }

    public AutopilotPolicies Policies { get; }

    public ServerMembership Membership { get; }

    public AutopilotLoop Loop { get; }

    /// <summary>What a server answers when it is asked how far it has come; a server without an answer stays silent.</summary>
    public Func<ServerTags, RpcResult<RaftStats>?> Answer { get; set; } = static _ => new RaftStats("10ms", 1, 3);

    /// <summary>Called for each server that is asked.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Members that were forced to leave.</summary>
    public string[] Forced
    {
        get
        {
            lock (_gate) return [.. _forced];
        }
    }

    public Member Local => Members[0];

    public IReadOnlyList<Member> Members
    {
        get
        {
            lock (_gate) return [.. _members.Values.OrderBy(static m => m.Name)];
        }
    }

    public static string IdOf(int number) => $"0000000{number}-1111-2222-3333-444444444444";

    public static string AddressOf(int number) => $"10.0.0.{number}:8300";

    public static Member ServerOf(
        int number, MemberStatus status = MemberStatus.Alive, string? name = null, string? ip = null, bool bootstrap = false) => new(
        name ?? $"s{number}",
        IPAddress.Parse(ip ?? $"10.0.0.{number}"),
        8301,
        [
            new("build", "1.10.12:"), new("dc", "dc1"), new("id", IdOf(number)), new("port", "8300"), new("raft_vsn", "3"),
            new("role", "consul"), new("vsn", "2"), .. bootstrap ? [new KeyValuePair<string, string>("bootstrap", "1")] : (KeyValuePair<string, string>[])[],
        ],
        status);

    /// <summary>Puts a server into the pool, in place of a member of that name.</summary>
    public Member Join(int number, MemberStatus status = MemberStatus.Alive) => Join(ServerOf(number, status));

    public Member Join(Member member)
    {
        lock (_gate) _members[member.Name] = member;
        return member;
    }

    public void Forget(int number)
    {
        lock (_gate) _members.Remove($"s{number}");
    }

    /// <summary>A server that takes part in Raft and in the pool.</summary>
    public void AddVoters(params int[] numbers)
    {
        foreach (int number in numbers)
        {
            Join(number);
            Raft.Put(Suffrage.Voter, IdOf(number), AddressOf(number));
        }
    }

    /// <summary>As when the leader reconciles a member that is alive.</summary>
    public ValueTask<string?> AddAsync(Member member)
    {
        Assert.True(ServerTags.TryRead(member, out ServerTags tags));
        return Membership.AddAsync(member, tags);
    }

    public async Task StartAsync() => Assert.Null(await Loop.StartAsync(CancellationToken.None));

    /// <summary>Waits for a look that began after this call.</summary>
    public async Task LookAsync()
    {
        for (int i = 0; i < 2; i++)
        {
            AutopilotState before = Loop.State;
            await UntilAsync(() => !ReferenceEquals(Loop.State, before));
        }
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition()) await Task.Delay(2, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Loop.StopAsync();
        Membership.Dispose();
        _timers.Dispose();
    }

    private async ValueTask<RpcResult<RaftStats>> AskAsync(ServerTags server, CancellationToken cancellation)
    {
        lock (_gate) Asked.Add(server.Name);
        if (Answer(server) is { } answer) return answer;
        await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return RpcResult<RaftStats>.Fail(RpcErrors.Canceled);
    }

    /// <summary>What the pool makes of it: the member counts as one that left.</summary>
    private Task<string?> ForceLeaveAsync(string name)
    {
        lock (_gate)
        {
            _forced.Add(name);
            _members[name] = _members[name] with { Status = MemberStatus.Left };
        }

        return Task.FromResult<string?>(null);
    }
}
