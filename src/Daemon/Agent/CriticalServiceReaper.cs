using Consul.Fast.Net.Timers;
using Microsoft.Extensions.Logging;

namespace Consul.Fast.Daemon.Agent;

/// <summary>Removes services whose checks have been critical for longer than they allow.</summary>
internal sealed class CriticalServiceReaper(LocalAgent agent, TimerWheel wheel, TimeSpan interval, ILogger logger)
    : TimerEntry, IThreadPoolWorkItem
{
    private volatile bool _stopped;

    public void Start() => wheel.Schedule(this, interval);

    public void Stop()
    {
        _stopped = true;
        wheel.Cancel(this);
    }

    protected override void OnTimer() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        var reaped = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string serviceId, string checkId) in agent.ServicesToReap())
        {
            if (!reaped.Add(serviceId)) continue;
            if (agent.RemoveService(serviceId) is { } fault) logger.ReapFailed(serviceId, fault);
            else logger.ReapedService(serviceId, checkId);
        }

        if (!_stopped) wheel.Schedule(this, interval);
    }
}
