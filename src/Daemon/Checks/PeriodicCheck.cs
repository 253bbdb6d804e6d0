using Consul.Fast.Daemon.Text;
using Consul.Fast.Net.Timers;
using Consul.Fast.Storage.Records;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>
/// A check that runs again one interval after its last run ended, first after a random part of the interval. The object
/// is its own timer entry: it waits for the next run, or, while running, for the time-out. No thread is held in between.
/// </summary>
internal abstract class PeriodicCheck : TimerEntry, IRunningCheck, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly StatusHandler _handler;
    private readonly TimeSpan _interval;
    private CancellationTokenSource? _deadline;
    private volatile bool _stopped;

    protected PeriodicCheck(CheckEnvironment environment, CheckDefinition type, TimeSpan defaultTimeout)
    {
        Environment = environment;
        Type = type;
        OutputMaxSize = type.OutputMaxSize > 0 ? Math.Min(type.OutputMaxSize, environment.OutputMaxSize) : environment.OutputMaxSize;
        Timeout = type.TimeoutNs > 0 ? GoDuration.ToTimeSpan(type.TimeoutNs) : defaultTimeout;
        _interval = GoDuration.ToTimeSpan(type.IntervalNs);
        if (_interval < environment.MinInterval)
        {
            environment.Logger.CheckIntervalTooShort(type.Id, GoDuration.Format(environment.MinInterval));
            _interval = environment.MinInterval;
        }

        _handler = new StatusHandler(environment.Notifier, environment.Logger, type);
    }

    protected CheckEnvironment Environment { get; }

    protected CheckDefinition Type { get; }

    protected int OutputMaxSize { get; }

    protected TimeSpan Timeout { get; }

    protected bool Stopped => _stopped;

    public void Start()
    {
        lock (_gate)
        {
            if (!_stopped) Environment.Wheel.Schedule(this, _interval * Random.Shared.NextDouble());
        }
    }

    public void Stop()
    {
        CancellationTokenSource? running;
        lock (_gate)
        {
            if (_stopped) return;
            _stopped = true;
            Environment.Wheel.Cancel(this);
            running = _deadline;
        }

        running?.Cancel();
    }

    /// <summary>
    /// One run; publishes its result by <see cref="Publish"/>. The token is cancelled at the time-out and at the stop;
    /// the run must then end soon.
    /// </summary>
    protected abstract Task ProbeAsync(CancellationToken deadline);

    protected void Publish(string status, string output)
    {
        if (!_stopped) _handler.Update(status, output);
    }

    protected override void OnTimer() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        CancellationTokenSource deadline;
        bool timedOut;
        lock (_gate)
        {
            if (_stopped) return;
            timedOut = _deadline is not null;
            // A source of its own for each run, so that a late time-out cannot hit the next one.
            deadline = _deadline ??= new CancellationTokenSource();
            if (!timedOut) Environment.Wheel.Schedule(this, Timeout);
        }

        if (timedOut) deadline.Cancel();
        else _ = RunAsync(deadline.Token);
    }

    private async Task RunAsync(CancellationToken deadline)
    {
        try
        {
            await ProbeAsync(deadline).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A check that fails in an unforeseen way is a critical check, not a crashed agent.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (!_stopped) Environment.Logger.CheckFailedUnexpectedly(fault, Type.Id);
            Publish(CheckStatus.Critical, fault.Message);
        }

        lock (_gate)
        {
            _deadline = null;
            Environment.Wheel.Cancel(this);
            if (!_stopped) Environment.Wheel.Schedule(this, _interval);
        }
    }
}
