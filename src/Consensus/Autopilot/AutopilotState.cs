namespace Consul.Fast.Consensus.Autopilot;

/// <summary>The health of a cluster at one moment. Immutable.</summary>
public sealed record AutopilotState
{
    /// <summary>Before the first look.</summary>
    public static readonly AutopilotState None = new();

    /// <summary>When this leader looked for the first time; null for <see cref="None"/>.</summary>
    public DateTimeOffset? FirstStateTime { get; init; }

    /// <summary>All servers are healthy.</summary>
    public bool Healthy { get; init; }

    /// <summary>How many healthy voters may fail without an outage.</summary>
    public int FailureTolerance { get; init; }

    /// <summary>The servers of the configuration, by id.</summary>
    public IReadOnlyList<ServerState> Servers { get; init; } = [];

    /// <summary>Id of the leader, empty for none.</summary>
    public string Leader { get; init; } = "";

    /// <summary>Ids of the voters: the leader, then the healthy ones, those that have been so for longer first.</summary>
    public IReadOnlyList<string> Voters { get; init; } = [];

    /// <summary>Null when the configuration has no such server.</summary>
    public ServerState? Find(string id)
    {
        foreach (ServerState server in Servers)
        {
            if (server.Server.Id == id) return server;
        }

        return null;
    }
}

/// <summary>Everything that the next state depends on, gathered at about one moment.</summary>
/// <param name="Now">Must not go back.</param>
/// <param name="LeaderId">The server that gathers.</param>
/// <param name="LastIndex">Of the last entry in the leader's log, from before the others were asked.</param>
/// <param name="LastTerm">Of the same entry.</param>
/// <param name="Known">What the pool knows, by id.</param>
/// <param name="Stats">What the servers told, by id; those that did not answer in time are absent.</param>
public sealed record AutopilotInputs(
    DateTimeOffset Now,
    AutopilotPolicy Policy,
    ClusterConfiguration Configuration,
    string LeaderId,
    ulong LastIndex,
    ulong LastTerm,
    IReadOnlyDictionary<string, KnownServer> Known,
    IReadOnlyDictionary<string, ServerProgress> Stats);
