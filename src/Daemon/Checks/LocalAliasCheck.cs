using Consul.Fast.Net.Timers;
using CheckDefinition = Consul.Fast.Daemon.Config.Definitions.CheckDefinition;

namespace Consul.Fast.Daemon.Checks;

/// <summary>Mirrors a service of this agent: evaluated anew at every local change, and at least once a minute.</summary>
internal sealed class LocalAliasCheck(CheckEnvironment environment, CheckDefinition type)
    : TimerEntry, IRunningCheck, IThreadPoolWorkItem
{
    private static readonly TimeSpan Reevaluation = TimeSpan.FromMinutes(1);

    private IDisposable? _subscription;
    private int _queued;
    private volatile bool _stopped;

    public void Start()
    {
        _subscription = environment.Aliases.OnHealthChanged(Queue);
        Queue();
    }

    public void Stop()
    {
        _stopped = true;
        _subscription?.Dispose();
        environment.Wheel.Cancel(this);
    }

    protected override void OnTimer() => Queue();

    void IThreadPoolWorkItem.Execute()
    {
        // Reset first: a change during the evaluation must queue another one.
        Volatile.Write(ref _queued, 0);
        if (_stopped) return;
        (string status, string output) = AliasHealth.Evaluate(
            type.Id, type.AliasNode, type.AliasService, environment.Aliases.Checks(),
            () => environment.Aliases.ServiceExists(type.AliasService));
        environment.Notifier.UpdateCheck(type.Id, status, output);
        if (!_stopped) environment.Wheel.Schedule(this, Reevaluation);
    }

    private void Queue()
    {
        if (Interlocked.Exchange(ref _queued, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
