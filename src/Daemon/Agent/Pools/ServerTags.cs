using System.Globalization;
using System.Net;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>
/// What a server tells about itself in its tags. A member whose tags do not hold all of it in good form is no server to anybody.
/// </summary>
internal sealed record ServerTags
{
    private const string SegmentPrefix = "sl_";
    private const string FeaturePrefix = "ft_";

    /// <summary>Name of the member; in the WAN pool it ends with the datacenter.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the node, without datacenter.</summary>
    public required string ShortName { get; init; }

    /// <summary>The node's UUID, which is its name in Raft; empty when it has none.</summary>
    public required string Id { get; init; }

    public required string Datacenter { get; init; }

    /// <summary>Always empty but for Enterprise servers.</summary>
    public required string Segment { get; init; }

    /// <summary>Where it takes calls: the address it gossips on, with the port it announces.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>Where it gossips with other datacenters; 0 when it does not.</summary>
    public int WanJoinPort { get; init; }

    /// <summary>It may elect itself.</summary>
    public bool Bootstrap { get; init; }

    /// <summary>Number of servers it waits for; 0 when it does not.</summary>
    public int Expect { get; init; }

    /// <summary>Version of its calls.</summary>
    public required int Version { get; init; }

    public int RaftVersion { get; init; }

    /// <summary>Version of the program, <c>1.10.12</c>.</summary>
    public required string Build { get; init; }

    public bool UseTls { get; init; }

    /// <summary>It has no vote.</summary>
    public bool ReadReplica { get; init; }

    /// <summary>How it is called.</summary>
    public RpcServerAddress RpcAddress => new(Datacenter, ShortName, Address, Version);

    /// <summary>How it shows in the log.</summary>
    public override string ToString() => $"{Name} (Addr: tcp/{Address}) (DC: {Datacenter})";

    /// <summary>False when the member is no server.</summary>
    public static bool TryRead(Member member, out ServerTags server)
    {
        server = null!;
        if (member.Tag("role") != "consul") return false;
        if (!TryNumber(member, "port", out int port) || !TryNumber(member, "vsn", out int version)) return false;
        if (!TryOptional(member, "expect", out int expect)) return false;
        if (!TryOptional(member, "wan_join_port", out int wanJoinPort)) return false;
        if (!TryOptional(member, "raft_vsn", out int raftVersion)) return false;
        if (!BuildVersion.TryFind(member.Tag("build"), out string build)) return false;
        if (!member.Tags.All(IsWellFormed)) return false;
        if (port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort) return false;
        string datacenter = member.Tag("dc");
        server = new ServerTags
        {
            Name = member.Name,
            ShortName = WithoutDatacenter(member.Name, datacenter),
            Id = member.Tag("id"),
            Datacenter = datacenter,
            Segment = member.Tag("segment"),
            Address = new IPEndPoint(member.Address, port),
            WanJoinPort = wanJoinPort,
            Bootstrap = Has(member, "bootstrap"),
            Expect = expect,
            Version = version,
            RaftVersion = raftVersion,
            Build = build,
            UseTls = Has(member, "use_tls"),
            ReadReplica = Has(member, "nonvoter") || Has(member, "read_replica"),
        };
        return true;
    }

    private static string WithoutDatacenter(string name, string datacenter)
    {
        string suffix = "." + datacenter;
        return name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name;
    }

    private static bool Has(Member member, string name) => member.Tags.Any(tag => tag.Key == name);

    /// <summary>True also when there is no such tag.</summary>
    private static bool TryOptional(Member member, string name, out int number)
    {
        number = 0;
        return !Has(member, name) || TryNumber(member, name, out number);
    }

    private static bool TryNumber(Member member, string name, out int number) => TryNumber(member.Tag(name), out number);

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static bool IsWellFormed(KeyValuePair<string, string> tag)
    {
        if (tag.Key.StartsWith(FeaturePrefix, StringComparison.Ordinal)) return TryNumber(tag.Value, out _);
        if (!tag.Key.StartsWith(SegmentPrefix, StringComparison.Ordinal)) return true;
        int colon = tag.Value.LastIndexOf(':');
        return colon >= 0 && TryNumber(tag.Value.AsSpan(colon + 1), out _);
    }
}
