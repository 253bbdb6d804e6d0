using System.Net;
using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

public sealed class ServerTagsTests
{
    [Fact]
    public void Server_is_recognised_by_its_tags()
    {
        Member member = TestMembers.ServerMember("s1.dc1", ("use_tls", "1"), ("expect", "3"), ("nonvoter", "1"));
        Assert.True(ServerTags.TryRead(member, out ServerTags server));
        Assert.Equal(
            new ServerTags
            {
                Name = "s1.dc1",
                ShortName = "s1",
                Id = "s1.dc1-id",
                Datacenter = "dc1",
                Segment = "",
                Address = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 8300),
                WanJoinPort = 8302,
                Bootstrap = true,
                Expect = 3,
                Version = 2,
                RaftVersion = 3,
                Build = "1.10.12",
                UseTls = true,
                ReadReplica = true,
            },
            server);
        Assert.Equal("s1.dc1 (Addr: tcp/10.0.0.1:8300) (DC: dc1)", server.ToString());
    }

    [Theory]
    [InlineData("expect")]
    [InlineData("wan_join_port")]
    [InlineData("raft_vsn")]
    [InlineData("id")]
    [InlineData("acls")]
    [InlineData("bootstrap")]
    public void Tag_may_be_absent(string tag) => Assert.True(ServerTags.TryRead(TestMembers.ServerMember("s1", (tag, "-")), out _));

    [Theory]
    [InlineData("role", "node")]
    [InlineData("role", "-")]
    [InlineData("port", "-")]
    [InlineData("port", "eight")]
    [InlineData("port", "99999")]
    [InlineData("vsn", "-")]
    [InlineData("vsn", "")]
    [InlineData("expect", "many")]
    [InlineData("wan_join_port", "")]
    [InlineData("raft_vsn", "3.0")]
    [InlineData("build", "-")]
    [InlineData("build", "1.10")]
    [InlineData("build", "1..10.12")]
    [InlineData("ft_fs", "yes")]
    [InlineData("sl_alpha", "10.0.0.1")]
    [InlineData("sl_alpha", "10.0.0.1:x")]
    public void Member_with_a_bad_tag_is_no_server(string tag, string value) =>
        Assert.False(ServerTags.TryRead(TestMembers.ServerMember("s1", (tag, value)), out _));

    [Theory]
    [InlineData("1.10.12:", "1.10.12")]
    [InlineData("v1.2.3-rc1", "1.2.3")]
    [InlineData("1.2.x 10.20.30", "10.20.30")]
    public void Version_is_the_first_three_numbers(string build, string expected)
    {
        Assert.True(BuildVersion.TryFind(build, out string version));
        Assert.Equal(expected, version);
    }
}
