namespace Consul.Fast.Consensus;

/// <summary>The protocol's time-outs. Lease ≤ heartbeat ≤ election.</summary>
/// <param name="Heartbeat">A follower that hears nothing for this long stands for election; leaders beat ten times as often.</param>
/// <param name="Election">Shortest time a candidacy lasts before the next one.</param>
/// <param name="LeaderLease">A leader without contact to a quorum for this long steps down.</param>
/// <param name="Commit">Shortest pause between replication calls to an idle peer.</param>
public sealed record RaftTimings(TimeSpan Heartbeat, TimeSpan Election, TimeSpan LeaderLease, TimeSpan Commit)
{
    /// <summary>Consul's time-outs for a <c>raft_multiplier</c>, from 1 to 10.</summary>
    public static RaftTimings ForMultiplier(int multiplier)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(multiplier, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(multiplier, 10);
        return new RaftTimings(
            TimeSpan.FromSeconds(multiplier),
            TimeSpan.FromSeconds(multiplier),
            TimeSpan.FromMilliseconds(500 * multiplier),
            TimeSpan.FromMilliseconds(50));
    }

    /// <summary>The short time-outs of development mode.</summary>
    public static readonly RaftTimings Development = new(
        TimeSpan.FromMilliseconds(35), TimeSpan.FromMilliseconds(52), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50));
}
