using System.Diagnostics;
using Consul.Fast.Consensus.Core;
using Consul.Fast.Net.Metrics;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Consensus.Transport;

/// <summary>Log and measurements of the traffic with one peer, in the words that operators know. Thread safe.</summary>
internal sealed class PeerReports(string peerId, ILogger logger, IMetrics metrics)
{
    private readonly IMetricSeries _appendTime = Series(metrics, MetricKind.Sample, "raft.replication.appendEntries.rpc", peerId);
    private readonly IMetricSeries _appendLogs = Series(metrics, MetricKind.Counter, "raft.replication.appendEntries.logs", peerId);
    private readonly IMetricSeries _heartbeatTime = Series(metrics, MetricKind.Sample, "raft.replication.heartbeat", peerId);
    private readonly IMetricSeries _installTime = Series(metrics, MetricKind.Sample, "raft.replication.installSnapshot", peerId);

    /// <summary>Address of the peer, for the log.</summary>
    public string Address { get; set; } = "";

    public void AppendSent(int entries)
    {
        if (entries > 0) _appendLogs.Record(entries);
    }

    public void AppendAnswered(long sent) => _appendTime.RecordSince(sent);

    public void AppendFailed(string error) => Log.AppendFailed(logger, Peer, error);

    /// <param name="begun">From <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void Answered(RaftRequest request, long begun)
    {
        if (request is AppendRequest) _heartbeatTime.RecordSince(begun);
        else if (request is SnapshotRequest) _installTime.RecordSince(begun);
    }

    public void Failed(RaftRequest request, string error)
    {
        switch (request)
        {
            case AppendRequest:
                Log.HeartbeatFailed(logger, Peer, error);
                break;
            case SnapshotRequest snapshot:
                Log.SendSnapshotFailed(logger, Peer, snapshot.LastLogIndex, error);
                break;
            case TimeoutNowRequest:
                Log.TimeoutNowFailed(logger, Peer, error);
                break;
            default:
                Log.VoteFailed(logger, Peer, error);
                break;
        }
    }

    public void Fault(Exception exception) => Log.TransportFault(logger, Peer, exception);

    private string Peer => $"{{{peerId} {Address}}}";

    private static IMetricSeries Series(IMetrics metrics, MetricKind kind, string name, string peerId) =>
        metrics.Series(kind, name, new MetricLabel("peer_id", peerId));
}
