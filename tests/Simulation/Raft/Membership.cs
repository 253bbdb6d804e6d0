using Consul.Fast.Consensus;

namespace Consul.Fast.Simulation.Tests.Raft;

/// <summary>What a leader does about its configuration when it learns of the others by gossip.</summary>
internal static class Membership
{
    /// <summary>Writes down one address that is not true any more.</summary>
    public static void CorrectAddresses(SimCluster cluster, SimServer leader)
    {
        foreach (RaftServer member in leader.Core.Latest.Configuration.Servers)
        {
            SimServer server = cluster.Find(member.Id)!;
            if (server.Address == member.Address) continue;
            leader.Change(new ConfigurationChange(ConfigurationChangeKind.AddNonVoter, server.Id, server.Address));
            return;
        }
    }
}
