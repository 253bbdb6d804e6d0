namespace Consul.Fast.Consensus.Core;

/// <summary>Everything the core needs to know of its surroundings.</summary>
/// <param name="ServerId">Own node id.</param>
/// <param name="ServerAddress">Own address text, compared byte for byte with what others call this server.</param>
/// <param name="Timings">The protocol's time-outs.</param>
/// <param name="MaxAppendEntries">Entries in one AppendEntries.</param>
/// <param name="Seed">Seed of all random choices.</param>
/// <param name="Epoch">UTC time at which the monotonic time was zero; stamps entries.</param>
internal sealed record CoreSettings(
    string ServerId,
    string ServerAddress,
    RaftTimings Timings,
    int MaxAppendEntries,
    ulong Seed,
    DateTime Epoch);

/// <summary>What a server finds on its disk at start.</summary>
/// <param name="FirstIndex">Oldest entry in the log; ignored when the log holds nothing above the snapshot.</param>
/// <param name="LastIndex">Newest entry in the log, or the snapshot's index when the log is empty.</param>
/// <param name="Terms">Terms of the entries in the log.</param>
/// <param name="Latest">Newest configuration in log or snapshot.</param>
/// <param name="Committed">The configuration before it.</param>
internal sealed record RecoveredState(
    HardState HardState,
    ulong SnapshotIndex,
    ulong SnapshotTerm,
    ConfigurationPoint SnapshotConfiguration,
    ulong FirstIndex,
    ulong LastIndex,
    TermSpans Terms,
    ConfigurationPoint Latest,
    ConfigurationPoint Committed)
{
    public static readonly RecoveredState Empty = new(
        new HardState(0, 0, ""), 0, 0, ConfigurationPoint.None, 1, 0, TermSpans.Empty, ConfigurationPoint.None, ConfigurationPoint.None);
}
