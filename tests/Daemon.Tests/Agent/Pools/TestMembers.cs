using System.Net;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Tests.Agent.Pools;

/// <summary>Members with the tags of real agents.</summary>
internal static class TestMembers
{
    public static Member ServerMember(string name, params (string Name, string Value)[] changes) => With(
        name,
        new()
        {
            ["acls"] = "0",
            ["bootstrap"] = "1",
            ["build"] = "1.10.12:abcdef12",
            ["dc"] = "dc1",
            ["ft_fs"] = "1",
            ["ft_si"] = "1",
            ["id"] = name + "-id",
            ["port"] = "8300",
            ["raft_vsn"] = "3",
            ["role"] = "consul",
            ["segment"] = "",
            ["vsn"] = "2",
            ["vsn_max"] = "3",
            ["vsn_min"] = "2",
            ["wan_join_port"] = "8302",
        },
        changes);

    public static Member ClientMember(string name, params (string Name, string Value)[] changes) => With(
        name,
        new()
        {
            ["acls"] = "0",
            ["build"] = "1.10.12:",
            ["dc"] = "dc1",
            ["id"] = name + "-id",
            ["role"] = "node",
            ["segment"] = "",
            ["vsn"] = "2",
            ["vsn_max"] = "3",
            ["vsn_min"] = "2",
        },
        changes);

    /// <param name="changes">A tag with the value <c>-</c> is left out.</param>
    private static Member With(string name, SortedDictionary<string, string> tags, (string Name, string Value)[] changes)
    {
        foreach ((string tag, string value) in changes)
        {
            if (value == "-") tags.Remove(tag);
            else tags[tag] = value;
        }

        return new Member(name, IPAddress.Parse("10.0.0.1"), 8301, [.. tags], MemberStatus.Alive);
    }
}
