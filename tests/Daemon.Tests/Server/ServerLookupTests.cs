using System.Net;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Server;
using Consul.Fast.Daemon.Tests.Agent.Pools;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Tests.Server;

public sealed class ServerLookupTests
{
    private readonly ServerLookup _lookup = new("dc1");

    [Fact]
    public void Servers_are_found_by_id_and_by_address()
    {
        Happens(MemberEventKind.Join, At("s2", "10.0.0.2"));
        Happens(MemberEventKind.Join, At("s1", "10.0.0.1"));
        Assert.Equal(["s1", "s2"], _lookup.All.Select(static server => server.Name));
        Assert.Equal("s2", _lookup.ById("s2-id")?.Name);
        Assert.Equal("s2", _lookup.ByAddress("10.0.0.2:8300")?.Name);
        Assert.Equal("10.0.0.1:8300", _lookup.AddressOf("s1-id"));
        Assert.Null(_lookup.ById("s3-id"));
        Assert.Null(_lookup.ByAddress("10.0.0.3:8300"));
        Assert.Null(_lookup.AddressOf("s3-id"));
    }

    [Fact]
    public void Address_of_the_new_protocol_stands_in_brackets()
    {
        Happens(MemberEventKind.Join, At("s1", "2001:db8::1"));
        Assert.Equal("[2001:db8::1]:8300", _lookup.AddressOf("s1-id"));
        Assert.Equal("s1", _lookup.ByAddress("[2001:db8::1]:8300")?.Name);
    }

    [Fact]
    public void Only_servers_of_the_own_datacenter_and_no_segment_count()
    {
        Happens(MemberEventKind.Join, TestMembers.ServerMember("s1", ("role", "node")));
        Happens(MemberEventKind.Join, TestMembers.ServerMember("s2", ("dc", "dc2")));
        Happens(MemberEventKind.Join, TestMembers.ServerMember("s3", ("segment", "alpha")));
        Happens(MemberEventKind.Join, TestMembers.ServerMember("s4", ("port", "-")));
        Assert.Empty(_lookup.All);
    }

    [Theory]
    [InlineData(MemberEventKind.Leave, MemberStatus.Left)]
    [InlineData(MemberEventKind.Reap, MemberStatus.Failed)]
    [InlineData(MemberEventKind.Update, MemberStatus.Left)]
    public void Server_that_has_gone_is_forgotten(MemberEventKind kind, MemberStatus status)
    {
        Member server = At("s1", "10.0.0.1");
        Happens(MemberEventKind.Join, server);
        Happens(kind, server with { Status = status });
        Assert.Empty(_lookup.All);
        Assert.Null(_lookup.ById("s1-id"));
        Assert.Null(_lookup.ByAddress("10.0.0.1:8300"));
    }

    [Fact]
    public void Failed_server_may_come_back_and_stays()
    {
        Member server = At("s1", "10.0.0.1");
        Happens(MemberEventKind.Join, server);
        Happens(MemberEventKind.Failed, server with { Status = MemberStatus.Failed });
        Assert.Equal("s1", _lookup.ById("s1-id")?.Name);
    }

    [Fact]
    public void Changed_address_replaces_the_old_one()
    {
        Happens(MemberEventKind.Join, At("s1", "10.0.0.1"));
        Happens(MemberEventKind.Update, At("s1", "10.0.0.9"));
        Assert.Equal("10.0.0.9:8300", _lookup.AddressOf("s1-id"));
        Assert.Null(_lookup.ByAddress("10.0.0.1:8300"));
        Assert.Single(_lookup.All);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public void Living_server_goes_before_a_failed_one_of_the_same_id_or_address(string old, string now)
    {
        Member member = At(old, "10.0.0.1", ("id", "same"));
        Happens(MemberEventKind.Join, member);
        Happens(MemberEventKind.Failed, member with { Status = MemberStatus.Failed });
        Happens(MemberEventKind.Join, At(now, "10.0.0.1", ("id", "same")));
        Assert.Equal(now, _lookup.ById("same")?.Name);
        Assert.Equal(now, _lookup.ByAddress("10.0.0.1:8300")?.Name);
        Assert.Equal(2, _lookup.All.Count);
    }

    [Fact]
    public void Refresh_takes_over_the_whole_pool()
    {
        Happens(MemberEventKind.Join, At("gone", "10.0.0.8"));
        _lookup.Refresh(new FakePool
        {
            Members = [At("s1", "10.0.0.1"), At("s2", "10.0.0.2") with { Status = MemberStatus.Left }, At("s3", "10.0.0.3")],
        });
        Assert.Equal(["s1", "s3"], _lookup.All.Select(static server => server.Name));
    }

    [Fact]
    public void What_was_taken_does_not_change()
    {
        Happens(MemberEventKind.Join, At("s1", "10.0.0.1"));
        IReadOnlyList<ServerTags> before = _lookup.All;
        Happens(MemberEventKind.Join, At("s2", "10.0.0.2"));
        Assert.Single(before);
        before = _lookup.All;
        Happens(MemberEventKind.Join, At("s2", "10.0.0.2"));
        Assert.Same(before, _lookup.All);
    }

    private void Happens(MemberEventKind kind, Member member) => _lookup.OnMemberEvent(new MemberEvent(kind, member));

    private static Member At(string name, string address, params (string Key, string Value)[] tags) =>
        TestMembers.ServerMember(name, tags) with { Address = IPAddress.Parse(address) };
}
