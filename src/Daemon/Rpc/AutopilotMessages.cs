namespace Consul.Fast.Daemon.Rpc;

/// <summary>The health of a datacenter's servers, in the older form.</summary>
/// <param name="FailureTolerance">How many healthy voters may fail without an outage.</param>
public sealed record AutopilotHealth(bool Healthy, int FailureTolerance, IReadOnlyList<AutopilotServerHealth> Servers);

/// <param name="SerfStatus">How the gossip pool sees it: 0 not at all, 1 alive, 2 leaving, 3 left, 4 failed.</param>
/// <param name="LastContactNs">Nanoseconds since it heard of the leader.</param>
/// <param name="LastTerm">Of the last entry in its log.</param>
/// <param name="LastIndex">Of the same entry.</param>
/// <param name="StableSince">When <paramref name="Healthy"/> changed last.</param>
public sealed record AutopilotServerHealth(
    string Id,
    string Name,
    string Address,
    int SerfStatus,
    string Version,
    bool Leader,
    long LastContactNs,
    ulong LastTerm,
    ulong LastIndex,
    bool Healthy,
    bool Voter,
    DateTimeOffset StableSince);

/// <summary>Removal of a server from the Raft configuration, by what the method's name says.</summary>
public sealed record RaftRemovePeerRequest
{
    public string Datacenter { get; init; } = "";

    public string Address { get; init; } = "";

    public string Id { get; init; } = "";

    public string Token { get; init; } = "";
}
