namespace Consul.Fast.Consensus.Autopilot;

/// <summary>A server as the gossip pool and the catalog know it. Immutable.</summary>
/// <param name="Id">Its node id, which is its name in Raft.</param>
/// <param name="Name">Its node name.</param>
/// <param name="Address">Where it takes calls, <c>ip:port</c>.</param>
/// <param name="Status">One of <see cref="NodeStatus"/>.</param>
/// <param name="Version">Of the program.</param>
/// <param name="RaftVersion">Of the Raft protocol it speaks.</param>
/// <param name="Meta">The metadata of its node; null while the catalog does not know it.</param>
public sealed record KnownServer(
    string Id,
    string Name,
    string Address,
    string Status,
    string Version = "",
    int RaftVersion = 0,
    IReadOnlyList<KeyValuePair<string, string>>? Meta = null);

/// <summary>How the gossip pool sees a server; the texts are on the wire and in the API.</summary>
public static class NodeStatus
{
    public const string Unknown = "unknown";

    /// <summary>Also while it leaves: it must not be removed before it has.</summary>
    public const string Alive = "alive";
    public const string Failed = "failed";
    public const string Left = "left";
}
