using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Gossip.Membership;
using static Consul.Fast.Daemon.Tests.Agent.Pools.TestMembers;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

public sealed class AdmissionTests
{
    private static readonly LanAdmission s_lan = new("me", "me-id", "dc1");

    [Fact]
    public void Agents_of_the_datacenter_are_admitted_to_its_pool()
    {
        Member[] members =
        [
            ClientMember("me"), ServerMember("s1"), ClientMember("c1"), ClientMember("c2", ("role", "something")),
            ClientMember("c3", ("id", "")),
        ];
        Assert.Null(s_lan.MergeRefusal(members));
        Assert.True(s_lan.AdmitsMerge(members));
        Assert.All(members, member => Assert.True(s_lan.Admits(member)));
    }

    [Fact]
    public void Identity_of_this_agent_under_another_name_is_refused() => Assert.Equal(
        "Member 'c1' has conflicting node ID 'me-id' with this agent's ID", s_lan.MergeRefusal([ClientMember("c1", ("id", "me-id"))]));

    [Fact]
    public void Two_members_with_one_identity_are_refused() => Assert.Equal(
        "Member 'c2' has conflicting node ID 'x' with member 'c1'",
        s_lan.MergeRefusal([ClientMember("c1", ("id", "x")), ClientMember("c2", ("id", "x"))]));

    [Fact]
    public void Old_agents_may_share_an_identity() => Assert.Null(
        s_lan.MergeRefusal([ClientMember("c1", ("id", "x"), ("build", "0.8.4")), ClientMember("c2", ("id", "x"))]));

    [Fact]
    public void Members_that_left_do_not_count() => Assert.Null(s_lan.MergeRefusal(
    [
        ClientMember("c1", ("id", "me-id")) with { Status = MemberStatus.Left },
        ClientMember("c2", ("dc", "dc2")) with { Status = MemberStatus.Left },
    ]));

    [Theory]
    [InlineData("node", "part of wrong datacenter 'dc2'")]
    [InlineData("consul", "part of wrong datacenter 'dc2'")]
    [InlineData("other", null)]
    public void Agent_of_another_datacenter_is_refused(string role, string? fault)
    {
        Member member = ServerMember("x", ("dc", "dc2"), ("role", role));
        Assert.Equal(fault is null ? null : $"Member 'x' {fault}", s_lan.MergeRefusal([member]));
        Assert.Equal(fault is null, s_lan.Admits(member));
    }

    [Fact]
    public void Agent_of_a_segment_is_refused() => Assert.Equal(
        "Member 'x' part of wrong segment 'alpha' (expected '')", s_lan.MergeRefusal([ClientMember("x", ("segment", "alpha"))]));

    [Fact]
    public void Only_servers_are_admitted_to_the_wan_pool()
    {
        var wan = new WanAdmission();
        Assert.Null(wan.MergeRefusal([ServerMember("s1.dc1"), ServerMember("s2.dc2", ("dc", "dc2"))]));
        Assert.Equal("Member 'c1' is not a server", wan.MergeRefusal([ServerMember("s1.dc1"), ClientMember("c1")]));
        Assert.False(wan.Admits(ClientMember("c1")));
    }
}
