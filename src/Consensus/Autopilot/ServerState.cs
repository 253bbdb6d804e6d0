namespace Consul.Fast.Consensus.Autopilot;

/// <summary>A server of the configuration with what is known of it. Immutable.</summary>
/// <param name="Server">Its address is that of the configuration.</param>
/// <param name="Standing">One of <see cref="ServerStanding"/>.</param>
/// <param name="Stats">As last told by itself.</param>
/// <param name="Healthy">The leader's verdict.</param>
/// <param name="StableSince">When the verdict changed last.</param>
/// <param name="NodeType">What it is meant to become; servers of this edition have one kind.</param>
public sealed record ServerState(
    KnownServer Server,
    string Standing,
    ServerProgress Stats,
    bool Healthy,
    DateTimeOffset StableSince,
    string NodeType = ServerState.VoterType)
{
    public const string VoterType = "voter";

    public bool HasVote => Standing is ServerStanding.Leader or ServerStanding.Voter;
}

/// <summary>What a server is in Raft; the texts are on the wire and in the API.</summary>
public static class ServerStanding
{
    public const string None = "none";
    public const string Leader = "leader";
    public const string Voter = "voter";
    public const string NonVoter = "non-voter";
    public const string Staging = "staging";
}

/// <summary>How far a server has come.</summary>
/// <param name="LastContactNs">Nanoseconds since it heard of the leader.</param>
/// <param name="LastTerm">Of the last entry in its log; 0 while it has told nothing.</param>
/// <param name="LastIndex">Of the same entry.</param>
public readonly record struct ServerProgress(long LastContactNs, ulong LastTerm, ulong LastIndex);
