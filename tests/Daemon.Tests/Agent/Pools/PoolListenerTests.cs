using System.Net;
using System.Text;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Daemon.Client;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;
using Microsoft.Extensions.Logging.Abstractions;
using static Consul.Fast.Daemon.Tests.Agent.Pools.TestMembers;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

/// <summary>What the agent makes of the events and members of its pools.</summary>
public sealed class PoolListenerTests
{
    [Fact]
    public void Client_keeps_the_servers_that_live()
    {
        var servers = new ServerList();
        var finder = new ServerFinder(servers, "dc1", NullLogger.Instance);
        int found = 0;
        finder.ServerUp += () => found++;
        finder.OnMemberEvent(new MemberEvent(MemberEventKind.Join, ClientMember("c1")));
        finder.OnMemberEvent(new MemberEvent(MemberEventKind.Join, ServerMember("far", ("dc", "dc2"))));
        Assert.Equal((0, 0), (servers.Count, found));
        finder.OnMemberEvent(new MemberEvent(MemberEventKind.Join, ServerMember("s1")));
        finder.OnMemberEvent(new MemberEvent(MemberEventKind.Join, ServerMember("s2")));
        Assert.Equal((2, 2), (servers.Count, found));
        Assert.Equal(new RpcServerAddress("dc1", "s1", new IPEndPoint(IPAddress.Parse("10.0.0.1"), 8300), 2), servers.Head);
        finder.OnMemberEvent(new MemberEvent(MemberEventKind.Update, ServerMember("s1", ("port", "8400"))));
        Assert.Equal((8400, 2), (servers.Head!.EndPoint.Port, found));
        finder.OnMemberEvent(new MemberEvent(MemberEventKind.Failed, ServerMember("s1")));
        Assert.Equal("s2", servers.Head!.Node);
        finder.OnMemberEvent(new MemberEvent(MemberEventKind.Leave, ServerMember("s2")));
        finder.OnMemberEvent(new MemberEvent(MemberEventKind.Reap, ServerMember("s1")));
        Assert.Null(servers.Head);
    }

    [Fact]
    public void Events_are_told_apart_by_name()
    {
        var events = new ConsulEvents(NullLogger.Instance);
        List<string> seen = [];
        events.LeaderElected += () => seen.Add("leader");
        events.UserEventFired += fired => seen.Add($"{fired.LTime} {fired.Name} {Encoding.UTF8.GetString(fired.Payload.Span)}");
        foreach (string name in new[] { "deploy", "consul:new-leader", "consul:other", "consul:event:deploy", "consul:event:" })
            events.OnUserEvent(new UserPoolEvent(7, name, "x"u8.ToArray(), CanCoalesce: false));
        Assert.Equal(["leader", "7 deploy x", "7  x"], seen);
    }

    [Fact]
    public void Servers_that_only_the_lan_pool_knows_are_flooded()
    {
        Member[] lan =
        [
            ServerMember("s1"), ServerMember("s2", ("wan_join_port", "9302")), ServerMember("s3", ("wan_join_port", "-")),
            ClientMember("c1"),
            ServerMember("s4") with { Status = MemberStatus.Failed }, ServerMember("s5"),
        ];
        Member[] wan =
        [
            ServerMember("s1.dc1"), ServerMember("s2.dc2", ("dc", "dc2")), ServerMember("s5.dc1") with { Status = MemberStatus.Failed },
        ];
        Assert.Equal(
            [new JoinAddress(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 9302), "s2.dc1")], WanFlooder.Missing(lan, wan, "dc1"));
    }

    [Fact]
    public void Datacenters_are_those_with_a_server_that_has_not_left()
    {
        Assert.Equal(["dc2"], KnownDatacenters.Of("dc2", null));
        Member[] wan =
        [
            ServerMember("a.dc3", ("dc", "dc3")), ServerMember("b.dc2", ("dc", "dc2")), ServerMember("c.dc1"), ServerMember("d.dc1"),
            ServerMember("e.dc4", ("dc", "dc4")) with { Status = MemberStatus.Left },
            ServerMember("f.dc5", ("dc", "dc5")) with { Status = MemberStatus.Failed }, ClientMember("g.dc6", ("dc", "dc6")),
        ];
        Assert.Equal(["dc2", "dc1", "dc3", "dc5"], KnownDatacenters.Of("dc2", new FixedMembership(wan)));
    }

    private sealed class FixedMembership(IReadOnlyList<Member> members) : IMembership
    {
        public Member Local => members[0];

        public IReadOnlyList<Member> Members => members;
    }
}
