using Consul.Fast.Storage.Records;

namespace Consul.Fast.Daemon.Config.Runtime;

/// <summary>Who this agent is and how its process lives.</summary>
internal sealed record NodeConfig
{
    /// <summary>Development mode: a server in memory that writes nothing.</summary>
    public bool DevMode { get; init; }

    public string Name { get; init; } = "";

    /// <summary>As configured; empty when it comes from the data directory.</summary>
    public string Id { get; init; } = "";

    /// <summary>Node metadata; never null.</summary>
    public SortedMap<string> Meta { get; init; } = SortedMap<string>.Empty;

    /// <summary>Lower case.</summary>
    public string Datacenter { get; init; } = "dc1";

    public string PrimaryDatacenter { get; init; } = "dc1";

    /// <summary>Empty only in development mode.</summary>
    public string DataDir { get; init; } = "";

    /// <summary>Where the pid is written; empty for nowhere.</summary>
    public string PidFile { get; init; } = "";

    /// <summary>Derive a new node id from chance, not from the host.</summary>
    public bool DisableHostNodeId { get; init; } = true;

    /// <summary>SIGTERM leaves the cluster.</summary>
    public bool LeaveOnTerminate { get; init; } = true;

    /// <summary>SIGINT stops at once instead of leaving.</summary>
    public bool SkipLeaveOnInterrupt { get; init; }

    public bool EnableDebug { get; init; }

    public bool DisableRemoteExec { get; init; } = true;

    public bool DisableUpdateCheck { get; init; }

    public bool DisableAnonymousSignature { get; init; }

    public bool DisableCoordinates { get; init; }

    /// <summary>Answer with WAN addresses for other datacenters.</summary>
    public bool TranslateWanAddresses { get; init; }

    /// <summary>RPC protocol version, 2 or 3.</summary>
    public int Protocol { get; init; } = 2;
}
