using Consul.Fast.Net.Metrics;
using Consul.Fast.Storage.Commands;

namespace Consul.Fast.Storage.State;

/// <summary>How long commands take to apply, by type and operation, under the names that operators know. Used by one loop.</summary>
internal sealed class ApplyTimings(IMetrics metrics)
{
    private readonly IMetricSeries _register = metrics.Series(MetricKind.Sample, "fsm.register");
    private readonly IMetricSeries _deregister = metrics.Series(MetricKind.Sample, "fsm.deregister");
    private readonly IMetricSeries _txn = metrics.Series(MetricKind.Sample, "fsm.txn");
    private readonly IMetricSeries _coordinates = metrics.Series(MetricKind.Sample, "fsm.coordinate.batch-update");
    private readonly IMetricSeries _autopilot = metrics.Series(MetricKind.Sample, "fsm.autopilot");
    private readonly Dictionary<string, IMetricSeries> _kvs = ByOperation(
        metrics, "fsm.kvs", KvsOp.Set, KvsOp.Delete, KvsOp.DeleteCas, KvsOp.DeleteTree, KvsOp.Cas, KvsOp.Lock, KvsOp.Unlock);
    private readonly Dictionary<string, IMetricSeries> _sessions =
        ByOperation(metrics, "fsm.session", SessionRequest.Create, SessionRequest.Destroy);
    private readonly Dictionary<string, IMetricSeries> _tombstones = ByOperation(metrics, "fsm.tombstone", TombstoneRequest.Reap);

    private readonly Dictionary<string, IMetricSeries> _systemMetadata =
        ByOperation(metrics, "fsm.system_metadata", SystemMetadataRequest.Upsert, SystemMetadataRequest.Delete);
    private readonly Dictionary<string, IMetricSeries> _intentions =
        ByOperation(metrics, "fsm.intention", "create", "update", "delete", "delete-all", "upsert");

    /// <param name="operation">Of the types that have several; one that is unknown is not measured.</param>
    public void Record(CommandType type, string operation, long startTimestamp)
    {
        IMetricSeries? series = type switch
        {
            CommandType.Kvs => _kvs.GetValueOrDefault(operation),
            CommandType.Register => _register,
            CommandType.Deregister => _deregister,
            CommandType.Session => _sessions.GetValueOrDefault(operation),
            CommandType.Txn => _txn,
            CommandType.Tombstone => _tombstones.GetValueOrDefault(operation),
            CommandType.CoordinateBatch => _coordinates,
            CommandType.SystemMetadata => _systemMetadata.GetValueOrDefault(operation),
            CommandType.Intention => _intentions.GetValueOrDefault(operation),
            CommandType.Autopilot => _autopilot,
            _ => null,
        };
        series?.RecordSince(startTimestamp);
    }

    private static Dictionary<string, IMetricSeries> ByOperation(IMetrics metrics, string name, params ReadOnlySpan<string> operations)
    {
        var all = new Dictionary<string, IMetricSeries>(StringComparer.Ordinal);
        foreach (string operation in operations)
            all.Add(operation, metrics.Series(MetricKind.Sample, name, new MetricLabel("op", operation)));
        return all;
    }
}
