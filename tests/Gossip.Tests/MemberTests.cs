using System.Net;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Gossip.Tests;

public sealed class MemberTests
{
    private static readonly Member Node1 = new("n1", IPAddress.Loopback, 8301, [new("dc", "dc1"), new("role", "consul")], MemberStatus.Alive);

    [Fact]
    public void Tag_that_is_missing_is_empty()
    {
        Assert.Equal("consul", Node1.Tag("role"));
        Assert.Equal("", Node1.Tag("Role"));
        Assert.Equal("", Node1.Tag("expect"));
    }

    [Fact]
    public void Status_numbers_are_those_of_the_wire() =>
        Assert.Equal([0, 1, 2, 3, 4], Enum.GetValues<MemberStatus>().Select(static s => (int)s));

    [Fact]
    public void Protocol_versions_are_those_of_a_current_agent()
    {
        Assert.Equal(new ProtocolVersions(1, 5, 2), Node1.Protocol);
        Assert.Equal(new ProtocolVersions(2, 5, 4), Node1.Delegate);
    }
}
