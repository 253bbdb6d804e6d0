using Consul.Fast.Gossip.Node;

namespace Consul.Fast.Daemon.Agent.Pools;

/// <summary>Treating a failed member as one that left, in the pools that know it.</summary>
internal static class ForcedDeparture
{
    /// <summary>Tells the LAN pool, then the WAN pool, where servers go by their name and datacenter.</summary>
    /// <param name="wan">Null where there is none.</param>
    /// <param name="prune">Forget it as well.</param>
    /// <returns>Null when done, otherwise the error text.</returns>
    public static async Task<string?> AnnounceAsync(IGossipPool lan, IGossipPool? wan, string datacenter, string node, bool prune)
    {
        bool told = await lan.ForceLeaveAsync(node, prune);
        if (told && wan is not null)
        {
            string suffix = "." + datacenter;
            told = await wan.ForceLeaveAsync(node.EndsWith(suffix, StringComparison.Ordinal) ? node : node + suffix, prune);
        }

        return told ? null : PoolFaults.RemovalTimeout;
    }
}
