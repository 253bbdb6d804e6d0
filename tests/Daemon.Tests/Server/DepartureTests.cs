using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Tests.Agent.Pools;
using Consul.Fast.Daemon.Tests.Leader;
using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Tests.Server;

/// <summary>How a server gets out of its cluster before it stops.</summary>
public sealed class DepartureTests
{
    private readonly StubConsensus _raft = new() { Configuration = (Of("a", "b", "c"), 1) };
    private readonly ServerLookup _servers = new("dc1");
    private readonly LogLines _log = new();

    [Fact]
    public async Task Leader_hands_over_and_waits_until_it_is_out()
    {
        _raft.Lead(true);
        Departure departure = Departure();
        await departure.HandOverAsync();
        Assert.Equal(1, _raft.Transfers);
        Assert.Empty(_raft.Changes);
        Task removal = departure.AwaitRemovalAsync();
        _raft.Configuration = (Of("b", "c"), 2);
        await removal.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Leader_that_nobody_follows_takes_itself_out()
    {
        _raft.Lead(true);
        _raft.TransferError = "cannot find peer";
        Departure departure = Departure();
        await departure.HandOverAsync();
        await departure.AwaitRemovalAsync();
        Assert.Equal(new ConfigurationChange(ConfigurationChangeKind.Remove, "a"), Assert.Single(_raft.Changes));
        Assert.Equal("Error: failed to transfer leadership, removing the server: error=cannot find peer", Assert.Single(_log.Lines));
    }

    [Fact]
    public async Task Leadership_is_not_handed_to_servers_that_do_not_know_how()
    {
        _servers.OnMemberEvent(new MemberEvent(MemberEventKind.Join, TestMembers.ServerMember("old", ("build", "1.5.3:"))));
        _raft.Lead(true);
        await Departure().HandOverAsync();
        Assert.Equal(0, _raft.Transfers);
        Assert.Single(_raft.Changes);
    }

    [Fact]
    public async Task Lone_server_just_leaves()
    {
        _raft.Configuration = (Of("a"), 1);
        _raft.Lead(true);
        Departure departure = Departure();
        await departure.HandOverAsync();
        await departure.AwaitRemovalAsync();
        Assert.Equal(0, _raft.Transfers);
        Assert.Empty(_raft.Changes);
    }

    [Fact]
    public async Task Follower_that_is_not_taken_out_says_so()
    {
        Departure departure = Departure();
        await departure.HandOverAsync();
        await departure.AwaitRemovalAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("Warning: failed to leave raft configuration gracefully, timeout", Assert.Single(_log.Lines));
    }

    private static ClusterConfiguration Of(params string[] ids) =>
        new([.. ids.Select(static id => new RaftServer(Suffrage.Voter, id, $"{id}:8300"))]);

    private Departure Departure() => new(_raft, _servers, "a", TimeProvider.System, _log);
}
