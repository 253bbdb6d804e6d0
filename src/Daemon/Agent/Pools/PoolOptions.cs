using System.Net;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Config.Runtime;
using Consul.Fast.Gossip.Core.Messages;
using Consul.Fast.Gossip.Core.Options;
using Consul.Fast.Gossip.Membership;
using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>How the configuration wants the nodes of the two pools.</summary>
internal static class PoolOptions
{
    /// <summary>Below the data directory.</summary>
    private const string SnapshotFolder = "serf";

    public static GossipNodeOptions Lan(AgentConfig config, Member self) => new()
    {
        Name = self.Name,
        Bind = config.Addresses.SerfLanBind,
        Advertise = config.Addresses.SerfLanAdvertise,
        Tags = self.Tags,
        Admission = new LanAdmission(config.Node.Name, config.Node.Id, config.Node.Datacenter),
        Swim = Swim(SwimOptions.ConsulLan, config.Gossip.Lan),
        Serf = Serf(config.Gossip.ReconnectTimeoutLan, config.Node.DisableCoordinates),
        VerifyIncoming = config.Gossip.EncryptVerifyIncoming,
        VerifyOutgoing = config.Gossip.EncryptVerifyOutgoing,
        SnapshotPath = SnapshotPath(config, "local.snapshot"),
        RejoinAfterLeave = config.Join.RejoinAfterLeave,
    };

    public static GossipNodeOptions Wan(AgentConfig config, Member self) => new()
    {
        Name = self.Name,
        Bind = config.Addresses.SerfWanBind!,
        Advertise = config.Addresses.SerfWanAdvertise,
        Tags = self.Tags,
        Admission = new WanAdmission(),
        Swim = Swim(SwimOptions.ConsulWan, config.Gossip.Wan),
        Serf = Serf(config.Gossip.ReconnectTimeoutWan, config.Node.DisableCoordinates),
        VerifyIncoming = config.Gossip.EncryptVerifyIncoming,
        VerifyOutgoing = config.Gossip.EncryptVerifyOutgoing,
        SnapshotPath = SnapshotPath(config, "remote.snapshot"),
        RejoinAfterLeave = config.Join.RejoinAfterLeave,
    };

    /// <summary>Development mode needs nothing here: its timings are defaults of the configuration.</summary>
    private static SwimOptions Swim(SwimOptions profile, GossipPoolConfig tuning) => profile with
    {
        GossipInterval = tuning.GossipInterval,
        GossipNodes = tuning.GossipNodes,
        ProbeInterval = tuning.ProbeInterval,
        ProbeTimeout = tuning.ProbeTimeout,
        SuspicionMult = tuning.SuspicionMult,
        RetransmitMult = tuning.RetransmitMult,
        AllowedNetworks = [.. (tuning.AllowedCidrs ?? []).Select(Range)],
    };

    private static SerfOptions Serf(TimeSpan reconnectTimeout, bool disableCoordinates)
    {
        SerfOptions options = SerfOptions.Consul with { Coordinates = !disableCoordinates };
        return reconnectTimeout > TimeSpan.Zero ? options with { ReconnectTimeout = reconnectTimeout } : options;
    }

    private static AddressRange Range(IPNetwork network) =>
        GossipAddress.TryFrom(network.BaseAddress.GetAddressBytes(), 0, out GossipAddress address)
            ? new AddressRange(address, network.PrefixLength)
            : throw new ArgumentException($"{network} is no network");

    /// <summary>In development mode nothing is written.</summary>
    private static string? SnapshotPath(AgentConfig config, string name) =>
        config.Node.DevMode || config.Node.DataDir.Length == 0 ? null : Path.Combine(config.Node.DataDir, SnapshotFolder, name);
}
