using Consul.Fast.Daemon.Agent.Pools;
using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Server.Leader;

/// <summary>
/// The servers of the Raft cluster, brought in step with the LAN pool by the leader. Called on the leader alone, one call
/// after another, by what reconciles members.
/// </summary>
internal interface IServerMembership
{
    /// <summary>
    /// A server of this datacenter is alive in the pool: it is in the configuration afterwards, under its present address.
    /// Does nothing when it is there already, and reports it in the log when the pool has two servers in bootstrap mode.
    /// </summary>
    /// <returns>Null when in order, otherwise the error text; the member is not to be registered then.</returns>
    ValueTask<string?> AddAsync(Member member, ServerTags server);

    /// <summary>A server has left the pool or was forgotten by it: it is not in the configuration afterwards.</summary>
    /// <returns>Null when in order, otherwise the error text; the node is not to be deregistered then.</returns>
    ValueTask<string?> RemoveAsync(string name, ServerTags server);
}
