using System.Collections.Concurrent;
using Consul.Fast.Consensus.Tests.Fakes;
using Consul.Fast.Net.Metrics;

namespace Consul.Fast.Consensus.Tests.Node;

public class MetricsTests
{
    [Fact]
    public async Task A_node_measures_its_work_under_the_names_of_Raft()
    {
        RecordingMetrics metrics = new();
        await using SingleServer server = await SingleServer.StartAsync(configure: options => options with { Metrics = metrics });
        for (int i = 0; i < 3; i++) Assert.Null((await server.ProposeAsync($"p{i}")).Error);
        Assert.Null((await server.Node.BarrierAsync()).Error);
        Assert.Null(await server.Node.VerifyLeaderAsync());
        Assert.Null((await server.Node.SnapshotAsync()).Error);
        Assert.Equal((3, 1, 1), (metrics["raft.apply"], metrics["raft.barrier"], metrics["raft.verify_leader"]));
        // The three commands and the barrier.
        Assert.Equal((4, 3), (metrics["raft.commitTime"], metrics["raft.fsm.apply"]));
        Assert.Equal(1, metrics["raft.state.leader"]);
        Assert.Equal((1, 1), (metrics["raft.snapshot.takeSnapshot"], metrics["raft.snapshot.persist"]));
        foreach (string name in new[] { "raft.leader.dispatchLog", "raft.leader.dispatchNumLogs", "raft.commitNumLogs" })
            Assert.True(metrics[name] > 0, name);
    }

    /// <summary>Counts how often each metric was recorded.</summary>
    private sealed class RecordingMetrics : IMetrics
    {
        private readonly ConcurrentDictionary<string, CountedSeries> _series = new();

        public int this[string name] => _series.TryGetValue(name, out CountedSeries? series) ? series.Count : 0;

        public void IncrCounter(string name, double value = 1) => Find(name).Record(value);

        public void AddSample(string name, double value) => Find(name).Record(value);

        public void SetGauge(string name, double value) => Find(name).Record(value);

        public IMetricSeries Series(MetricKind kind, string name, params MetricLabel[] labels) => Find(name);

        private CountedSeries Find(string name) => _series.GetOrAdd(name, static _ => new CountedSeries());
    }

    private sealed class CountedSeries : IMetricSeries
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Record(double value) => Interlocked.Increment(ref _count);
    }
}
