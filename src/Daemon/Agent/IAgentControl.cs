using Consul.Fast.Gossip.Membership;

namespace Consul.Fast.Daemon.Agent;

/// <summary>What the HTTP interface asks of the running agent as a whole. Thread safe. Faults come as texts, null is success.</summary>
internal interface IAgentControl
{
    IMembership Lan { get; }

    /// <summary>The pool of servers of all datacenters; null on a client agent.</summary>
    IMembership? Wan { get; }

    /// <summary>Reads the configuration again and applies what may change.</summary>
    Task<string?> ReloadAsync();

    /// <summary>Leaves the cluster; completes when that is done, before the agent shuts down.</summary>
    Task<string?> LeaveAsync();

    /// <summary>Joins the pool through the agent at an address, with or without port.</summary>
    Task<string?> JoinAsync(string address, bool wan, CancellationToken cancellation);

    /// <summary>Marks a failed member as left.</summary>
    /// <param name="prune">Forget it as well.</param>
    Task<string?> ForceLeaveAsync(string node, bool prune);

    /// <summary>The groups of figures that its parts add: <c>consul</c>, <c>raft</c>, <c>serf_lan</c>, <c>serf_wan</c>.</summary>
    Task<IReadOnlyList<StatGroup>> StatsAsync();
}

/// <summary>Named figures of one part of the agent, all as texts.</summary>
internal sealed record StatGroup(string Name, IReadOnlyList<KeyValuePair<string, string>> Values);
