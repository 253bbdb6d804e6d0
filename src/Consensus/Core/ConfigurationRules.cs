namespace Consul.Fast.Consensus.Core;

/// <summary>How changes turn one configuration into the next, and what makes one valid.</summary>
internal static class ConfigurationRules
{
    /// <summary>Applies a change. The result may be invalid: see <see cref="Validate"/>.</summary>
    public static ClusterConfiguration Apply(ClusterConfiguration present, ConfigurationChange change)
    {
        List<RaftServer> servers = [.. present.Servers];
        int at = servers.FindIndex(s => s.Id == change.ServerId);
        switch (change.Kind)
        {
            case ConfigurationChangeKind.AddVoter:
                Put(servers, at, new RaftServer(Suffrage.Voter, change.ServerId, change.Address));
                break;
            case ConfigurationChangeKind.AddNonVoter:
                Suffrage suffrage = at >= 0 && servers[at].Suffrage == Suffrage.Voter ? Suffrage.Voter : Suffrage.NonVoter;
                Put(servers, at, new RaftServer(suffrage, change.ServerId, change.Address));
                break;
            case ConfigurationChangeKind.Demote when at >= 0:
                servers[at] = servers[at] with { Suffrage = Suffrage.NonVoter };
                break;
            case ConfigurationChangeKind.Remove when at >= 0:
                servers.RemoveAt(at);
                break;
        }

        return new ClusterConfiguration(servers);
    }

    /// <summary>Null when the configuration may be used, otherwise what is wrong with it.</summary>
    public static string? Validate(ClusterConfiguration configuration)
    {
        HashSet<string> ids = [];
        HashSet<string> addresses = [];
        int voters = 0;
        foreach (RaftServer server in configuration.Servers)
        {
            if (server.Id.Length == 0) return "empty ID in configuration";
            if (server.Address.Length == 0) return $"empty address in configuration: {server.Id}";
            if (!ids.Add(server.Id)) return $"found duplicate ID in configuration: {server.Id}";
            if (!addresses.Add(server.Address)) return $"found duplicate address in configuration: {server.Address}";
            if (server.Suffrage == Suffrage.Voter) voters++;
        }

        if (voters > 0) return null;
        return $"need at least one voter in configuration: {{[{string.Join(' ', configuration.Servers.Select(Text))}]}}";
    }

    private static string Text(RaftServer server) =>
        $"{{{(server.Suffrage == Suffrage.NonVoter ? "Nonvoter" : server.Suffrage.ToString())} {server.Id} {server.Address}}}";

    public static int CountVoters(ClusterConfiguration configuration)
    {
        int voters = 0;
        // Counted with every write: an enumerator of the interface would be allocated each time.
        for (int i = 0; i < configuration.Servers.Count; i++)
        {
            if (configuration.Servers[i].Suffrage == Suffrage.Voter) voters++;
        }

        return voters;
    }

    private static void Put(List<RaftServer> servers, int at, RaftServer server)
    {
        if (at >= 0) servers[at] = server;
        else servers.Add(server);
    }
}
