using Consul.Fast.Gossip.Core.Messages;

namespace Consul.Fast.Gossip.Core.Options;

/// <summary>Everything a core needs to know of its surroundings.</summary>
/// <param name="Name">Own name, UTF-8.</param>
/// <param name="Address">Advertised address and port.</param>
/// <param name="Meta">Own tags, encoded once: peers compare the bytes.</param>
/// <param name="Vsn">Versions announced.</param>
/// <param name="BindPort">Stands in for port 0 in messages of old peers.</param>
/// <param name="Seed">Seed of all random choices.</param>
/// <param name="Clocks">Lamport times read from the snapshot; zero without one.</param>
internal sealed record CoreSettings(
    SwimOptions Swim,
    SerfOptions Serf,
    byte[] Name,
    GossipAddress Address,
    byte[] Meta,
    VersionVector Vsn,
    ushort BindPort,
    ulong Seed,
    LamportTimes Clocks = default);

/// <summary>The three clocks of the layer above, as a snapshot keeps them: the last time seen, not the next one.</summary>
internal readonly record struct LamportTimes(ulong Member, ulong Event, ulong Query);
