namespace Consul.Fast.Daemon.Telemetry.Metrics;

/// <summary>Reports the state of the process every second. A thread of the pool stands for what operators know as a goroutine.</summary>
internal sealed class RuntimeGauges : IDisposable
{
    private readonly MetricsRegistry _metrics;
    private readonly ITimer _timer;
    private TimeSpan _lastPause;

    public RuntimeGauges(MetricsRegistry metrics, TimeProvider? time = null)
    {
        _metrics = metrics;
        _timer = (time ?? TimeProvider.System).CreateTimer(
            static state => ((RuntimeGauges)state!).Emit(), this, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    public void Dispose() => _timer.Dispose();

    private void Emit()
    {
        TimeSpan pause = GC.GetTotalPauseDuration();
        _metrics.SetGauge("runtime.num_goroutines", ThreadPool.ThreadCount + ThreadPool.PendingWorkItemCount);
        _metrics.SetGauge("runtime.alloc_bytes", GC.GetTotalMemory(false));
        _metrics.SetGauge("runtime.sys_bytes", Environment.WorkingSet);
        _metrics.SetGauge("runtime.total_gc_runs", GC.CollectionCount(0));
        _metrics.SetGauge("runtime.total_gc_pause_ns", pause.TotalNanoseconds);
        if (pause > _lastPause) _metrics.AddSample("runtime.gc_pause_ns", (pause - _lastPause).TotalNanoseconds);
        _lastPause = pause;
    }
}
