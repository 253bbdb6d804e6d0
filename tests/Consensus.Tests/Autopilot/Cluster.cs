using Consul.Fast.Consensus.Autopilot;

namespace Consul.Fast.Consensus.Tests.Autopilot;

/// <summary>Clusters in short: <c>"a! b+ c-"</c> are a leader with a vote, a voter and a server without one.</summary>
internal static class Cluster
{
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static ClusterConfiguration Configuration(string servers) => new([.. Words(servers).Select(static word => new RaftServer(
        word[^1] switch { '-' => Suffrage.NonVoter, '~' => Suffrage.Staging, _ => Suffrage.Voter }, word[..^1], Address(word[..^1])))]);

    /// <summary><c>"a b:failed c:left"</c>; alive is not written.</summary>
    public static IReadOnlyDictionary<string, KnownServer> Known(string servers) => Words(servers)
        .Select(static word => word.Split(':'))
        .Select(static parts => new KnownServer(parts[0], "node-" + parts[0], Address(parts[0]), parts.Length > 1 ? parts[1] : NodeStatus.Alive))
        .ToDictionary(static server => server.Id);

    public static string Address(string id) => $"10.0.0.{(int)id[0]}:8300";

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
