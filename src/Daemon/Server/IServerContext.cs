using Consul.Fast.Consensus;
using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.State;

namespace Consul.Fast.Daemon.Server;

/// <summary>What the RPC services of a server need to know of it. Thread safe.</summary>
internal interface IServerContext
{
    StateStore Store { get; }

    IConsensus Consensus { get; }

    ServerOptions Options { get; }

    TimeProvider Time { get; }

    /// <summary>Where the services report their measurements.</summary>
    IMetrics Metrics => NoMetrics.Instance;

    string Datacenter { get; }

    /// <summary>All datacenters with servers, the own one first.</summary>
    IReadOnlyList<string> Datacenters => [Datacenter];

    string NodeName { get; }

    /// <summary>True while this server leads and has finished taking over; consistent reads wait for it.</summary>
    bool ConsistentReadReady { get; }

    /// <summary>True once the server has begun to leave: calls for the leader are refused at once.</summary>
    bool IsLeaving { get; }

    /// <summary>A server of the LAN pool by its Raft id, null when the pool does not know it.</summary>
    ServerIdentity? FindServer(string raftId);
}

/// <param name="Node">Its node name.</param>
/// <param name="RaftProtocol">The Raft protocol version it announces.</param>
internal sealed record ServerIdentity(string Node, string RaftProtocol);

/// <summary>Settings of the RPC services.</summary>
internal sealed record ServerOptions
{
    /// <summary>How long a call is held while no leader is known.</summary>
    public TimeSpan RpcHoldTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>How long a blocking query waits when it names no time.</summary>
    public TimeSpan DefaultQueryTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How long it may wait at most.</summary>
    public TimeSpan MaxQueryTime { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>The smallest TTL of a session.</summary>
    public TimeSpan SessionTtlMin { get; init; } = TimeSpan.FromSeconds(10);
}
