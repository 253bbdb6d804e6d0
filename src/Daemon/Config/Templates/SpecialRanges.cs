using System.Net;

namespace Consul.Fast.Daemon.Config.Templates;

/// <summary>Address ranges with a special meaning, by the number of the RFC that sets them apart.</summary>
internal static class SpecialRanges
{
    private static readonly IPNetwork[] NotForwardable = Parse(
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
        "::/128", "::1/128", "::ffff:0:0/96", "100::/64", "2001:db8::/32", "fe80::/10");

    private static readonly Dictionary<int, IPNetwork[]> ByRfc = new()
    {
        [919] = Parse("255.255.255.255/32"),
        [1112] = Parse("224.0.0.0/4"),
        [1122] = Parse("0.0.0.0/8", "127.0.0.0/8"),
        [1918] = Parse("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        [2544] = Parse("198.18.0.0/15"),
        [2765] = Parse("0:0:0:0:0:ffff:0:0/96"),
        [2928] = Parse("2001::/16"),
        [3056] = Parse("2002::/16"),
        [3068] = Parse("192.88.99.0/24"),
        [3171] = Parse("224.0.0.0/4"),
        [3330] = Parse(
            "0.0.0.0/8", "10.0.0.0/8", "14.0.0.0/8", "24.0.0.0/8", "39.0.0.0/8", "127.0.0.0/8", "128.0.0.0/16", "169.254.0.0/16",
            "172.16.0.0/12", "191.255.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "223.255.255.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        [3849] = Parse("2001:db8::/32"),
        [3927] = Parse("169.254.0.0/16"),
        [4038] = Parse("0:0:0:0:0:ffff:0:0/96"),
        [4193] = Parse("fc00::/7"),
        [4291] = Parse("::/128", "::1/128", "::ffff:0:0/96", "fe80::/10", "fec0::/10", "ff00::/8"),
        [4773] = Parse("2001:0000::/23"),
        [5180] = Parse("2001:0200::/48"),
        [5735] = Parse("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
        [5737] = Parse("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
        [6052] = Parse("64:ff9b::/96"),
        [6333] = Parse("192.0.0.0/29"),
        [6598] = Parse("100.64.0.0/10"),
        [6666] = Parse("100::/64"),
        [6890] = Parse(
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32",
            "::1/128", "::/128", "64:ff9b::/96", "::ffff:0:0/96", "100::/64", "2001::/23", "2001:2::/48", "2001:db8::/32", "2001:10::/28",
            "2002::/16", "fc00::/7", "fe80::/10"),
        [7335] = Parse("192.0.0.0/29"),
    };

    public static bool IsForwardable(IPAddress address) => !Array.Exists(NotForwardable, range => range.Contains(address));

    /// <summary>False as well for an RFC that sets no range apart; <paramref name="known"/> tells.</summary>
    public static bool IsInRfc(int rfc, IPAddress address, out bool known)
    {
        known = ByRfc.TryGetValue(rfc, out IPNetwork[]? ranges);
        return known && Array.Exists(ranges!, range => range.Contains(address));
    }

    private static IPNetwork[] Parse(params string[] ranges) => Array.ConvertAll(ranges, static range => IPNetwork.Parse(range));
}
