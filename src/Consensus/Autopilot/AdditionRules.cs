namespace Consul.Fast.Consensus.Autopilot;

/// <summary>How a server that has come gets into the configuration.</summary>
public static class AdditionRules
{
    private const string TooManyRemovals =
        "Preventing server addition that would require removal of too many servers and cause cluster instability";

    /// <summary>
    /// A server of that id keeps its vote and takes the address. Others at that address are gone for good, it could not be
    /// theirs otherwise: they are removed first, unless too many voters would go. A new server gets no vote yet.
    /// </summary>
    public static AdditionPlan Decide(ClusterConfiguration configuration, string id, string address)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        bool hasVote = false;
        List<string> voters = [], others = [];
        foreach (RaftServer server in configuration.Servers)
        {
            if (server.Id == id && server.Address == address) return AdditionPlan.Nothing;
            if (server.Id == id) hasVote = server.Suffrage is Suffrage.Voter or Suffrage.Staging;
            else if (server.Address == address) (server.Suffrage == Suffrage.Voter ? voters : others).Add(server.Id);
        }

        int total = HealthRules.CountVoters(configuration);
        if (voters.Count > total - HealthRules.Quorum(total)) return new AdditionPlan(TooManyRemovals, [], null);
        ConfigurationChangeKind kind = hasVote ? ConfigurationChangeKind.AddVoter : ConfigurationChangeKind.AddNonVoter;
        return new AdditionPlan(null, [.. voters, .. others], new ConfigurationChange(kind, id, address));
    }
}

/// <param name="Error">Why the server cannot be added, or null.</param>
/// <param name="Removals">Ids of the servers to be removed first, in order.</param>
/// <param name="Change">Null when there is nothing to do.</param>
public sealed record AdditionPlan(string? Error, IReadOnlyList<string> Removals, ConfigurationChange? Change)
{
    public static readonly AdditionPlan Nothing = new(null, [], null);
}
