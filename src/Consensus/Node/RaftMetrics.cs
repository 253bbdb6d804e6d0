using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Consensus.Node;

/// <summary>What a Raft node measures, under the names that operators know. Thread safe.</summary>
internal sealed class RaftMetrics(IMetrics metrics)
{
    /// <summary>Commands that were proposed here.</summary>
    public IMetricSeries Apply { get; } = metrics.Series(MetricKind.Counter, "raft.apply");

    /// <summary>Barriers that were proposed here.</summary>
    public IMetricSeries Barrier { get; } = metrics.Series(MetricKind.Counter, "raft.barrier");

    /// <summary>Confirmations of leadership.</summary>
    public IMetricSeries VerifyLeader { get; } = metrics.Series(MetricKind.Counter, "raft.verify_leader");

    /// <summary>From the append of an entry on the leader to its commit.</summary>
    public IMetricSeries CommitTime { get; } = metrics.Series(MetricKind.Sample, "raft.commitTime");

    /// <summary>Entries that were committed together.</summary>
    public IMetricSeries CommitNumLogs { get; } = metrics.Series(MetricKind.Gauge, "raft.commitNumLogs");

    /// <summary>The leader's write of a batch, with its sync.</summary>
    public IMetricSeries DispatchLog { get; } = metrics.Series(MetricKind.Sample, "raft.leader.dispatchLog");

    /// <summary>Entries in that batch.</summary>
    public IMetricSeries DispatchNumLogs { get; } = metrics.Series(MetricKind.Gauge, "raft.leader.dispatchNumLogs");

    /// <summary>One command in the state machine: its share of the batch that it was applied with.</summary>
    public IMetricSeries FsmApply { get; } = metrics.Series(MetricKind.Sample, "raft.fsm.apply");

    /// <summary>A whole snapshot.</summary>
    public IMetricSeries TakeSnapshot { get; } = metrics.Series(MetricKind.Sample, "raft.snapshot.takeSnapshot");

    /// <summary>Its write to the disk.</summary>
    public IMetricSeries PersistSnapshot { get; } = metrics.Series(MetricKind.Sample, "raft.snapshot.persist");

    /// <summary>A leader's snapshot, from its announcement to the restored state.</summary>
    public IMetricSeries InstallSnapshot { get; } = metrics.Series(MetricKind.Sample, "raft.rpc.installSnapshot");

    /// <summary>Counts the step into a role.</summary>
    public void EnterRole(RaftRole role)
    {
        switch (role)
        {
            case RaftRole.Leader:
                metrics.IncrCounter("raft.state.leader");
                break;
            case RaftRole.Candidate:
                metrics.IncrCounter("raft.state.candidate");
                break;
            case RaftRole.Follower:
                metrics.IncrCounter("raft.state.follower");
                break;
        }
    }
}
