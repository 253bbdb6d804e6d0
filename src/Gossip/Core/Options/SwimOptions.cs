using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Options;

/// <summary>
/// Settings of membership and failure detection. The defaults are those of a LAN; the presets below are the profiles of the
/// library and what Consul makes of them. <c>n</c> is the number of known nodes, dead ones included.
/// </summary>
public sealed record SwimOptions
{
    /// <summary>Library profile for a LAN.</summary>
    public static readonly SwimOptions Lan = new();

    /// <summary>Library profile for links between sites: slower, more patient.</summary>
    public static readonly SwimOptions Wan = new()
    {
        StreamTimeout = TimeSpan.FromSeconds(30),
        SuspicionMult = 6,
        PushPullInterval = TimeSpan.FromSeconds(60),
        ProbeInterval = TimeSpan.FromSeconds(5),
        ProbeTimeout = TimeSpan.FromSeconds(3),
        GossipNodes = 4,
        GossipInterval = TimeSpan.FromMilliseconds(500),
        GossipToTheDeadTime = TimeSpan.FromSeconds(60),
    };

    /// <summary>Library profile for one machine.</summary>
    public static readonly SwimOptions Local = new()
    {
        StreamTimeout = TimeSpan.FromSeconds(1),
        IndirectChecks = 1,
        RetransmitMult = 2,
        SuspicionMult = 3,
        PushPullInterval = TimeSpan.FromSeconds(15),
        ProbeTimeout = TimeSpan.FromMilliseconds(200),
        GossipInterval = TimeSpan.FromMilliseconds(100),
        GossipToTheDeadTime = TimeSpan.FromSeconds(15),
    };

    /// <summary>Consul's LAN pool: the LAN profile, and names of dead nodes may be taken over from another address.</summary>
    public static readonly SwimOptions ConsulLan = Lan with { DeadNodeReclaimTime = TimeSpan.FromSeconds(30) };

    /// <summary>Consul's WAN pool: as the WAN profile, but gossiping to three nodes.</summary>
    public static readonly SwimOptions ConsulWan = Wan with { DeadNodeReclaimTime = TimeSpan.FromSeconds(30), GossipNodes = 3 };

    /// <summary>Turns a Consul profile into that of development mode: one machine, everything fast.</summary>
    public SwimOptions ForDevelopment() => this with
    {
        SuspicionMult = 3,
        ProbeInterval = TimeSpan.FromMilliseconds(100),
        ProbeTimeout = TimeSpan.FromMilliseconds(100),
        GossipInterval = TimeSpan.FromMilliseconds(100),
    };

    /// <summary>Limit for dialling, and for each half of an exchange on a stream. The driver keeps it, the core does not.</summary>
    public TimeSpan StreamTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Helpers asked to probe a node that did not answer. More of them hide more lost packets and cost more traffic.</summary>
    public int IndirectChecks { get; init; } = 3;

    /// <summary>
    /// A broadcast is sent <c>RetransmitMult x ceil(log10(n + 1))</c> times. Higher reaches everybody more surely, at more
    /// bandwidth.
    /// </summary>
    public int RetransmitMult { get; init; } = 4;

    /// <summary>
    /// A suspect without confirmations-to-come is dead after <c>SuspicionMult x max(1, log10(n)) x ProbeInterval</c>; also,
    /// <c>SuspicionMult - 2</c> independent accusers shorten the longest time-out to that. Lower detects faster, and accuses
    /// slow members more often.
    /// </summary>
    public int SuspicionMult { get; init; } = 4;

    /// <summary>Longest suspicion, as a multiple of the shortest. 1 means confirmations change nothing.</summary>
    public int SuspicionMaxTimeoutMult { get; init; } = 6;

    /// <summary>
    /// Pause between full state exchanges with a random node, scaled for more than 32 nodes by <c>ceil(log2(n / 32)) + 1</c>;
    /// zero for none.
    /// </summary>
    public TimeSpan PushPullInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause between probes, each of another node. A whole round takes n of them.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time for the direct answer, before helpers are asked. Should be above the 99th percentile of round trips;
    /// what is longer than a probe interval has no effect.
    /// </summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The node's own doubt in itself runs from 0 to one less than this, and stretches a probe to <c>(score + 1)</c> intervals.
    /// 1 switches it off.
    /// </summary>
    public int AwarenessMax { get; init; } = 8;

    /// <summary>A probe of a suspect carries the accusation, so that it can be refuted at once.</summary>
    public bool TellSuspects { get; init; } = true;

    /// <summary>Nodes that get the queued broadcasts in one round.</summary>
    public int GossipNodes { get; init; } = 3;

    /// <summary>Pause between gossip rounds.</summary>
    public TimeSpan GossipInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Dead nodes get gossip for this long, to be able to refute, and are forgotten by the failure detector after it.</summary>
    public TimeSpan GossipToTheDeadTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A name dead for longer may come back from another address; zero for never.</summary>
    public TimeSpan DeadNodeReclaimTime { get; init; }

    /// <summary>Bytes of a datagram before encryption, that broadcasts are packed into.</summary>
    public int PacketBytesMax { get; init; } = 1400;

    /// <summary>Probe over a stream, too, when the datagram was not answered.</summary>
    public bool StreamPings { get; init; } = true;

    /// <summary>Networks whose nodes are admitted; empty admits all.</summary>
    public IReadOnlyList<AddressRange> AllowedNetworks { get; init; } = [];

    /// <summary>True when the network allow-list has nothing against the address.</summary>
    public bool Allows(GossipAddress address)
    {
        for (int i = 0; i < AllowedNetworks.Count; i++)
        {
            if (address.IsWithin(AllowedNetworks[i].Network, AllowedNetworks[i].Bits)) return true;
        }

        return AllowedNetworks.Count == 0;
    }

    /// <exception cref="ArgumentException">A setting, or the relation between two, makes no sense.</exception>
    public void Validate()
    {
        Check(ProbeInterval > TimeSpan.Zero, "probe interval must be positive");
        Check(ProbeTimeout > TimeSpan.Zero, "probe timeout must be positive");
        Check(GossipInterval > TimeSpan.Zero, "gossip interval must be positive");
        Check(PushPullInterval >= TimeSpan.Zero, "push/pull interval must not be negative");
        Check(GossipNodes >= 0 && IndirectChecks >= 0, "numbers of nodes must not be negative");
        Check(RetransmitMult > 0 && SuspicionMult > 0 && SuspicionMaxTimeoutMult > 0, "multipliers must be positive");
        Check(AwarenessMax >= 1, "awareness maximum must be at least 1");
        Check(PacketBytesMax >= 2 * Alive.MetaMax, "packet budget must have room for a node with full metadata");
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds) throw new ArgumentException(otherwise);
    }
}

/// <summary>A network in CIDR form.</summary>
/// <param name="Bits">Leading bits that count.</param>
public readonly record struct AddressRange(GossipAddress Network, int Bits);
