using System.Globalization;
using Consul.Fast.Daemon.Config;
using Consul.Fast.Daemon.Text;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Agent;

/// <summary>This agent as it shows itself in the LAN pool: the tags by which servers and clients find their peers.</summary>
internal static class LocalMember
{
    /// <param name="rpcPort">Where a server serves calls; 0 for the configured port.</param>
    /// <param name="wanPort">Its port in the WAN pool; 0 for the configured one.</param>
    public static Member Create(AgentConfig config, int rpcPort = 0, int wanPort = 0) => new(
        config.Node.Name,
        config.Addresses.SerfLanAdvertise.Address,
        config.Addresses.SerfLanAdvertise.Port,
        Tags(config, rpcPort, wanPort),
        MemberStatus.Alive);

    /// <summary>The same server in the WAN pool, where names carry the datacenter.</summary>
    public static Member CreateWan(AgentConfig config, Member lan) => lan with
    {
        Name = $"{lan.Name}.{config.Node.Datacenter}",
        Address = config.Addresses.SerfWanAdvertise!.Address,
        Port = config.Addresses.SerfWanAdvertise.Port,
        Tags = [.. lan.Tags.Where(static tag => tag.Key != "wan_join_port")],
    };

    private static List<KeyValuePair<string, string>> Tags(AgentConfig config, int rpcPort, int wanPort)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["acls"] = config.Acl.Enabled ? "1" : "0",
            ["build"] = ConsulVersion.ApiLevel + ":",
            ["dc"] = config.Node.Datacenter,
            ["id"] = config.Node.Id,
            ["role"] = config.Server.Enabled ? "consul" : "node",
            ["segment"] = "",
            ["vsn"] = config.Node.Protocol.ToString(CultureInfo.InvariantCulture),
            ["vsn_max"] = "3",
            ["vsn_min"] = "2",
        };
        if (config.Server.Enabled) AddServerTags(config, tags, rpcPort, wanPort);
        else if (config.Gossip.AdvertiseReconnectTimeout > TimeSpan.Zero)
            tags["rc_tm"] = GoDuration.Format(config.Gossip.AdvertiseReconnectTimeout);
        return [.. tags];
    }

    private static void AddServerTags(AgentConfig config, SortedDictionary<string, string> tags, int rpcPort, int wanPort)
    {
        tags["ft_fs"] = "1";
        tags["ft_si"] = "1";
        tags["port"] = Port(rpcPort, config.Addresses.RpcAdvertise.Port);
        tags["raft_vsn"] = "3";
        if (config.Server.Bootstrap) tags["bootstrap"] = "1";
        else if (config.Server.BootstrapExpect > 0) tags["expect"] = config.Server.BootstrapExpect.ToString(CultureInfo.InvariantCulture);
        if (config.Tls.CaFile.Length > 0 || config.Tls.CaPath.Length > 0) tags["use_tls"] = "1";
        if (config.Addresses.SerfWanAdvertise is { } wan) tags["wan_join_port"] = Port(wanPort, wan.Port);
    }

    private static string Port(int actual, int configured) =>
        (actual > 0 ? actual : configured).ToString(CultureInfo.InvariantCulture);
}
