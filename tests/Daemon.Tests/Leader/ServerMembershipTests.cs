using Consul.Fast.Consensus;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Server.Leader;
using Consul.Fast.Gossip.Membership;
using static Consul.Fast.Daemon.Tests.Leader.AutopilotBed;

namespace Consul.Fast.Daemon.Tests.Leader;

public sealed class ServerMembershipTests
{
    [Fact]
    public async Task Server_that_is_in_already_changes_nothing()
    {
        await using var bed = new AutopilotBed();
        Assert.Null(await bed.AddAsync(bed.Local));
        Assert.Empty(bed.Raft.ChangesSoFar);
        Assert.False(bed.Membership.PruneRequests.TryPeek(out _));
    }

    [Fact]
    public async Task Addition_asks_for_a_look_at_dead_servers()
    {
        await using var bed = new AutopilotBed();
        Assert.Null(await bed.AddAsync(bed.Join(2)));
        Assert.Equal([$"AddNonVoter {IdOf(2)} {AddressOf(2)}"], bed.Raft.ChangesSoFar);
        Assert.True(bed.Membership.PruneRequests.TryPeek(out _));
    }

    [Fact]
    public async Task Voter_takes_its_new_address_along()
    {
        await using var bed = new AutopilotBed();
        bed.AddVoters(2, 3);
        Assert.Null(await bed.AddAsync(bed.Join(ServerOf(2, ip: "10.0.0.99"))));
        Assert.Equal([$"AddVoter {IdOf(2)} 10.0.0.99:8300"], bed.Raft.ChangesSoFar);
    }

    [Fact]
    public async Task Server_at_the_address_of_another_replaces_it()
    {
        await using var bed = new AutopilotBed();
        bed.AddVoters(2, 3);
        Assert.Null(await bed.AddAsync(bed.Join(ServerOf(4, name: "s3", ip: "10.0.0.3"))));
        Assert.Equal([$"Remove {IdOf(3)}", $"AddNonVoter {IdOf(4)} {AddressOf(3)}"], bed.Raft.ChangesSoFar);
    }

    [Fact]
    public async Task Replacement_that_would_cost_the_majority_is_refused()
    {
        await using var bed = new AutopilotBed();
        bed.AddVoters(2);
        Assert.Equal(
            "Preventing server addition that would require removal of too many servers and cause cluster instability",
            await bed.AddAsync(bed.Join(ServerOf(4, name: "s2", ip: "10.0.0.2"))));
        Assert.Empty(bed.Raft.ChangesSoFar);
    }

    [Fact]
    public async Task Refused_changes_are_the_callers_error()
    {
        await using var bed = new AutopilotBed();
        bed.AddVoters(2, 3);
        bed.Raft.Refusal = RaftErrors.LeadershipLost;
        Assert.Equal(RaftErrors.LeadershipLost, await bed.AddAsync(bed.Join(5)));
        Assert.Equal(
            $"error removing server \"{IdOf(3)}\" with duplicate address \"10.0.0.3:8300\": {RaftErrors.LeadershipLost}",
            await bed.AddAsync(bed.Join(ServerOf(4, name: "s3", ip: "10.0.0.3"))));
        Assert.Equal(RaftErrors.LeadershipLost, await bed.Membership.RemoveServerAsync(IdOf(2)));
    }

    [Fact]
    public async Task Second_server_in_bootstrap_mode_is_left_out()
    {
        await using var bed = new AutopilotBed();
        bed.Join(ServerOf(1, bootstrap: true));
        Assert.Null(await bed.AddAsync(bed.Join(ServerOf(2, bootstrap: true))));
        Assert.Empty(bed.Raft.ChangesSoFar);
        Assert.Null(await bed.AddAsync(bed.Join(ServerOf(3))));
        Assert.Single(bed.Raft.ChangesSoFar);
    }

    [Fact]
    public async Task Server_is_removed_once()
    {
        await using var bed = new AutopilotBed();
        bed.AddVoters(2);
        Assert.True(ServerTags.TryRead(ServerOf(2), out ServerTags tags));
        Assert.Null(await bed.Membership.RemoveAsync("s2", tags));
        Assert.Null(await bed.Membership.RemoveAsync("s2", tags));
        Assert.Equal([$"Remove {IdOf(2)}"], bed.Raft.ChangesSoFar);
    }

    /// <summary>A server that came back under another name must not be taken for the failed member it was.</summary>
    [Theory]
    [InlineData(MemberStatus.Failed, MemberStatus.Alive, "alive", "s2b")]
    [InlineData(MemberStatus.Alive, MemberStatus.Failed, "alive", "s2")]
    [InlineData(MemberStatus.Left, MemberStatus.Leaving, "alive", "s2b")]
    [InlineData(MemberStatus.Left, MemberStatus.Failed, "failed", "s2b")]
    [InlineData(MemberStatus.Left, MemberStatus.None, "left", "s2")]
    public async Task Of_two_members_with_one_id_the_better_counts(MemberStatus first, MemberStatus second, string status, string name)
    {
        await using var bed = new AutopilotBed();
        bed.Join(ServerOf(2, first));
        bed.Join(ServerOf(2, second, name: "s2b"));
        PoolServer server = bed.Pool.Read().Single(static s => s.Tags.Id == IdOf(2));
        Assert.Equal((status, name), (server.Known.Status, server.Known.Name));
    }

    [Fact]
    public async Task Clients_and_members_without_the_tags_of_a_server_are_none()
    {
        await using var bed = new AutopilotBed();
        bed.Join(ServerOf(2) with { Tags = [new("role", "node"), new("dc", "dc1")] });
        bed.Join(ServerOf(3) with { Tags = [new("role", "consul"), new("dc", "dc1")] });
        Assert.Equal(["s1"], bed.Pool.Read().Select(static s => s.Tags.Name));
    }
}
