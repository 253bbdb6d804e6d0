using System.Net;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Wire.Security;

namespace Consul.Fast.Gossip.Node;

/// <summary>Everything a node is started with.</summary>
public sealed record GossipNodeOptions
{
    /// <summary>Unique in the pool.</summary>
    public required string Name { get; init; }

    /// <summary>Where datagrams and streams are taken; port 0 lets the system choose one that is free for both.</summary>
    public required IPEndPoint Bind { get; init; }

    /// <summary>
    /// Where others reach this node; null for <see cref="Bind"/>, which then is no wildcard. Port 0 means the bound one.
    /// </summary>
    public IPEndPoint? Advertise { get; init; }

    /// <summary>What the node tells about itself; encoded at most 512 bytes.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> Tags { get; init; } = [];

    public SwimOptions Swim { get; init; } = SwimOptions.ConsulLan;

    public SerfOptions Serf { get; init; } = SerfOptions.Consul;

    /// <summary>Version of the layer of events that is announced.</summary>
    public ProtocolVersions EventVersions { get; init; } = ProtocolVersions.Events;

    /// <summary>Keys of the pool; null for none. Key queries of the pool change it.</summary>
    public Keyring? Keyring { get; init; }

    /// <summary>False while encryption is being introduced: plain messages are taken, too.</summary>
    public bool VerifyIncoming { get; init; } = true;

    /// <summary>False while encryption is being introduced: what is sent stays plain.</summary>
    public bool VerifyOutgoing { get; init; } = true;

    /// <summary>Called on the node's loop after a key query changed the keyring, to save it. Must be quick and not throw.</summary>
    public Action<Keyring>? KeyringChanged { get; init; }

    /// <summary>Who may be in the pool; null for everybody. Called on the node's loop.</summary>
    public IPoolAdmission? Admission { get; init; }

    /// <summary>File that remembers the pool between runs; null for none.</summary>
    public string? SnapshotPath { get; init; }

    /// <summary>Return to the pool of the snapshot even if it was left in order.</summary>
    public bool RejoinAfterLeave { get; init; }

    /// <summary>Events that wait for a reader; the oldest are dropped beyond it.</summary>
    public int EventsMax { get; init; } = 4096;

    /// <summary>Open streams per source address; 0 for no limit.</summary>
    public int StreamsPerSource { get; init; } = 128;
}

/// <summary>Decides who may be in the pool. Pure and quick.</summary>
public interface IPoolAdmission
{
    /// <summary>May this node be a member? Asked for all news about a node, own ones included.</summary>
    bool Admits(Member candidate);

    /// <summary>May the pool of this list be joined with ours?</summary>
    bool AdmitsMerge(IReadOnlyList<Member> members);

    /// <summary>Why the pool of this list may not be joined with ours, for the one who asked to join; null when it may.</summary>
    string? MergeRefusal(IReadOnlyList<Member> members) => AdmitsMerge(members) ? null : "merge refused";
}
