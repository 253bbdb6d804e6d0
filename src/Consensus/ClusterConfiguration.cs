namespace Consul.Fast.Consensus;

/// <summary>The servers of a Raft cluster. Immutable.</summary>
public sealed record ClusterConfiguration(IReadOnlyList<RaftServer> Servers)
{
    public static readonly ClusterConfiguration Empty = new([]);

    /// <summary>True when <paramref name="id"/> may vote and stand for election.</summary>
    public bool IsVoter(string id) => Servers.Any(s => s.Id == id && s.Suffrage == Suffrage.Voter);
}

/// <param name="Suffrage">Whether it counts.</param>
/// <param name="Id">The node id (UUID text).</param>
/// <param name="Address">The RPC address, <c>ip:port</c>.</param>
public sealed record RaftServer(Suffrage Suffrage, string Id, string Address);

/// <summary>The numbers are on the wire.</summary>
public enum Suffrage
{
    Voter = 0,
    NonVoter = 1,
    Staging = 2,
}
