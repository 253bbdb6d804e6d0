using Consul.Fast.Consensus.Core;

namespace Consul.Fast.Consensus.Autopilot;

/// <summary>Who is healthy, and how much the cluster can lose.</summary>
public static class HealthRules
{
    /// <summary>The state after a look. The result's leader is empty when the configuration does not have it.</summary>
    public static AutopilotState Next(AutopilotState previous, AutopilotInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(inputs);
        List<ServerState> servers = new(inputs.Configuration.Servers.Count);
        foreach (RaftServer server in inputs.Configuration.Servers) servers.Add(Next(server, previous.Find(server.Id), inputs));
        servers.Sort(static (x, y) => string.CompareOrdinal(x.Server.Id, y.Server.Id));
        List<ServerState> voters = servers.FindAll(static s => s.HasVote);
        voters.Sort(CompareVoters);
        int healthyVoters = voters.Count(static s => s.Healthy);
        return new AutopilotState
        {
            FirstStateTime = previous.FirstStateTime ?? inputs.Now,
            Healthy = servers.TrueForAll(static s => s.Healthy),
            FailureTolerance = Math.Max(0, healthyVoters - Quorum(voters.Count)),
            Servers = servers,
            Leader = voters.Find(static s => s.Standing == ServerStanding.Leader)?.Server.Id ?? "",
            Voters = [.. voters.Select(static s => s.Server.Id)],
        };
    }

    /// <summary>Voters that make a majority.</summary>
    internal static int Quorum(int voters) => (voters / 2) + 1;

    internal static int CountVoters(ClusterConfiguration configuration) => ConfigurationRules.CountVoters(configuration);

    private static ServerState Next(RaftServer server, ServerState? prior, AutopilotInputs inputs)
    {
        // The pool forgets a server long after it has left; what was known of it last still tells operators who it was.
        KnownServer known = inputs.Known.TryGetValue(server.Id, out KnownServer? found)
            ? found
            : (prior?.Server ?? new KnownServer(server.Id, "", "", "")) with { Status = NodeStatus.Left };
        ServerProgress stats = inputs.Stats.TryGetValue(server.Id, out ServerProgress told) ? told : prior?.Stats ?? default;
        bool healthy = IsHealthy(known, stats, inputs);
        DateTimeOffset since = prior is not null && prior.Healthy == healthy ? prior.StableSince : inputs.Now;
        return new ServerState(known with { Address = server.Address }, StandingOf(server, inputs.LeaderId), stats, healthy, since);
    }

    private static bool IsHealthy(KnownServer known, ServerProgress stats, AutopilotInputs inputs)
    {
        if (known.Status != NodeStatus.Alive) return false;
        if (stats.LastContactNs < 0 || stats.LastContactNs > inputs.Policy.LastContactThresholdNs) return false;
        if (stats.LastTerm != inputs.LastTerm) return false;
        ulong trailing = inputs.LastIndex > stats.LastIndex ? inputs.LastIndex - stats.LastIndex : 0;
        return trailing <= inputs.Policy.MaxTrailingLogs;
    }

    private static string StandingOf(RaftServer server, string leaderId)
    {
        if (server.Id == leaderId) return ServerStanding.Leader;
        return server.Suffrage switch
        {
            Suffrage.Voter => ServerStanding.Voter,
            Suffrage.NonVoter => ServerStanding.NonVoter,
            Suffrage.Staging => ServerStanding.Staging,
            _ => ServerStanding.None,
        };
    }

    /// <summary>Of healthy servers the longest stable comes first, of unhealthy ones the latest to fall ill.</summary>
    private static int CompareVoters(ServerState x, ServerState y)
    {
        if (x.Standing != y.Standing) return x.Standing == ServerStanding.Leader ? -1 : 1;
        if (x.Healthy != y.Healthy) return x.Healthy ? -1 : 1;
        int order = x.Healthy ? x.StableSince.CompareTo(y.StableSince) : y.StableSince.CompareTo(x.StableSince);
        return order != 0 ? order : string.CompareOrdinal(x.Server.Id, y.Server.Id);
    }
}
