namespace Consul.Fast.Consensus.Autopilot;

/// <summary>Which dead servers are removed, in which order, and which are kept for safety.</summary>
public static class PruningRules
{
    /// <summary>
    /// Servers of the configuration that the pool does not know are stale, those that it knows to have failed or left are
    /// failed. Servers without a vote go first. Fewer than half of the voters go at a time, and never so many that fewer stay
    /// than the policy demands.
    /// </summary>
    public static IReadOnlyList<PruningStep> Plan(
        ClusterConfiguration configuration, IReadOnlyDictionary<string, KnownServer> known, AutopilotPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(policy);
        List<PruningStep> steps = [];
        if (!policy.CleanupDeadServers) return steps;
        List<Dead> dead = Find(configuration, known);
        foreach (Dead server in dead.Where(static d => !d.HasVote && d.Failed is not null)) steps.Add(server.Removal);
        foreach (Dead server in dead.Where(static d => !d.HasVote && d.Failed is null)) steps.Add(server.Removal);
        int voters = HealthRules.CountVoters(configuration);
        int removable = (voters - 1) / 2;
        IEnumerable<Dead> stale = dead.Where(static d => d.HasVote && d.Failed is null);
        foreach (Dead server in stale.Concat(dead.Where(static d => d.HasVote && d.Failed is not null)))
        {
            if ((ulong)(voters - 1) < policy.MinQuorum)
            {
                steps.Add(server.Removal with { Action = PruningAction.KeepForMinQuorum });
            }
            else if (removable == 0)
            {
                steps.Add(server.Removal with { Action = PruningAction.KeepForMajority });
            }
            else
            {
                steps.Add(server.Removal);
                removable--;
                voters--;
            }
        }

        return steps;
    }

    /// <summary>The dead servers of the configuration, by id.</summary>
    private static List<Dead> Find(ClusterConfiguration configuration, IReadOnlyDictionary<string, KnownServer> known)
    {
        List<Dead> dead = [];
        foreach (RaftServer server in configuration.Servers)
        {
            bool isKnown = known.TryGetValue(server.Id, out KnownServer? found);
            if (!isKnown || found!.Status != NodeStatus.Alive)
                dead.Add(new Dead(server.Id, server.Suffrage == Suffrage.Voter, found));
        }

        dead.Sort(static (x, y) => string.CompareOrdinal(x.Id, y.Id));
        return dead;
    }

    /// <param name="Failed">Null when it is stale.</param>
    private sealed record Dead(string Id, bool HasVote, KnownServer? Failed)
    {
        public PruningStep Removal => new(Failed is null ? PruningAction.Remove : PruningAction.ForceLeave, Id, HasVote, Failed);
    }
}

/// <param name="Failed">What the pool knows of it; null when it is stale.</param>
public sealed record PruningStep(PruningAction Action, string Id, bool HasVote, KnownServer? Failed);

public enum PruningAction
{
    /// <summary>The pool treats it as one that left, which takes it out of the configuration and out of the catalog.</summary>
    ForceLeave,

    /// <summary>Only the configuration knows it: it is removed there.</summary>
    Remove,

    /// <summary>Kept, as fewer voters would stay than the policy demands.</summary>
    KeepForMinQuorum,

    /// <summary>Kept, as too many voters would go at once.</summary>
    KeepForMajority,
}
